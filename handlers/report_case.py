"""A report as its readers, its reporter and whoever was asked to take something down see it, and what they send in."""

from collections.abc import Mapping

from cards import report as said
from cards import report_case as cards
from cards.action import Action, Verb
from cards.card import Form
from cards.words import Calendar
from handlers import packs
from handlers.answer import Answer, Note, Open
from handlers.report import said_of, typed
from handlers.report_desk import concern_of, may_read, readers, tell_readers
from handlers.rules import post
from handlers.turn import Turn
from storage import outbox, people
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase, Step
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
        reports.step(t.unit, found.report.id, t.viewer.id, "read", {})
        return Open(reading(t, reports.case(t.unit, found.report)))
    if t.viewer.id == found.report.reporter_id:
        return Open(_own(t, found, {}))
    if asked := asked_of(found, t.viewer):
        return Open(_removal(found, asked, {}))
    return Note(said.unseen())


def add(t: Turn) -> Answer:
    """The reporter answers or adds something; somebody who was asked to take it down says so."""
    found = opened(t)
    if found is None:
        return nothing(t)
    if asked := asked_of(found, t.viewer):
        return _taken_down(t, found, asked)
    if t.viewer.id != found.report.reporter_id:
        return Note(said.unseen())
    if found.report.state == ReportState.CLOSED:
        return Note(cards.nothing_done(found.report.state))
    words = typed(t, "words")
    if not words:
        return Open(_own(t, found, {"words": cards.words_needed()}))
    reports.step(t.unit, found.report.id, t.viewer.id, "answer", {"words": words})
    tell_readers(t.unit, found)
    return Note(cards.passed_on())


def opened(t: Turn) -> ReportCase | None:
    """The report that the event is about, opened; None where there is none that was sent."""
    report = reports.get(t.unit, t.event.subject)
    if report is None or report.sent_at is None or t.unit.vault is None:
        return None
    return reports.case(t.unit, report)


def nothing(t: Turn) -> Answer:
    """There is no such report, or none for them, which is not said; or no key to open any."""
    return Note(said.unseen() if t.unit.vault else said.locked())


def asked_of(found: ReportCase, viewer: Viewer) -> Step | None:
    """The request to take it down that this person has not answered yet."""
    mine = [s for s in found.steps if s.row.what == "removal" and s.words.get("to") == viewer.id]
    answers = [s for s in found.steps if s.row.what in ("removed", "kept") and s.row.by_id == viewer.id]
    return mine[-1] if len(mine) > 0 and not any(_after(each, mine[-1]) for each in answers) else None


def reading(
    t: Turn, found: ReportCase, errors: Mapping[str, str] | None = None, typed_: Mapping[str, str] | None = None,
    skip: int = 0,
) -> Form:
    """The view of a reader. `typed_`: what they had typed, where something was wrong with it.

    `skip`: so many of the last things that happened were shown before.
    """
    report = found.report
    pack = packs.of(t.unit, report.pack_version)
    concern = concern_of(pack, report.concern)
    assert concern is not None, "a report's concern stands in the pack that it was made under"
    calendar = Calendar(t.unit.zone, t.event.at)
    may = [
        cards.MayRead(found.people[r.person_id].name, pack.role_title(r.role) if r.role else "", calendar.say(r.since))
        for r in readers(t.unit, found)
    ]
    history = history_of(t, found, set(cards.DID))
    before = history[: max(0, len(history) - skip)]
    shown = cards.newest(before)
    steps = cards.AGAIN if report.state == ReportState.CLOSED else cards.STEPS
    offered = (*steps, *((cards.EARLIER,) if len(shown) < len(before) else ()))
    seen = cards.Reading(
        said_of(concern), found.words, found.people[report.reporter_id].name, may, shown, len(before) - len(shown),
        _alike(t, report), said.handling(report.state),
        tuple(p.name for p in people.people(t.unit, set(found.words.get("staff", ()))).values()),
    )
    action = Action(Verb.ACT_ON_REPORT, report.id, report.version, str(skip + len(shown)))
    return cards.reading(action, seen, offered, errors or {}, typed_ or {})


def history_of(t: Turn, found: ReportCase, seen: set[str]) -> list[cards.Told]:
    """What happened; several readings by the same person, one after the other, are told as one."""
    calendar, to_reporter = Calendar(t.unit.zone, t.event.at), seen is FOR_REPORTER
    everybody = people.people(t.unit, {int(s.words["to"]) for s in found.steps if s.words.get("to")})
    told: list[cards.Told] = []
    last: tuple[int | None, str] = (None, "")
    for step in found.steps:
        if step.row.what not in seen:
            continue
        by = found.people[step.row.by_id].name if step.row.by_id else ""
        words = "" if to_reporter and step.row.what not in WITH_WORDS else str(step.words.get("words", ""))
        to = everybody[step.words["to"]].name if step.words.get("to") else ""
        if last == (step.row.by_id, "read") and step.row.what == "read":
            told.pop()
        told.append(cards.Told(calendar.say(step.row.at), by, step.row.what, words, to))
        last = (step.row.by_id, step.row.what)
    return told


def due_still(u: Unit, viewer: Viewer, card: str, subject: str) -> bool:
    """Whether a notice about a report is still to be told to them."""
    report = reports.get(u, subject)
    if report is None or u.vault is None:
        return False
    found = reports.case(u, report)
    if card == "report_removal":
        return asked_of(found, viewer) is not None
    if viewer.id == report.reporter_id:
        return card in said.FOR_REPORTER
    return card not in said.FOR_REPORTER and may_read(u, found, viewer)


def _after(answer: Step, asked: Step) -> bool:
    return (answer.row.id or 0) > (asked.row.id or 0)


def _taken_down(t: Turn, found: ReportCase, asked: Step) -> Answer:
    """What they say to it goes to whoever reads the report."""
    done, words = next(iter(post.chosen_in(t.event.fields, "done")), ""), typed(t, "words")
    if done not in ("yes", "no"):
        return Open(_removal(found, asked, {"done": said.PROBLEMS["concern"]}))
    if done == "no" and not words:
        return Open(_removal(found, asked, {"words": cards.words_needed()}))
    reports.step(t.unit, found.report.id, t.viewer.id, "removed" if done == "yes" else "kept", {"words": words})
    tell_readers(t.unit, found)
    return Note(cards.passed_on())


def _removal(found: ReportCase, asked: Step, errors: Mapping[str, str]) -> Form:
    by = found.people[asked.row.by_id].name if asked.row.by_id else ""
    return cards.removal(found.report.id, found.report.version, by, str(asked.words.get("words", "")), errors)


def _alike(t: Turn, report: Report) -> int:
    """How many reports about the same address this reader may read as well."""
    return sum(may_read(t.unit, reports.case(t.unit, other), t.viewer) for other in reports.alike(t.unit, report))


def _own(t: Turn, found: ReportCase, errors: Mapping[str, str]) -> Form:
    may_add = found.report.state != ReportState.CLOSED
    history = cards.newest(history_of(t, found, FOR_REPORTER))
    return cards.own(found.report.id, found.report.version, found.words, said.state(found.report.state), history,
                     may_add, errors)


def tell_reporter(u: Unit, found: ReportCase, card: str) -> None:
    """There is something for the reporter: nothing more is said."""
    outbox.send(u, found.report.reporter_id, card, found.report.id)
