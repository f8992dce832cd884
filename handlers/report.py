"""A report on its way: written, sealed, shown to whom it goes, and sent round whoever it is about."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from cards import report as cards
from cards import report_evidence as evidence_cards
from cards import report_sites
from cards.card import Field, Form, Text
from handlers import report_drafts, report_evidence, view
from handlers.answer import Answer, Note, Open, Show
from handlers.report_desk import concern_of, desk_of, named, named_whole, staff, titled
from handlers.rules import contacts, post, worries
from handlers.rules import report as rules
from handlers.rules.pack import Concern, Pack
from handlers.turn import Turn
from storage import evidence, outbox, people
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
    said = [report_drafts.withdraw(t), *t.event.problems]
    words = {"what": post.plain(t.event.text)[: LONGEST["what"]], "concern": concern}
    return Open(_form(t, None, words, {}, concern, [each for each in said if each]))


def invite(t: Turn) -> Answer:
    """Somebody wrote that they want to report something: what to do at once, and the button to the form."""
    if t.unit.vault is None:
        return Note(cards.locked())
    return Show(cards.invitation(helps(t), _meant(t), t.event.problems))


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
    gone = evidence.drop(t.unit, own.id) if report_evidence.refuses(t.unit, own) else 0
    return _review(t, own, words, evidence_cards.thrown_away(gone))


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
    report_evidence.leave_out(t, own)
    if chosen == "change":
        return Open(_form(t, own, words, {}, ""))
    if chosen == "drop":
        return drop(t)
    if chosen == cards.ADD_FILES[0]:
        return _room(t, own, words)
    if sum(each.sent_at > t.event.at - DAY for each in reports.mine(t.unit, t.viewer.id, MANY) if each.sent_at) >= MANY:
        return Note(cards.many())
    concern, desk = concern_of(t.pack, own.concern), desk_of(t.unit, t.pack, own, words)
    if desk is None or concern is None or list(desk.people) != words.get("shown"):
        return _review(t, own, words, cards.others_read())
    hours = rules.within(concern, words)
    late = t.event.at + timedelta(hours=hours)
    reports.change(t.unit, own, report_evidence.closed(words), state=ReportState.SENT, sent_at=t.event.at, due_at=late)
    reports.grant(t.unit, own.id, desk.people, desk.role, None)
    reports.step(t.unit, own.id, t.viewer.id, "sent", {})
    for person in desk.people:
        outbox.send(t.unit, person, "report_new", own.id)
    return Note(cards.sent(_who(t.unit, t.pack, desk), hours))


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


def helps(t: Turn, about: Collection[int] = ()) -> cards.Help:
    """Whom to ring now: the safeguarding leads of the actor's school whom it is not about, and the pack's numbers."""
    place = t.viewer.person.school_id
    school = people.school(t.unit, place)
    leads = [p.name for role in t.pack.safeguarding
             for p in people.holders(t.unit, role, None if t.pack.roles[role].trust_wide else place)
             if p.id not in about]
    return cards.Help(leads, contacts.numbers(t.pack, school.name if school else "") or report_sites.NATIONAL)


def said_of(concern: Concern) -> cards.Concern:
    """A kind of report, for the cards."""
    return cards.Concern(
        concern.id, concern.title, concern.text, concern.clause, not concern.pictures, concern.urgent)


def typed(t: Turn, field: str) -> str:
    """What was typed in a field."""
    return post.plain(post.typed(t.event.fields, field))[:2000]


def review_again(t: Turn, own: Report, problems: Sequence[str] = ()) -> Answer:
    """A draft as it stands, and who will read it; with what is wrong about files."""
    return _review(t, own, reports.case(t.unit, own).words, [Text(each, "warning") for each in problems])


def _room(t: Turn, own: Report, words: dict[str, Any]) -> Answer:
    """Room for files, where this kind takes any."""
    taken = report_evidence.takes(t.unit, own, t.event, t.address)
    if not taken.some:
        return _review(t, own, words, [Text(report_evidence.why(taken), "warning")])
    return Open(report_evidence.room(t, own, taken, t.event.problems))


def _review(t: Turn, own: Report, words: dict[str, Any], first: Sequence[Field]) -> Answer:
    """Who will read it; where that is nobody it is not taken, and nothing of it stays. `first`: what stands on top."""
    concern, desk = concern_of(t.pack, own.concern), desk_of(t.unit, t.pack, own, words)
    if desk is None or concern is None:
        _erase(t.unit, own)
        return Note(cards.nobody([p.name for p in view.administrators(t.unit)]))
    reports.change(t.unit, own, {**words, "shown": list(desk.people)})
    everybody = people.people(t.unit, {*desk.people, *words["staff"]})
    wrote = words["what"].casefold()
    return Open(cards.review(
        own.id, own.version, said_of(concern), _who(t.unit, t.pack, desk), [everybody[n].name for n in words["staff"]],
        helps(t, words["staff"]) if words["risk"] == "yes" or concern.urgent else None, first=first,
        mentioned=[everybody[n].name for n in desk.people if everybody[n].name.casefold() in wrote],
        unnamed=words["about"] in ("staff", "unknown"),
        files=evidence_cards.so_far(report_evidence.attached(t.unit, own.id)),
        may_add=report_evidence.takes(t.unit, own, t.event, t.address).some,
    ))


def _erase(u: Unit, own: Report) -> None:
    evidence.drop(u, own.id)
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


def _form(t: Turn, own: Report | None, words: Mapping[str, Any], errors: Mapping[str, str], named_: str,
          said: Sequence[str] = ()) -> Form:
    """The form. `named_`: the kind that it was opened for; contact has one that is shorter. `said`: what is new."""
    concerns = [said_of(each) for each in t.pack.reports]
    return cards.form(
        own.id if own else "", own.version if own else 0, concerns, helps(t), words, errors,
        next((each for each in concerns if each.id == named_), None), said,
    )


def _meant(t: Turn) -> cards.Concern | None:
    """The kind that somebody's words are about, where there is something to do at once."""
    if worries.has_imagery(t.event.text):
        found = next((each for each in t.pack.reports if not each.pictures), None)
    else:
        found = concern_of(t.pack, cards.CONTACT) if worries.makes_contact(t.event.text) else None
    return said_of(found) if found else None


def _own(t: Turn) -> Report | None:
    """The actor's own report that the event is about."""
    report = reports.get(t.unit, t.event.subject)
    return report if report is not None and report.reporter_id == t.viewer.id else None


def _who(u: Unit, pack: Pack, desk: rules.Desk) -> str:
    names = [person.name for person in people.people(u, set(desk.people)).values()]
    return cards.who(names, pack.role_title(desk.role))
