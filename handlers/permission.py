"""Every permission that is not a post: from plain words or the menu to the form, and on to whoever decides."""

from collections.abc import Sequence

from cards import permission as cards
from cards import post as post_cards
from cards import refusals
from cards import request as frame
from cards.card import Card
from cards.words import site
from handlers import post, routing, sending, sites, view
from handlers.answer import Answer, Coming, Note, Open, Show
from handlers.request import show
from handlers.routing import Content
from handlers.rules import entry as entry_rules
from handlers.rules import heard, kinds, words
from handlers.rules import permission as rules
from handlers.rules.permission import PermissionContent
from handlers.rules.post import ACCOUNTS_LIMIT, plain
from handlers.rules.rights import serves
from handlers.turn import Turn
from storage import imports, register
from storage.tables import Entry, Person, State

ADVICE = "advice"
"""What words are kept as that may mean several posts."""


def invite(t: Turn) -> Answer:
    """What the policy asks of such a thing, who decides, and the way to the form; or that it is ruled out."""
    if t.kind_gone:
        return Note(refusals.kind_gone())
    return Show(invitation(t))


def invitation(t: Turn) -> Card:
    """The card of `invite`."""
    kind = t.kind
    who = view.names_of(t.unit, routing.way(t, PermissionContent()), t.viewer.id)
    if kind.never:
        return cards.ruled_out(kind.title, kind.never, kind.clause, who)
    named = words.sites(t.event.arg.partition(" ")[2])[:1]
    return cards.invitation(view.kind_said(t.kind_name, kind), who, " ".join([t.kind_name, *named]))


def ask(t: Turn, meant: Sequence[str]) -> Answer:
    """A draft of what was asked for in plain words, which stand in it; or, of several kinds, which of them."""
    said = plain(t.event.text)
    t.asked = meant[0]
    if len(meant) > 1:
        t.asked = next((name for name in meant if not _publishes(t, name)), ADVICE)
        sending.draft(t, PermissionContent(words=said[: rules.LIMITS["text"]], among=tuple(meant)))
    elif not t.kind.publishes or t.kind.never:
        sending.draft(t, begun(t, said))
    elif text := words.message(said):
        return post.draft(t, text, words.sites(said))
    else:
        return invite(t)
    return Coming(frame.HERE)


def choose(t: Turn) -> Answer:
    """Which kind a draft's words are about: they stand in that one's form from now on."""
    name, said = t.event.arg, t.case.revision.content.get("words")
    if t.request.state != State.DRAFT or not said or kinds.kind_of(t.pack, name) is None:
        return show(t)
    t.request.kind = name
    content: Content = begun(t, said)
    if t.kind.publishes and not t.kind.never:
        content = post.worded(t, words.behind(said) or said, words.sites(said))
    sending.redraft(t, content, name)
    return show(t)


def compose(t: Turn) -> Answer:
    """An empty form, but for the site that was asked about; the card instead where the policy rules it out."""
    return Show(invitation(t)) if t.kind.never else _form(t, rules.on_site(t.kind, _site(t)), {})


def edit(t: Turn) -> Answer:
    """The form, filled in with what was said."""
    return show(t) if t.kind.never else _form(t, _content(t), {})


def send(t: Turn) -> Answer:
    """Send it as it stands; the form comes up where something is missing."""
    if t.kind.never:
        return show(t)
    content = _content(t)
    errors = _errors(t, content)
    return _form(t, content, errors) if errors else _submit(t, content)


def save(t: Turn) -> Answer:
    """Keep the form's answers and send them on. What cannot be sent comes back, with nothing lost."""
    if t.kind.never:
        return Show(invitation(t))
    content, problems = rules.read(t.event.fields, t.kind.questions, t.kind.confirmations, _staff(t))
    if t.about and t.case.revision.content.get("unnamed"):
        content = content.model_copy(update={"unnamed": True})
    errors = _errors(t, content) | {name: cards.error(why) for name, why in problems.items()}
    if t.about and t.event.version != t.request.revision:
        first = rules.field(t.kind.questions[0]) if t.kind.questions else ""
        errors.setdefault(first, post_cards.changed_elsewhere())
    return _form(t, content, errors) if errors else _submit(t, content)


def _submit(t: Turn, content: PermissionContent) -> Answer:
    sent = sending.submit(t, content)
    return sent or Note(sending.nobody(t, content))


def _errors(t: Turn, content: PermissionContent) -> dict[str, str]:
    """What keeps it from being sent, as sentences by field."""
    known = {a.id for a in register.accounts(t.unit) if a.id is not None}
    wrong = rules.missing(content, t.kind, t.unit.today, known)
    errors = {name: cards.error(why) for name, why in wrong.items()}
    errors |= rules.ruled_out(content, t.kind.questions)
    for question in t.kind.questions:
        given = content.answers.get(question.id, [])
        if question.type == "person" and str(t.viewer.id) in given and _decides(t, content):
            errors[rules.field(question)] = cards.ERRORS["yourself"]
    errors |= _left(t, content)
    if unnamed := _unnamed(t, content):
        errors.setdefault(unnamed, cards.ERRORS["empty answer"])
    return errors | _taken(t, content)


def _decides(t: Turn, content: PermissionContent) -> bool:
    """Whether the person who is named in it would decide."""
    return any(ask.role == "named_person" for stage in routing.way(t, content) for ask in stage.asks)


def _left(t: Turn, content: PermissionContent) -> dict[str, str]:
    """The fields of people who were on the staff list once, and are not any more."""
    here = {str(p.id) for p in _staff(t)} if content.staff else set()
    gone = {str(each) for each in content.staff} - here
    asked = [q for q in t.kind.questions if q.type == "person"]
    return {rules.field(q): cards.ERRORS["nobody"] for q in asked if gone & set(content.answers.get(q.id, []))}


def _unnamed(t: Turn, content: PermissionContent) -> str:
    """The field of the person who has to agree, where nobody is named."""
    if not _decides(t, content) or content.staff:
        return ""
    return next((rules.field(q) for q in t.kind.questions if q.type == "person"), "")


def _taken(t: Turn, content: PermissionContent) -> dict[str, str]:
    """An account that the register has already."""
    if t.kind.effect != "account":
        return {}
    on, name = entry_rules.platform(content.said("platform")), content.said("name").casefold()
    there = [
        a for a in register.accounts(t.unit) if entry_rules.platform(a.platform) == on and a.name.casefold() == name]
    return {"q_name": cards.there_already()} if there else {}


def _form(t: Turn, content: PermissionContent, errors: dict[str, str]) -> Answer:
    request = t.about.request if t.about else None
    offered = _own_first(t, content.accounts)[:ACCOUNTS_LIMIT]
    choices = [(str(a.id), post_cards.account_label(a)) for a in offered]
    return Open(cards.form(
        view.kind_said(t.kind_name, t.kind), request.id if request else "", request.revision if request else 0,
        request.version if request else 0, content.row(), _names(t, content), choices,
        t.unit.zone.key, errors, _approved_sites(t),
    ))


def _approved_sites(t: Turn) -> str:
    """What the form of a new account says of where it can be; nothing where the policy says nothing of sites."""
    number = sites.clause(t.unit)
    return cards.approved_sites(sites.names(t.unit), number) if number and t.kind.effect == "account" else ""


def _site(t: Turn) -> str:
    """The site that the button was about."""
    named = words.sites(t.event.arg.partition(" ")[2])
    return site(named[0]) if named else ""


def _own_first(t: Turn, chosen: Sequence[int]) -> list[Entry]:
    """The accounts to choose from. What is chosen already comes first: no platform shows more than a hundred."""
    own = t.viewer.person.school_id
    every = register.accounts(t.unit)
    return sorted(every, key=lambda a: (a.id not in chosen, a.school_id != own, a.school_id is not None))


def _names(t: Turn, content: PermissionContent) -> dict[str, str]:
    """The people and accounts of the answers, so that what is sent back finds them: of two of a name, the e-mail."""
    names = view.names_in(t.unit, content.row())
    everybody = _staff(t) if content.staff else []
    alike = {p.name for p in everybody if [q.name for q in everybody].count(p.name) > 1}
    return names | {str(p.id): p.email for p in everybody if p.id in content.staff and p.name in alike}


def _content(t: Turn) -> PermissionContent:
    return PermissionContent.model_validate(t.case.revision.content)


def _publishes(t: Turn, name: str) -> bool:
    kind = kinds.kind_of(t.pack, name)
    return kind is not None and kind.publishes


def begun(t: Turn, said: str) -> PermissionContent:
    """A draft's content: the words, where they fit this kind's questions."""
    staff = _staff(t) if any(q.type == "person" for q in t.kind.questions) else []
    return rules.begun(said, heard.place(said), t.kind, staff)


def _staff(t: Turn) -> list[Person]:
    return [p for p in imports.everybody(t.unit) if serves(p, t.unit.today)]

