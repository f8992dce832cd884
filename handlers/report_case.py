"""A report as its readers, its reporter and whoever was asked to take something down see it, and what they send in."""

from collections.abc import Mapping, Sequence

from cards import report as said
from cards import report_case as cards
from cards import report_notice as notices
from cards.action import Action, Verb
from cards.card import Form
from cards.report_evidence import ON_FILES
from cards.report_history import DID, Told, newest
from cards.words import Calendar, listed
from handlers import packs, report_desk, report_evidence, view
from handlers.answer import Answer, Note, Open
from handlers.report import helps, said_of, typed
from handlers.report_colleague import answer, asked_of, shown, thanked
from handlers.report_desk import concern_of, may_read, readers, tell_readers, withdraw
from handlers.turn import Turn
from storage import people
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase
from storage.tables import Report, ReportState, Viewer

FOR_REPORTER = {"ask", "answer", "close", "acknowledge", "reopen"}
"""What its reporter hears of."""
WITH_WORDS = FOR_REPORTER - {"acknowledge", "reopen"}
"""Where the words are for its reporter, too."""


def read(t: Turn) -> Answer:
    """The confidential view: for its readers, each reading noted; for its reporter, their own side of it."""
    found = opened(t)
    if found is None:
        return nothing(t)
    if may_read(t.unit, found, t.viewer):
        return Open(read_by(t, found))
    if t.viewer.id == found.report.reporter_id:
        return Open(_own(t, found, {}))
    form = shown(found, t.viewer)
    return Open(form) if form else Note(said.unseen())


def read_by(t: Turn, found: ReportCase) -> Form:
    """The view of a reader, which is noted."""
    reports.step(t.unit, found.report.id, t.viewer.id, "read", {})
    return reading(t, reports.case(t.unit, found.report))


def add(t: Turn) -> Answer:
    """The reporter answers or adds something; somebody who was asked to take it down says so."""
    found = opened(t)
    if found is None:
        return nothing(t)
    if answered := answer(t, found):
        return answered
    if t.viewer.id != found.report.reporter_id:
        return Note(said.unseen())
    if found.report.state == ReportState.CLOSED:
        return Note(cards.nothing_done(found.report.state))
    words, room = typed(t, "words"), report_evidence.wanted(t, found.report)
    if not words and room is None:
        return Open(_own(t, found, {"words": cards.words_needed()}))
    if words:
        reports.step(t.unit, found.report.id, t.viewer.id, "answer", {"words": words})
        tell_readers(t.unit, found)
    return Open(room) if room is not None else Note(cards.passed_on())


def opened(t: Turn) -> ReportCase | None:
    """The report that the event is about, opened; None where there is none that was sent, or that opens.

    Whoever became concerned in the meantime is taken off the list of its readers first.
    """
    report = _sent(t)
    found = report_desk.opened(t.unit, report) if report else None
    if found is not None:
        withdraw(t.unit, found)
    return found


def nothing(t: Turn) -> Answer:
    """There is no such report, or none for them, which is not said; or it opens with no key, said to whose it is."""
    if t.unit.vault is None:
        return Note(said.locked())
    report = _sent(t)
    if report is not None and report_desk.knows(t.unit, report, t.viewer):
        return Note(notices.altered(listed(p.name for p in view.administrators(t.unit))))
    return Note(said.unseen())


def _sent(t: Turn) -> Report | None:
    report = reports.get(t.unit, t.event.subject)
    return report if report and report.sent_at and t.unit.vault else None


def reading(
    t: Turn, found: ReportCase, errors: Mapping[str, str] | None = None, typed_: Mapping[str, str] | None = None,
    skip: int = 0, done: bool = False,
) -> Form:
    """The view of a reader. `typed_`: what they had typed, where something was wrong with it.

    `skip`: so many of the last things that happened were shown before. `done`: they have just done something.
    """
    report = found.report
    pack = packs.of(t.unit, report.pack_version)
    concern = concern_of(pack, report.concern)
    assert concern is not None, "a report's concern stands in the pack that it was made under"
    calendar = Calendar(t.unit.zone, t.event.at)
    may = [
        cards.MayRead(found.people[r.person_id].name, pack.role_title(r.role) if r.role else "", calendar.say(r.since),
                      found.people[r.granted_by].name if r.granted_by in found.people else "")
        for r in readers(t.unit, found)
    ]
    told = history_of(t, found, set(DID))
    before = told[: max(0, len(told) - skip)]
    last = newest(before)
    others = alike(t, found)
    seen = cards.Reading(
        said_of(concern), found.words, found.people[report.reporter_id].name, may, last, len(before) - len(last),
        len(others), notices.handling(report.state),
        tuple(p.name for p in people.people(t.unit, set(found.words.get("staff", ()))).values()),
        helps(t, found.words.get("staff", ())) if found.words.get("risk") == "yes" else None,
        [each.line for each in report_evidence.attached(t.unit, report.id)],
    )
    action = Action(Verb.ACT_ON_REPORT, report.id, report.version, str(skip + len(last)))
    steps = [*_offered(t, found, others, len(last) < len(before)), *(ON_FILES if seen.files else ())]
    return cards.reading(action, seen, steps, errors or {}, typed_ or {}, done)


def _offered(t: Turn, found: ReportCase, others: Sequence[ReportCase], more: bool) -> list[tuple[str, str]]:
    """What a reader can choose; together with `others` about the same address it is closed for all at once."""
    closed = found.report.state == ReportState.CLOSED
    together = not closed and joins(t, found, others)
    steps = [*(cards.AGAIN if closed else cards.STEPS), *((cards.JOIN,) if together else ())]
    return [*steps, *((cards.OTHER,) if others else ()), *((cards.EARLIER,) if more else ())]


def history_of(t: Turn, found: ReportCase, seen: set[str]) -> list[Told]:
    """What happened; several readings by the same person, one after the other, are told as one."""
    calendar, to_reporter = Calendar(t.unit.zone, t.event.at), seen is FOR_REPORTER
    everybody = people.people(t.unit, {int(s.words["to"]) for s in found.steps if s.words.get("to")})
    told: list[Told] = []
    last: tuple[int | None, str] = (None, "")
    for step in found.steps:
        if step.row.what not in seen:
            continue
        by = found.people[step.row.by_id].name if step.row.by_id else ""
        words = "" if to_reporter and step.row.what not in WITH_WORDS else str(step.words.get("words", ""))
        to = everybody[step.words["to"]].name if step.words.get("to") else ""
        if last == (step.row.by_id, "read") and step.row.what == "read":
            told.pop()
        told.append(Told(calendar.say(step.row.at), by, step.row.what, words, to, step.altered))
        last = (step.row.by_id, step.row.what)
    return told


def due_still(u: Unit, viewer: Viewer, card: str, subject: str) -> bool:
    """Whether a notice about a report is still to be told to them."""
    report = reports.get(u, subject)
    if report is None or u.vault is None:
        return False
    found = report_desk.opened(u, report)
    if found is None:
        return report_desk.knows(u, report, viewer)
    if card in notices.ASKED:
        return asked_of(found, viewer) is not None
    if card == notices.THANKED:
        return thanked(found, viewer) is not None
    if viewer.id == report.reporter_id:
        return card in notices.FOR_REPORTER
    return card not in notices.FOR_REPORTER and may_read(u, found, viewer)


def alike(t: Turn, found: ReportCase) -> list[ReportCase]:
    """The other reports about the same address that this reader may read as well, the oldest first."""
    others = (report_desk.opened(t.unit, other) for other in reports.alike(t.unit, found.report))
    return [other for other in others if other is not None and may_read(t.unit, other, t.viewer)]


def joins(t: Turn, found: ReportCase, others: Sequence[ReportCase]) -> list[ReportCase]:
    """Those of the others that can be closed with it, in the same words: nobody hears them whom either concerns."""
    still = [other for other in others if other.report.state != ReportState.CLOSED]
    return [other for other in still if not report_desk.apart(t.unit, found, other)]


def _own(t: Turn, found: ReportCase, errors: Mapping[str, str]) -> Form:
    may_add = found.report.state != ReportState.CLOSED
    history = newest(history_of(t, found, FOR_REPORTER))
    return cards.own(found.report.id, found.report.version, found.words, notices.state(found.report.state), history,
                     may_add, errors, report_evidence.mine(t, found.report, may_add))
