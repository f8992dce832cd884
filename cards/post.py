"""What people read about a post: its body on a card, its form, and what is wrong in a field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cards import behalf
from cards.action import Action, Verb
from cards.card import (
    Button,
    Card,
    Change,
    Check,
    ChoiceField,
    ConfirmField,
    Copy,
    Divider,
    Element,
    Facts,
    Field,
    Form,
    Picture,
    PicturesField,
    PictureShown,
    Post,
    Text,
    TextField,
    WhenField,
)
from cards.words import Calendar, clause, cut, listed, site
from storage.tables import Case, Entry, State

ANOTHER_ADDRESS = "Correct the address"


@dataclass(frozen=True, slots=True)
class CheckSeen:
    """A check of the pack, and what the bot saw that trips over it."""

    id: str
    text: str
    clause: str
    what: tuple[str, ...]
    machine: bool


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A box of the pack's form, in full and in short."""

    id: str
    text: str
    short: str
    clause: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the pack's form asks: confirmations, and permissions (id, text)."""

    confirmations: tuple[Confirmation, ...]
    permissions: tuple[tuple[str, str], ...]
    permission_clause: str


def title(kind: str, accounts: Sequence[Entry]) -> str:
    """"Post for Facebook", by the accounts it is for."""
    return f"{kind} for {listed(dict.fromkeys(site(a.platform) for a in accounts))}" if accounts else kind


def agreed(accounts: Sequence[Entry]) -> list[Element]:
    """What was agreed for these accounts when they were approved: it holds for every post."""
    return [Text(f"Agreed for {a.name}: {a.conditions}", "strong") for a in accounts if a.conditions]


def pictures(content: Mapping[str, Any]) -> tuple[Picture, ...]:
    """The pictures of a stored wording."""
    return tuple(Picture(p["digest"], p["thumb"], p["alt"], p["name"]) for p in content["pictures"])


def preview(case: Case) -> Post:
    """The post as its readers will see it."""
    names = listed(dict.fromkeys(a.name for a in case.accounts)) or "No account chosen yet"
    return Post(names, case.revision.content["text"], pictures(case.revision.content))


def facts(case: Case, asked: Asked, calendar: Calendar) -> Facts:
    """What the asker said about it; where it goes is said by the preview."""
    content = case.revision.content
    permission = dict(asked.permissions).get(content["permission"], "not answered yet")
    people = f"{content['people'].rstrip('. ')}. " if content["people"] else ""
    said = f"{people}{permission} {clause(asked.permission_clause)}"
    return Facts((("When", when(content, calendar)), ("People", said)))


def when(content: Mapping[str, Any], calendar: Calendar) -> str:
    """When it should go live."""
    at = content["go_live"]
    return calendar.say(datetime.fromisoformat(at)) if at else "as soon as approved"


def trips(checks: Sequence[CheckSeen], mends: Mapping[str, Button]) -> list[Element]:
    """What the draft trips over, each with its clause; `mends`: the button, if any, that helps with a check."""
    return [Check(_seen(check), check.clause, "warning", mends.get(check.id)) for check in checks if check.what]


def taken_out(names: Sequence[str]) -> str:
    """The draft no longer has these names."""
    return f"I took {listed(names)} out. Please read it once more; Edit changes the words, or puts a name back."


def no_name() -> str:
    """There is none to take out any more."""
    return "I see no full name in it any more, so I changed nothing."


def asks(checks: Sequence[CheckSeen], asked: Asked, confirmed: Sequence[str], who: str) -> list[Element]:
    """What people still look for, line by line; what is confirmed, and what the bot did not find, in a line each.

    `who` confirms: "you", or a name.
    """
    todo = [(c.short, c.clause) for c in asked.confirmations if c.id not in confirmed]
    done = [(c.short, c.clause) for c in asked.confirmations if c.id in confirmed]
    clear = [(LOOKED_FOR[c.id], c.clause) for c in checks if c.machine and not c.what]
    return [
        *_merged("To confirm when you send it", todo, "ask"),
        *(Check(c.text, c.clause, "ask") for c in checks if not c.machine),
        *_merged("You confirm" if who == "you" else f"{who} confirms", done, "good"),
        *_merged("I see none of these, but can miss some", clear, "good"),
    ]


def _merged(start: str, parts: Sequence[tuple[str, str]], level: Literal["good", "ask"]) -> list[Element]:
    """Several (words, clause) in one line; none for none."""
    if not parts:
        return []
    clauses = dict.fromkeys(number for _, number in parts)
    return [Check(f"{start}: {listed(words for words, _ in parts)}", ", ".join(clauses), level)]


LOOKED_FOR = {
    "full_name": "full names", "contact": "contact details", "link": "links", "everyone": "calls to everyone",
    "alt_text": "pictures without a description",
}
"""What the bot looks for, in a word or two."""


UNNAMED = "one of our pupils"
"""What stands for a name that is taken out of the middle of a sentence."""


def _seen(check: CheckSeen) -> str:
    what, several = listed(f"“{w}”" for w in check.what), len(check.what) > 1
    name = "look like full names" if several else "looks like a full name"
    return {
        "full_name": f"{what} {name}. Please check: {check.text}.",
        "alt_text": f"{what} {'have' if several else 'has'} no description yet, for people who cannot see "
                    f"{'them' if several else 'it'}.",
    }.get(check.id, f"I see {what}. Please check: {check.text}.")


def changes(case: Case, calendar: Calendar) -> list[Element]:
    """What changed since the approver last decided."""
    if case.seen is None:
        return []
    old, new = case.seen.content, case.revision.content
    names = {a.id: a.name for a in case.accounts}
    parts = (
        ("Words", old["text"], new["text"]),
        ("Pictures", _described(old), _described(new)),
        ("When", when(old, calendar), when(new, calendar)),
        ("Where", _accounts(old, names), _accounts(new, names)),
        ("Who can be recognised", old["people"], new["people"]),
    )
    found: list[Element] = [Change(label, before, after) for label, before, after in parts if before != after]
    heading = Text("Changed since you last saw it", "strong") if found else Text("Nothing was changed.", "quiet")
    return [heading, *found]


def _described(content: Mapping[str, Any]) -> str:
    return "\n".join(f"{p['name']}: {p['alt'] or 'not described'}" for p in content["pictures"]) or "none"


def _accounts(content: Mapping[str, Any], names: Mapping[int | None, str]) -> str:
    return listed(names.get(a, "another account") for a in content["accounts"])


def to_publish(case: Case) -> list[Element]:
    """The exact words and what to do with them, for whoever runs the account."""
    content = case.revision.content
    described: list[Element] = []
    for picture in pictures(content):
        described += [Text(f"Alt text for {picture.name or 'the picture'}", "strong"), Copy(picture.alt)]
    words: list[Element] = [Text("The words to publish, exactly as they stand", "strong"), Copy(content["text"])]
    return [Divider(), *(words if content["text"] else []), *described]


def addresses(case: Case) -> tuple[tuple[str, str], ...]:
    """Where it can be read, as facts."""
    sites = {a.id: site(a.platform) for a in case.accounts}
    return tuple((sites.get(p.account_id, "Address"), p.address) for p in case.publications if p.live_at)


def live(case: Case, calendar: Calendar) -> Facts | None:
    """Since when and where it is live; None while it is nowhere."""
    since = [p.live_at for p in case.publications if p.live_at]
    return Facts((("Live since", calendar.say(min(since))), *addresses(case))) if since else None


def form(
    case: Case | None, content: Mapping[str, Any], choices: Sequence[tuple[str, str]], asked: Asked,
    zone: ZoneInfo, errors: Mapping[str, str], pictures_first: bool = False, kind: str = "post",
) -> Form:
    """The form of a post, filled in with what is known. `choices`: every account as (number, label)."""
    subject = case.request.id if case else ""
    number = case.request.revision if case else 0
    approved = case is not None and case.request.state == State.APPROVED
    shown = _picture_fields(pictures(content))
    at = content["go_live"]
    local = datetime.fromisoformat(at).astimezone(zone).strftime("%Y-%m-%dT%H:%M") if at else ""
    fields: list[Field] = [
        *(editing_approved(case) if case and approved else ()),
        *(shown if pictures_first else ()),
        TextField("text", "The words", content["text"], lines=True, required=False),
        ChoiceField("accounts", "Which account", tuple(choices), tuple(map(str, content["accounts"])), several=True),
        *(() if pictures_first else shown),
        WhenField("go_live", "When should it go live?", zone.key, local, "Leave it empty for “as soon as approved”."),
        ChoiceField(
            "permission", f"Can anybody be recognised, and have they agreed? {clause(asked.permission_clause)}",
            asked.permissions, (content["permission"],) if content["permission"] else (),
        ),
        TextField(
            "people", "Who can be recognised?", content["people"],
            "Only your approver sees this. Initials or a class will do.", required=False, limit=500,
        ),
        *(
            ConfirmField(f"confirm_{c.id}", f"{c.text} {clause(c.clause)}", c.id in content["confirmed"])
            for c in asked.confirmations
        ),
    ]
    cancel = Action(Verb.OPEN, subject, case.request.version if case else 0) if case else Action(Verb.HELP)
    submit, leave = ("Send again", "Keep the approved words") if approved else ("Send", "")
    action = Action(Verb.SAVE, subject, number, "" if subject else kind)
    return Form("Can I post this?", submit, action, tuple(fields), cancel, dict(errors), leave)


def _picture_fields(shown: Sequence[Picture]) -> list[Field]:
    fields: list[Field] = []
    for picture in shown:
        fields.append(PictureShown(picture))
        fields.append(TextField(
            f"alt_{picture.digest[:16]}", f"Describe {picture.name or 'the picture'} for people who cannot see it",
            picture.alt, "What would you say it shows, on the telephone? No pupil's name.", limit=500,
        ))
    if shown:
        options = tuple((p.digest[:16], p.name or f"Picture {i + 1}") for i, p in enumerate(shown))
        fields.append(ChoiceField("drop", "Leave out", options, required=False, several=True))
    fields.append(PicturesField("pictures", "Add pictures"))
    return fields


ERRORS = {
    "empty": "Please choose.",
    "nothing": "Please write the words, or add a picture.",
    "too long": "This is longer than 3,000 characters. Please shorten it.",
    "past": "That time has passed. Please choose a later one, or none for “as soon as approved”.",
    "too far": "That is more than a year away. Please choose an earlier time.",
    "no date": "I cannot read this as a date and time.",
    "unknown": "I do not know this one. Please choose again.",
    "no alt": "Please describe the picture for people who cannot see it.",
    "not confirmed": "Please tick this once you have made sure.",
    "who": "Please say who can be recognised; a class or initials will do.",
    "too many": "A post takes four pictures. Please leave some out.",
}


def error(why: str) -> str:
    """What is said at a field."""
    return ERRORS[why]


def too_long(platform: str, limit: int) -> str:
    """The words do not fit the site."""
    return f"{site(platform)} takes {limit:,} characters. Please shorten it, or ask for {site(platform)} by itself."


def several_deciders(pairs: Sequence[tuple[str, str]]) -> str:
    """Accounts for which different people decide cannot go in one request."""
    who = listed(f"{name} for {account}" for account, name in pairs)
    return f"Different people decide these: {who}. Please ask for each by itself."


def nobody_publishes(accounts: Sequence[str], administrators: Sequence[str]) -> str:
    """Whoever ran the account has left."""
    who = listed(administrators) or "Whoever set up Can I Post"
    return f"Nobody on the staff list runs {listed(accounts)} at present. {who} looks after the register."


def closed_since(accounts: Sequence[str]) -> str:
    """It was sent for an account that was closed meanwhile, so approving it would do nothing."""
    what = f"{listed(accounts)} {'is' if len(accounts) == 1 else 'are'} closed since this was sent"
    return f"{what}, so nobody could publish it there. Ask for changes, so that it goes to another account."


def account_label(account: Entry) -> str:
    """An account in the list of choices."""
    return cut(account.name if site(account.platform).lower() in account.name.lower()
               else f"{site(account.platform)}: {account.name}", 75)


def editing_approved(case: Case) -> tuple[Text, ...]:
    """What it means to edit something that is approved."""
    by = behalf.by(case, case.decisions[-1])
    words = f"{by} approved this as it stands. If you send it again, it needs approval again."
    return (Text(words, "warning"),)


def changed_elsewhere() -> str:
    """The same post was edited in another window meanwhile."""
    return "You changed this post in another window since. Send it again if these are the words you want."


def live_form(
    case: Case, mine: Sequence[tuple[str, str]], errors: Mapping[str, str], typed: Mapping[str, str],
    verb: Verb = Verb.PUBLISH,
) -> Form:
    """Where is it live? `mine`: the reader's accounts as (number, name). `verb`: CORRECT where it is live already."""
    fields: list[Field] = [
        TextField(f"address_{n}", f"The post's address ({name})", typed.get(f"address_{n}", ""), "https://…", limit=500)
        for n, name in mine
    ]
    action = Action(verb, case.request.id, case.request.version)
    back = Action(Verb.OPEN, case.request.id, case.request.version)
    title = "It's live" if verb == Verb.PUBLISH else ANOTHER_ADDRESS
    return Form(title, "Done", action, tuple(fields), back, dict(errors))


def not_an_address() -> str:
    """What was typed is no web address."""
    return "Please paste the post's address, beginning with https://"


def too_early(at: datetime, calendar: Calendar) -> str:
    """It was approved for later."""
    return f"It was approved for {calendar.tell(at)}, not earlier. Ask again with a new time if it should be live now."


def invitation(arg: str = "") -> Card:
    """Somebody wants to post something, but has not said what."""
    return Card(
        "Can I post this?", "", "Send me the words, and I will say what the policy asks.",
        (Text("Send me the words and pictures here, like “Can I post this on Facebook? …”, or write it in the form."),),
        buttons=(Button("Write the post", Action(Verb.COMPOSE, arg=arg), "primary"),),
    )
