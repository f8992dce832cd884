"""A post, from "can I post this?" to "it's live"."""

from dataclasses import asdict

from cards import post as cards
from cards import refusals
from cards import request as frame
from cards.action import Verb
from cards.words import Calendar
from handlers import routing, sending, view
from handlers.answer import Answer, Coming, Note, Open, Show
from handlers.effects import publisher
from handlers.owed import NEWS
from handlers.request import show
from handlers.rules import checks, words
from handlers.rules import post as rules
from handlers.rules.post import PostContent, PostPicture
from handlers.turn import Turn
from storage import audit, outbox, people, register, request
from storage.tables import Entry, Publication, State


def ask(t: Turn) -> Answer:
    """A draft of what was said, with what the policy asks of it. Nobody else hears of it yet."""
    meant = words.asking(t.event.text)
    return draft(t, meant.text if meant else t.event.text, meant.sites if meant else ())


def draft(t: Turn, said: str, sites: tuple[str, ...]) -> Answer:
    """A draft of these words, with the event's pictures, for the accounts on these sites."""
    text = rules.plain(said)
    if len(text) > rules.TEXT_LIMIT:
        return Note(refusals.too_long(len(text), rules.TEXT_LIMIT))
    if not text and not t.event.files:
        return Note(" ".join(t.event.problems)) if t.event.problems else Show(cards.invitation())
    accounts = register.usable(t.unit)
    if not accounts:
        return Note(refusals.no_accounts([p.name for p in view.administrators(t.unit)]))
    content = worded(t, text, sites)
    sending.draft(t, content.model_copy(update={"pictures": tuple(_keep(t))}))
    if t.event.problems:
        return Note(refusals.draft_coming(t.event.problems))
    return Coming(refusals.draft_coming(()))


def worded(t: Turn, text: str, sites: tuple[str, ...]) -> PostContent:
    """A post of these words, for the accounts that the asker most likely means."""
    chosen = _likely(t, register.usable(t.unit), sites)
    return PostContent(text=text[: rules.TEXT_LIMIT], accounts=tuple(a.id for a in chosen if a.id))


def compose(t: Turn) -> Answer:
    """An empty form, with the accounts that the asker most likely means."""
    accounts = register.usable(t.unit)
    if not accounts:
        return Note(refusals.no_accounts([p.name for p in view.administrators(t.unit)]))
    chosen = _likely(t, accounts, words.sites(t.event.arg))
    return _form(t, PostContent(accounts=tuple(a.id for a in chosen if a.id)), {})


def edit(t: Turn) -> Answer:
    """The form, filled in with the present wording; it begins with the pictures where those lack something."""
    return _form(t, _content(t), {}, pictures_first=t.event.arg == frame.PICTURES)


def take_out(t: Turn) -> Answer:
    """The draft without the names that the check found in it."""
    content = _content(t)
    seen = view.view(t.unit, t.case, t.viewer).checks
    names = [name for check in seen if check.id == checks.FULL_NAME for name in check.what]
    if not names:
        return show(t, cards.no_name())
    content = content.model_copy(update={"text": checks.without(content.text, names, cards.UNNAMED)})
    request.change(t.unit, t.request, revision=t.request.revision + 1, editor_id=t.viewer.id)
    t.case.revision = request.add_revision(t.unit, t.request, content.row(), content.digest())
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, revision=t.request.revision)
    outbox.replace(t.unit, t.request.id)
    return show(t, cards.taken_out(names))


def send(t: Turn) -> Answer:
    """Send the draft as it stands; the form comes up where something is missing."""
    content = _content(t)
    errors = _problems(t, content)
    return _form(t, content, errors) if errors else _submit(t, content)


def save(t: Turn) -> Answer:
    """Keep the form's answers and send them on. What cannot be sent comes back, with nothing lost."""
    old = _content(t) if t.about else PostContent()
    chosen = [int(each) for each in rules.chosen_in(t.event.fields, "accounts") if rules.is_number(each)]
    named = register.by_ids(t.unit, [*chosen, *old.accounts])
    known = {a.id for a in named if a.id is not None and not a.pending}
    answers = rules.read(t.event.fields, _with_new(t, old), known, t.kind, t.unit.zone)
    errors = {**_problems(t, answers.content), **{f: cards.error(why) for f, why in answers.problems.items()}}
    if t.event.problems:
        errors.setdefault("pictures", " ".join(t.event.problems))
    if t.about and t.event.version != t.request.revision:
        errors.setdefault("text", cards.changed_elsewhere())
    return _form(t, answers.content, errors) if errors else _submit(t, answers.content)


def ask_address(t: Turn) -> Answer:
    """The form for where it is live; not before its time."""
    if early := _too_early(t):
        return early
    return Open(cards.live_form(t.case, _names(t, _mine(t)), {}, {}))


def publish(t: Turn) -> Answer:
    """It is live on the owner's accounts, there. Only what was approved, and not before its time."""
    request_ = t.request
    if request_.approved_digest != t.case.revision.digest:
        return Note(refusals.not_now(t.case, t.event.at, t.viewer.id))
    if early := _too_early(t):
        return early
    pending = _mine(t)
    if (wrong := _put(t, pending)) is not None:
        return wrong
    everywhere = all(p.live_at or p in pending for p in t.case.publications)
    request.change(t.unit, request_, **({"state": State.PUBLISHED, "due_at": None} if everywhere else {}))
    audit.append(t.unit, t.event.verb, t.viewer.id, request_.id, state=request_.state, accounts=len(pending))
    outbox.replace(t.unit, request_.id)
    if everywhere:
        _tell_where(t)
    return show(t)


def _tell_where(t: Turn) -> None:
    """Who asked and who decided hear where it can be read."""
    for person in sorted({t.request.asker_id, *(d.decider_id for d in t.case.decisions[-1:])} - {t.viewer.id}):
        outbox.send(t.unit, person, NEWS, t.request.id)


def ask_other_address(t: Turn) -> Answer:
    """The form for where it is live after all, with the addresses that are known."""
    live = _live(t)
    known = {_field(publication): publication.address for publication in live}
    return Open(cards.live_form(t.case, _names(t, live), {}, known, Verb.CORRECT))


def correct(t: Turn) -> Answer:
    """It is live at another address: what was given first was wrong. Whoever heard of the first hears of it."""
    live = _live(t)
    if (wrong := _put(t, live)) is not None:
        return wrong
    request.change(t.unit, t.request)
    audit.append(t.unit, t.event.verb, t.viewer.id, t.request.id, accounts=len(live))
    outbox.replace(t.unit, t.request.id)
    _tell_where(t)  # what they were told first stays in their chats
    return show(t)


def _put(t: Turn, publications: list[Publication]) -> Answer | None:
    """Write where these are live; the form again where an address is none."""
    typed = {_field(publication): _typed(t, _field(publication)) for publication in publications}
    errors = {field: cards.not_an_address() for field, address in typed.items() if not rules.is_address(address)}
    if errors or not publications:
        return Open(cards.live_form(t.case, _names(t, publications), errors, typed, t.event.verb))
    for publication in publications:
        request.went_live(t.unit, publication, typed[_field(publication)])
    return None


def _field(publication: Publication) -> str:
    return f"address_{publication.account_id}"


def _too_early(t: Turn) -> Answer | None:
    at = t.request.go_live_at
    return Note(cards.too_early(at, Calendar(t.unit.zone, t.event.at))) if at and t.event.at < at else None


def _submit(t: Turn, content: PostContent) -> Answer:
    sent = sending.submit(t, content)
    return sent or _form(t, content, {"accounts": sending.nobody(t, content)})


def _content(t: Turn) -> PostContent:
    return PostContent.model_validate(t.case.revision.content)


def _keep(t: Turn) -> list[PostPicture]:
    """The event's pictures, entered as this person's; one that came twice is one picture."""
    for picture in t.event.files:
        facts = {k: v for k, v in asdict(picture).items() if k != "name"}
        request.add_file(t.unit, t.viewer.id, facts)
    by_digest = {p.digest: PostPicture(digest=p.digest, thumb=p.thumb, name=p.name) for p in t.event.files}
    return list(by_digest.values())


def _with_new(t: Turn, old: PostContent) -> PostContent:
    """The old pictures, those that an earlier refused form brought (its fields name them), and those that come now."""
    have = {p.digest[:16] for p in old.pictures}
    given = [f.removeprefix("alt_") for f in t.event.fields if f.startswith("alt_")]
    named = [start for start in given if start.isascii() and start.isalnum() and start not in have]
    earlier = request.files_of(t.unit, t.viewer.id, named[: rules.PICTURES_LIMIT])
    brought = [PostPicture(digest=f.digest, thumb=f.thumb, name="picture") for f in earlier]
    # A form that comes again may bring its pictures again: then they have their names, too.
    new = {p.digest: p for p in [*brought, *_keep(t)] if p.digest[:16] not in have}
    return old.model_copy(update={"pictures": (*old.pictures, *new.values())})


def _problems(t: Turn, content: PostContent) -> dict[str, str]:
    """What keeps it from being sent, as sentences by field."""
    errors = {field: cards.error(why) for field, why in rules.missing(content, t.kind, t.event.at).items()}
    accounts = register.by_ids(t.unit, list(content.accounts))
    if any(a.closed for a in accounts):
        errors["accounts"] = cards.error(rules.Missing.UNKNOWN)
    if ownerless := _ownerless(t, accounts):
        errors["accounts"] = cards.nobody_publishes(ownerless, [p.name for p in view.administrators(t.unit)])
    if len(routing.ways(t, content)) > 1:
        errors["accounts"] = cards.several_deciders([(a.name, _decider_names(t, content, a)) for a in accounts])
    too_long = rules.too_long_for(content, [a.platform for a in accounts])
    if too_long and "text" not in errors:
        errors["text"] = cards.too_long(*too_long)
    return errors


def _ownerless(t: Turn, accounts: list[Entry]) -> list[str]:
    """The accounts whose owner has left, without a deputy, so that nobody would publish."""
    return [a.name for a in accounts if not people.if_serving(t.unit, publisher(t.unit, a))]


def _decider_names(t: Turn, content: PostContent, account: Entry) -> str:
    return view.names_of(t.unit, routing.way(t, content, account), t.viewer.id) or "nobody yet"


def _form(t: Turn, content: PostContent, errors: dict[str, str], pictures_first: bool = False) -> Answer:
    accounts = register.usable(t.unit)
    own = t.viewer.person.school_id
    ordered = sorted(accounts, key=lambda a: (a.school_id != own, a.school_id is not None))
    choices = [(str(a.id), cards.account_label(a)) for a in ordered][: rules.ACCOUNTS_LIMIT]
    return Open(cards.form(
        t.about, content.row(), choices, view.asked(t.kind), t.unit.zone, errors, pictures_first, t.kind_name
    ))


def _likely(t: Turn, accounts: list[Entry], named: tuple[str, ...]) -> list[Entry]:
    """The asker's own school's accounts on the sites that were named; the only one there is, if none was."""
    own = [a for a in accounts if a.school_id == t.viewer.person.school_id]
    if not named:
        return own if len(own) == 1 else []
    aliases = {"twitter": "x"}
    return [a for a in own if aliases.get(a.platform.lower(), a.platform.lower()) in named]


def _mine(t: Turn) -> list[Publication]:
    """What this person still has to publish of it."""
    return [p for p in t.case.publications if p.owner_id == t.viewer.id and not p.live_at]


def _live(t: Turn) -> list[Publication]:
    """What this person has published of it."""
    return [p for p in t.case.publications if p.owner_id == t.viewer.id and p.live_at]


def _names(t: Turn, publications: list[Publication]) -> list[tuple[str, str]]:
    names = {a.id: a.name for a in t.case.accounts}
    return [(str(p.account_id), names.get(p.account_id, "the account")) for p in publications]


def _typed(t: Turn, field: str) -> str:
    value = t.event.fields.get(field, "")
    return rules.plain(value) if isinstance(value, str) else ""
