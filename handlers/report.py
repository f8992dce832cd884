"""A report on its way: written, sealed, shown to whom it goes, and sent round whoever it is about."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cards import report as cards
from cards.card import Form
from handlers import view
from handlers.answer import Answer, Note, Open, Show
from handlers.report_desk import concern_of, desk_of, named, named_whole, staff, titled
from handlers.rules import post, worries
from handlers.rules import report as rules
from handlers.rules.pack import Concern, Pack
from handlers.turn import Turn
from storage import audit, outbox, people
from storage import report as reports
from storage.database import Unit
from storage.tables import Report, ReportState

DAY = timedelta(days=1)
KEEP_DRAFT = timedelta(hours=12)
"""A draft that was not sent is swept after so long."""
MANY = 10
"""So many reports a day from one person; more are better told in person."""
LONGEST = {"what": 3000, "where": 500, "when": 150, "whom": 300}
SCHEME = re.compile(r"^(?:https?://)?(?:www\.|m\.)?", re.IGNORECASE)


def begin(t: Turn) -> Answer:
    """The form; `arg` is the kind that somebody's words named."""
    if t.unit.vault is None:
        return Note(cards.locked())
    concern = t.event.arg if concern_of(t.pack, t.event.arg) else ""
    return Open(_form(t, None, {"what": post.plain(t.event.text)[: LONGEST["what"]], "concern": concern}, {}, concern))


def invite(t: Turn) -> Answer:
    """Somebody wrote that they want to report something: what to do at once, and the button to the form."""
    if t.unit.vault is None:
        return Note(cards.locked())
    return Show(cards.invitation(_leads(t), _meant(t)))


def draft(t: Turn) -> Answer:
    """Keep what was written, sealed, and show who will read it. What cannot stay comes back."""
    if t.unit.vault is None:
        return Note(cards.locked())
    own = _own(t)
    if own is not None and own.state != ReportState.DRAFT:
        return Note(cards.over(own.state))
    words, errors = _read(t)
    short = t.event.arg if t.event.arg == cards.CONTACT else ""
    if errors:
        return Open(_form(t, own, words, errors, short))
    mark = t.unit.vault.mark(words["address"]) if words["address"] else None
    facts: dict[str, Any] = {"due_at": t.event.at + KEEP_DRAFT, "mark": mark, "school_id": t.viewer.person.school_id}
    if own is None:
        version = people.trust(t.unit).pack_version
        own = reports.create(t.unit, words["concern"], version, t.viewer.id, words, **facts)
    else:
        reports.change(t.unit, own, words, concern=words["concern"], **facts)
    return _review(t, own, words, changed=False)


def send(t: Turn) -> Answer:
    """It goes to whoever may hear it today; where that is not who was shown, it is shown again first."""
    own = _own(t)
    if t.unit.vault is None:
        return Note(cards.locked())
    if own is None:
        return Note(cards.unseen())
    if own.state != ReportState.DRAFT:
        return Note(cards.over(own.state))
    words, chosen = reports.case(t.unit, own).words, next(iter(post.chosen_in(t.event.fields, "next")), "")
    if chosen == "change":
        return Open(_form(t, own, words, {}, ""))
    if chosen == "drop":
        return drop(t)
    if sum(each.sent_at > t.event.at - DAY for each in reports.mine(t.unit, t.viewer.id, MANY) if each.sent_at) >= MANY:
        return Note(cards.many())
    concern, desk = concern_of(t.pack, own.concern), desk_of(t.unit, t.pack, own, words)
    if desk is None or concern is None or list(desk.people) != words.get("shown"):
        return _review(t, own, words, changed=True)
    late = t.event.at + timedelta(hours=concern.within_hours)
    reports.change(t.unit, own, state=ReportState.SENT, sent_at=t.event.at, due_at=late)
    reports.grant(t.unit, own.id, desk.people, desk.role, None)
    audit.append(t.unit, "report_sent", None, own.id)
    for person in desk.people:
        outbox.send(t.unit, person, "report_new", own.id)
    return Note(cards.sent(_who(t.unit, t.pack, desk)))


def drop(t: Turn) -> Answer:
    """Thrown away before it was sent: nothing of it is left."""
    own = _own(t)
    if t.unit.vault is None:
        return Note(cards.locked())
    if own is None:
        return Note(cards.unseen())
    if own.state != ReportState.DRAFT:
        return Note(cards.over(own.state))
    _erase(t.unit, own)
    return Note(cards.dropped())


def said_of(concern: Concern) -> cards.Concern:
    """A kind of report, for the cards."""
    return cards.Concern(
        concern.id, concern.title, concern.text, concern.clause, not concern.pictures, concern.urgent)


def typed(t: Turn, field: str) -> str:
    """What was typed in a field."""
    return post.plain(post.typed(t.event.fields, field))[:2000]


def _review(t: Turn, own: Report, words: dict[str, Any], changed: bool) -> Answer:
    """Who will read it; where that is nobody it is not taken, and nothing of it stays."""
    concern, desk = concern_of(t.pack, own.concern), desk_of(t.unit, t.pack, own, words)
    if desk is None or concern is None:
        _erase(t.unit, own)
        return Note(cards.nobody([p.name for p in view.administrators(t.unit)]))
    reports.change(t.unit, own, {**words, "shown": list(desk.people)})
    everybody = people.people(t.unit, {*desk.people, *words["staff"]})
    wrote = words["what"].casefold()
    return Open(cards.review(
        own.id, own.version, said_of(concern), _who(t.unit, t.pack, desk), [everybody[n].name for n in words["staff"]],
        leads=_leads(t) if words["risk"] == "yes" or concern.urgent else None, changed=changed,
        mentioned=[everybody[n].name for n in desk.people if everybody[n].name.casefold() in wrote],
        unnamed=words["about"] in ("staff", "unknown"),
    ))


def _erase(u: Unit, own: Report) -> None:
    reports.change(u, own, {}, state=ReportState.WITHDRAWN, due_at=None, mark=None)


def _read(t: Turn) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written, and the fields that cannot stay as they are."""
    words: dict[str, Any] = {name: _line(t, name)[:most] for name, most in LONGEST.items()}
    for name, options in cards.CHOICES.items():
        chosen = next(iter(post.chosen_in(t.event.fields, name)), "")
        words[name] = chosen if chosen in dict(options) else ""
    words["concern"] = next(iter(post.chosen_in(t.event.fields, "concern")), "")
    if t.event.arg == cards.CONTACT:
        words |= {"concern": t.event.arg, "about": "pupil"}
    if concern_of(t.pack, words["concern"]) is None:
        words["concern"] = ""
    errors = {name: said for name, said in cards.PROBLEMS.items() if not words[name]}
    words["staff"], problem = _people(t, words["whom"], words["about"] == "staff")
    address = SCHEME.sub("", words["where"]).casefold().rstrip("/")
    words["address"] = address if "." in address else ""
    return words, errors | ({"whom": problem} if problem else {})


def _line(t: Turn, name: str) -> str:
    return post.plain(next(iter(post.chosen_in(t.event.fields, name)), "")).strip()


def _people(t: Turn, said: str, all_: bool) -> tuple[list[int], str]:
    """The members of staff who are named, or what is wrong with the names.

    Where it is said to be about somebody else, it still goes round whoever on the staff list is named in full.
    """
    everybody, found = staff(t.unit), dict[int, None]()
    for name in (part.strip() for part in re.split(r",|;|\band\b|\n", said)):
        meant = (named if all_ else named_whole)(name, everybody) if name else []
        if name and not meant:
            meant = titled(t.unit, t.pack, name, t.viewer.person.school_id)
        elif all_ and len(meant) > 1:
            return [], cards.several([name])
        if all_ and name and not meant:
            return [], cards.unknown_staff([name])
        found |= dict.fromkeys(person.id or 0 for person in meant)
    return list(found), ""


def _form(t: Turn, own: Report | None, words: Mapping[str, Any], errors: Mapping[str, str], named_: str) -> Form:
    """The form. `named_`: the kind that it was opened for; contact has one that is shorter."""
    concerns = [said_of(each) for each in t.pack.reports]
    return cards.form(
        own.id if own else "", own.version if own else 0, concerns, _leads(t), words, errors,
        next((each for each in concerns if each.id == named_), None),
    )


def _meant(t: Turn) -> cards.Concern | None:
    """The kind that somebody's words are about, where there is something to do at once."""
    if worries.has_imagery(t.event.text):
        found = next((each for each in t.pack.reports if not each.pictures), None)
    else:
        found = concern_of(t.pack, cards.CONTACT) if worries.makes_contact(t.event.text) else None
    return said_of(found) if found else None


def _leads(t: Turn) -> list[str]:
    """The safeguarding leads of the actor's school, by name."""
    roles, school = t.pack.safeguarding, t.viewer.person.school_id
    return [p.name for role in roles
            for p in people.holders(t.unit, role, None if t.pack.roles[role].trust_wide else school)]


def _own(t: Turn) -> Report | None:
    """The actor's own report that the event is about."""
    report = reports.get(t.unit, t.event.subject)
    return report if report is not None and report.reporter_id == t.viewer.id else None


def _who(u: Unit, pack: Pack, desk: rules.Desk) -> str:
    names = [person.name for person in people.people(u, set(desk.people)).values()]
    return cards.who(names, pack.role_title(desk.role))
