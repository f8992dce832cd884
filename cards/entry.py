"""What people read about an entry of a register: its card, changing it, who answers for it from now on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cards.action import Action, Verb
from cards.card import Button, Card, Element, Facts, Form, Text, TextField
from cards.words import clause, cut, day, listed, site
from storage.tables import Book, Entry, Task

BOOKS = {
    Book.ACCOUNT: "Account", Book.SITE: "Approved site", Book.DEVICE: "Device", Book.PERMISSION: "Permission",
}


FIRST = 5
"""So many facts stand on a card; the rest is behind More."""
WHOLE = "whole"
"""What the button carries that shows all of it."""


@dataclass(frozen=True, slots=True)
class View:
    """An entry as one viewer may see it. `verbs`: what they may do with it. `tasks`: what is still to do about it."""

    entry: Entry
    owner: str
    deputy: str
    place: str
    """The school, or the trust."""
    verbs: frozenset[Verb]
    tasks: tuple[Task, ...]
    is_owner: bool
    today: date
    last_day: date | None = None
    """The owner's last day, once it has come: somebody else is needed."""
    posts: int = 0
    """How many approved posts wait for somebody to publish them, where the owner leaves."""
    review_clause: str = ""
    delete_clause: str = ""

    @property
    def wanted(self) -> set[str]:
        """What is to be done about it."""
        return {task.what for task in self.tasks if task.done_at is None}

    @property
    def left(self) -> str:
        """That the owner leaves, or has left, in words; nothing while they stay."""
        if self.last_day is None:
            return ""
        leaves = self.last_day >= self.today
        return f"{self.owner} leaves today." if leaves else f"{self.owner} is not on the staff list any more."


def subject(entry: Entry) -> str:
    """What an action or a notice calls an entry."""
    return f"entry-{entry.id}"


def number(text: str) -> int | None:
    """The entry's number in a subject; None for another subject."""
    rest = text.removeprefix("entry-")
    return int(rest) if rest != text and rest.isascii() and rest.isdigit() and len(rest) < 12 else None


def label(entry: Entry) -> str:
    """What an entry is called in a list."""
    named = entry.book == Book.ACCOUNT and site(entry.platform).lower() not in entry.name.lower()
    return f"{site(entry.platform)}: {entry.name}" if named else entry.name


def card(view: View, whole: bool = False) -> Card:
    """One entry, with what its reader may do about it; `whole`: with everything that the register says of it."""
    entry = view.entry
    title, state = label(entry), _state(view)
    elements: list[Element] = [*_wanted(view)]
    if entry.conditions:
        elements.append(Text(f"Agreed: {entry.conditions}", "strong"))
    said = facts(view)
    elements.append(Facts(said if whole else said[:FIRST]))
    more = (Button("More", Action(Verb.ENTRY, subject(entry), arg=WHOLE)),) if len(said) > FIRST and not whole else ()
    return Card(title, state, f"{title}: {state}", tuple(elements), (*_buttons(view), *more))


def facts(view: View) -> tuple[tuple[str, str], ...]:
    """What the register says of it, what matters most first; nothing where it says nothing."""
    entry = view.entry
    rows = (
        ("Whose" if entry.book in (Book.DEVICE, Book.PERMISSION) else "Runs it", view.owner),
        ("Deputy", view.deputy), ("For", view.place), ("Until", day(entry.until) if entry.until else ""),
        ("What for", entry.purpose),
        ("Next review", day(entry.review_on) if entry.review_on and not entry.closed else ""),
        ("Address", entry.address), ("For whom", entry.audience), ("Promised", entry.settings),
        ("Credentials are with", entry.credentials), ("Listed at", entry.website), *entry.facts.items(),
    )
    return tuple((name, cut(said, 300)) for name, said in rows if said)


def _state(view: View) -> str:
    if view.entry.closed:
        return "closed"
    if view.left:
        return "needs somebody else" if view.entry.book in (Book.ACCOUNT, Book.SITE) else "its owner has left"
    return "approved, being set up" if view.entry.pending else "on the register"


def _wanted(view: View) -> list[Element]:
    """Why it comes up now, for those who can do something about it."""
    if view.entry.closed:
        return []
    if Verb.CLOSE_ENTRY not in view.verbs:
        return [Text(view.left, "quiet")] if view.left else []
    if view.left:
        return [Text(f"{view.left} {_instead(view)}", "warning")]
    found: list[Element] = []
    if "review" in view.wanted:
        found.append(_asked("It is time to look at it again. Is it still needed, as it stands?", view.review_clause))
    if "delete" in view.wanted:
        found.append(_asked(_deleted(view), view.delete_clause))
    return found


def _deleted(view: View) -> str:
    """The question, from the day after it was used; before that, when it comes."""
    since = min(task.since.date() for task in view.tasks if task.what == "delete" and task.done_at is None)
    if since > view.today:
        whose = "you" if view.is_owner else view.owner
        return f"Used for pictures. On {day(since)} I ask {whose} if they are on a school device, and deleted here."
    if view.is_owner:
        return "Are the pictures on a school device, and deleted from this one?"
    return f"{view.owner} was asked whether the pictures are on a school device, and deleted from this one."


def _asked(question: str, number: str) -> Element:
    return Text(f"{question} {clause(number)}" if number else question, "warning")


def _instead(view: View) -> str:
    """What whoever looks after it is asked to do."""
    if view.entry.book == Book.DEVICE and "delete" in view.wanted:
        return "They have not said that the pictures are deleted from it. Please make sure, then take it off."
    waiting = {0: "", 1: " One approved post waits to be published on it."}
    posts = waiting.get(view.posts, f" {view.posts} approved posts wait to be published on it.")
    return f"Who answers for it from now on, or is it closed?{posts}"


def _buttons(view: View) -> tuple[Button, ...]:
    entry = view.entry
    closing = {
        Book.DEVICE: ("No longer used", "Take it off the register? It may then not be used for school pictures."),
        Book.PERMISSION: ("Give it back", "End this permission? Doing it again needs a new one."),
        Book.SITE: ("Take it off", "Take it off the register? It is then not approved any more."),
    }
    account = ("Close it", "Close it? It stays on record, and nothing more is posted on it.")
    close, sure = closing.get(entry.book, account)
    offers = (
        (Verb.DELETED, "Yes, all deleted", "primary", ""), (Verb.KEEP, "Still needed", "primary", ""),
        (Verb.USED, "I used it today", "plain", ""),
        (Verb.HAND_OVER, "Hand over", "primary" if view.left else "plain", ""),
        (Verb.CHANGE_ENTRY, "Change", "plain", ""), (Verb.CLOSE_ENTRY, close, "danger", sure),
    )
    return tuple(
        Button(text, Action(verb, subject(entry), entry.version), style, confirm)  # type: ignore[arg-type]
        for verb, text, style, confirm in offers
        if verb in view.verbs
    )


def known(entry: Entry, deputy: str) -> dict[str, str]:
    """What its form says of it now. `deputy`: the present deputy's name."""
    return {
        "address": entry.address, "purpose": entry.purpose, "audience": entry.audience, "settings": entry.settings,
        "credentials": entry.credentials, "website": entry.website, "deputy": deputy,
    }


def change_form(entry: Entry, deputy: str, errors: Mapping[str, str], typed: Mapping[str, str]) -> Form:
    """What its owner and the keepers can change. `deputy`: the present deputy's name."""
    asked = (
        ("address", "Address", "https://…", 500), ("purpose", "What is it for?", "", 3000),
        ("audience", "For whom is it?", "", 500), ("deputy", "Who stands in?", "A colleague's name or e-mail.", 150),
        ("credentials", "Who holds the credentials?", "Who, never the password.", 150),
        ("settings", "Promised settings", "Such as: open group, membership by approval.", 1000),
        ("website", "Where is it listed?", "A page of the website.", 500),
    )
    wanted = asked if entry.book == Book.ACCOUNT else asked[:2] if entry.book == Book.SITE else asked[1:2]
    fields = tuple(
        TextField(name, text, typed.get(name, known(entry, deputy)[name]), hint, False, limit > 500, limit)
        for name, text, hint, limit in wanted
    )
    action = Action(Verb.SAVE_ENTRY, subject(entry), entry.version)
    return Form(label(entry), "Save", action, fields, Action(Verb.ENTRY, subject(entry)), dict(errors))


def hand_over_form(entry: Entry, typed: str, errors: Mapping[str, str]) -> Form:
    """The form that asks who runs it from now on."""
    who = TextField("owner", "Who runs it from now on?", typed, "A colleague's name or e-mail address.", limit=150)
    back = Action(Verb.ENTRY, subject(entry))
    return Form("Hand over", "Hand over", Action(Verb.HAND_OVER, subject(entry), entry.version), (who,), back,
                dict(errors))


def yours(view: View, by: str) -> Card:
    """Somebody runs it from now on: to them, and to whoever did before."""
    title = label(view.entry)
    if view.is_owner:
        said, state = f"{by} handed {title} over to you. {_duty(view)}", "yours now"
    else:
        said, state = f"{by} handed {title} over to {view.owner}, who answers for it from now on.", "handed over"
    return _told(view, state, said)


def new(view: View, by: str) -> Card:
    """To somebody who was named as the owner of an account that can be used now."""
    return _told(view, "yours now", f"{by} asked for {label(view.entry)}, and named you to run it. {_duty(view)}")


def deputy(view: View, by: str) -> Card:
    """To somebody who was named as a deputy."""
    title = label(view.entry)
    said = f"{by} named you as deputy of {title}. When {view.owner} leaves, it comes to you."
    return _told(view, "you stand in", said)


def ended(view: View) -> Card:
    """To the holder of a permission whose last day is over."""
    title, on = label(view.entry), view.entry.until
    said = f"This permission was for the time until {day(on)}, which is over." if on else "This permission has ended."
    again = Button("Ask again", Action(Verb.REQUEST, arg=view.entry.kind), "primary")
    return Card(title, "ended", f"{title}: ended", (Text(said), Text("If you still need it, ask again.", "quiet")),
                (again,) if view.entry.kind else ())


def _duty(view: View) -> str:
    return "You publish on it, and answer for it." if view.entry.book == Book.ACCOUNT else "You answer for it."


def _told(view: View, state: str, said: str) -> Card:
    title = label(view.entry)
    agreed = [Text(f"Agreed: {view.entry.conditions}", "strong")] if view.entry.conditions else []
    return Card(title, state, f"{title}: {state}", (Text(said), *agreed, Facts(facts(view)[:FIRST])),
                (Button("Open", Action(Verb.ENTRY, subject(view.entry)), "primary"),))


def unseen() -> str:
    """No such entry, or none of their business."""
    return "I find nothing on the register that you could see under this."


def not_keeper(owner: str, keepers: Sequence[str]) -> str:
    """Only those can change it."""
    who = listed(dict.fromkeys([owner, *keepers]))
    return f"Only {who} can change this. You can look at it."


def not_now() -> str:
    """It stands otherwise than the button said."""
    return "That is not open any more. This is how it stands."


def stale() -> str:
    """It was changed since the card was shown that was pressed."""
    return "Somebody changed it meanwhile, so nothing was done. This is how it stands now."


def changed_elsewhere(now: str) -> str:
    """Somebody changed the entry since the form was opened. `now`: what a field says now."""
    said = f"it says “{cut(now, 90)}” here now" if now else "nothing stands here now"
    return f"Somebody changed the entry meanwhile: {said}. Save again if yours is right."


def other_owner(name: str) -> str:
    """Somebody else handed it over since the form was opened."""
    return f"Meanwhile {name} runs it. Send this again if it is right all the same."


def no_address() -> str:
    """No web address."""
    return "Please give a web address, beginning with https://"


def too_long(limit: int) -> str:
    """More than fits."""
    return f"This is longer than {limit:,} characters. Please shorten it."


def no_secret() -> str:
    """What looks like a password was typed."""
    return "This looks like a password. Please say who has it, never what it is."


def runs_already(name: str) -> str:
    """Whoever was named has it already."""
    return f"{name} runs it already. Please name somebody else."


def reminder(view: View, escalated: bool) -> Card:
    """Something about an entry is still to do."""
    shown = card(view)
    if not escalated:
        return shown
    note = Text(f"{view.owner} was asked and has not answered. Please see to it.", "warning")
    return Card(shown.title, shown.state, shown.summary, (note, *shown.elements), shown.buttons)
