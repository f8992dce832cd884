"""Colleagues outside a report who are asked to take something down, or thanked. They see those words alone."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cards import report as said
from cards import report_colleague as cards
from cards import words
from cards.card import Form
from cards.report_case import passed_on, words_needed
from handlers.answer import Answer, Note, Open
from handlers.report import typed
from handlers.report_desk import tell_readers
from handlers.rules import post
from handlers.turn import Turn
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase, Step
from storage.tables import Viewer

DAY = timedelta(days=1)
ANSWERS = ("removed", "kept")


def asked_of(found: ReportCase, viewer: Viewer) -> Step | None:
    """The request to take it down that this person has not answered yet."""
    return _open_request(found, viewer.id)


def thanked(found: ReportCase, viewer: Viewer) -> Step | None:
    """The last thanks to this person."""
    return next((s for s in reversed(found.steps) if s.row.what == "thank" and s.words.get("to") == viewer.id), None)


def shown(found: ReportCase, viewer: Viewer) -> Form | None:
    """What somebody opens who has nothing else to do with the report; None where there is nothing for them."""
    if asked := asked_of(found, viewer):
        return _removal(found, asked, {})
    if thanks := thanked(found, viewer):
        by = found.people[thanks.row.by_id].name if thanks.row.by_id else ""
        return cards.thanks(found.report.id, found.report.version, by, str(thanks.words.get("words", "")))
    return None


def answer(t: Turn, found: ReportCase) -> Answer | None:
    """What they say to it goes to whoever reads the report; None where nothing was asked of them."""
    asked = asked_of(found, t.viewer)
    if asked is None:
        return Note(cards.read()) if thanked(found, t.viewer) else None
    done, told = next(iter(post.chosen_in(t.event.fields, "done")), ""), typed(t, "words")
    if done not in ("yes", "no"):
        return Open(_removal(found, asked, {"done": said.PROBLEMS["concern"]}))
    if done == "no" and not told:
        return Open(_removal(found, asked, {"words": words_needed()}))
    what = ANSWERS[0] if done == "yes" else ANSWERS[1]
    reports.step(t.unit, found.report.id, t.viewer.id, what, {"words": told})
    tell_readers(t.unit, found)
    return Note(passed_on())


def ends(day: date, zone: ZoneInfo) -> datetime:
    """When this day is over."""
    return datetime.combine(day + DAY, datetime.min.time(), zone)


def overdue(u: Unit, found: ReportCase) -> None:
    """Whoever reads it hears, once, that something was not taken down by its day."""
    for asked in _open_requests(found):
        to = asked.words["to"]
        over = (_day(asked) is not None) and ends(_day(asked) or u.today, u.zone) <= u.at
        if over and not any(s.row.what == "overdue" and s.words.get("to") == to and _after(s, asked)
                            for s in found.steps):
            reports.step(u, found.report.id, None, "overdue", {"to": to})
            tell_readers(u, found, card="report_overdue")


def next_look(u: Unit, found: ReportCase) -> datetime:
    """When the clock looks at a report that is being handled: tomorrow, or when something is to be down."""
    over = [ends(day, u.zone) for asked in _open_requests(found) if (day := _day(asked))]
    return min([u.at + DAY, *(at for at in over if at > u.at)])


def _open_requests(found: ReportCase) -> list[Step]:
    asked = dict.fromkeys(s.words["to"] for s in found.steps if s.row.what == "removal" and s.words.get("to"))
    return [request for person in asked if (request := _open_request(found, person))]


def _open_request(found: ReportCase, person: int) -> Step | None:
    mine = [s for s in found.steps if s.row.what == "removal" and s.words.get("to") == person]
    answers = [s for s in found.steps if s.row.what in ANSWERS and s.row.by_id == person]
    return mine[-1] if mine and not any(_after(each, mine[-1]) for each in answers) else None


def _after(answered: Step, asked: Step) -> bool:
    return (answered.row.id or 0) > (asked.row.id or 0)


def _day(asked: Step) -> date | None:
    """By which day."""
    by = asked.words.get("by")
    return date.fromisoformat(by) if by else None


def _removal(found: ReportCase, asked: Step, errors: Mapping[str, str]) -> Form:
    by = found.people[asked.row.by_id].name if asked.row.by_id else ""
    day = _day(asked)
    return cards.removal(found.report.id, found.report.version, by, str(asked.words.get("words", "")),
                         words.day(day) if day else "", errors)
