"""What a reader does with a report, from the first look to its end."""

from collections.abc import Callable
from datetime import timedelta

from cards import report as said
from cards import report_case as cards
from handlers.answer import Answer, Note, Open
from handlers.report import typed
from handlers.report_case import nothing, opened, reading, tell_reporter
from handlers.report_desk import barred, may_read, named, next_in_line, readers, staff
from handlers.rules import post
from handlers.turn import Turn
from storage import audit, outbox
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase
from storage.tables import Person, ReportState

DAY = timedelta(days=1)
REMIND = 2 * DAY
"""When somebody who was asked to take something down is reminded."""
Deed = Callable[[Turn, ReportCase, str], Answer]


def act(t: Turn) -> Answer:
    """What somebody who reads it does next, as it stands now, however old their window is."""
    found = opened(t)
    if found is None or not may_read(t.unit, found, t.viewer):
        return nothing(t)
    chosen = next(iter(post.chosen_in(t.event.fields, "step")), "")
    if chosen == cards.EARLIER[0]:
        shown = t.event.arg
        return Open(reading(t, found, skip=int(shown) if shown.isdigit() and len(shown) < 7 else 0))
    steps = AGAIN if found.report.state == ReportState.CLOSED else STEPS
    if chosen in AGAIN | STEPS and chosen not in steps:
        return Note(cards.nothing_done(found.report.state))
    if chosen not in steps:
        return _wrong(t, found, "step", said.PROBLEMS["concern"])
    words = typed(t, "words")
    if chosen in cards.NEED_WORDS and not words:
        return _wrong(t, found, "words", cards.words_needed())
    return steps[chosen](t, found, words)


def _acknowledge(t: Turn, found: ReportCase, words: str) -> Answer:
    _note(t, found, "acknowledge", words)
    if found.report.state == ReportState.SENT:
        reports.change(t.unit, found.report, state=ReportState.READ, due_at=t.event.at + DAY)
        tell_reporter(t.unit, found, "report_read")
    return _again(t, found)


def _noted(what: str) -> Deed:
    """Something was done outside: it is written down, and nothing else follows."""
    def note(t: Turn, found: ReportCase, words: str) -> Answer:
        _note(t, found, what, words)
        return _again(t, found)
    return note


def _ask(t: Turn, found: ReportCase, words: str) -> Answer:
    _note(t, found, "ask", words)
    tell_reporter(t.unit, found, "report_question")
    return _again(t, found)


def _ask_removal(t: Turn, found: ReportCase, words: str) -> Answer:
    """A colleague is asked to take it down, in words of the reader's; or it is noted that the site was."""
    person: Person | None = None
    if typed(t, "to"):
        meant = _meant(t)
        if isinstance(meant, str):
            return _wrong(t, found, "to", meant)
        if meant.id in (found.report.reporter_id, t.viewer.id):
            return _wrong(t, found, "to", cards.not_to_them())
        person = meant
    reports.step(t.unit, found.report.id, t.viewer.id, "removal", {"words": words, "to": person.id if person else None})
    if person is not None and person.id:
        outbox.send(t.unit, person.id, "report_removal", found.report.id)
        outbox.send(t.unit, person.id, "report_removal", found.report.id, t.event.at + REMIND)
    return _again(t, found)


def _concerns(t: Turn, found: ReportCase, words: str) -> Answer:
    """It is about somebody else as well: whoever may not hear it any more loses it at once."""
    meant = _meant(t)
    if isinstance(meant, str):
        return _wrong(t, found, "to", meant)
    if meant.id is None or meant.id == found.report.reporter_id:
        return _wrong(t, found, "to", cards.reported_it())
    reports.step(t.unit, found.report.id, t.viewer.id, "concerns", {"words": words, "to": meant.id})
    found.words["staff"] = sorted({*found.words.get("staff", ()), meant.id})
    reports.change(t.unit, found.report, found.words)
    left = {reader.person_id for reader in readers(t.unit, found)}
    for reader in found.reading:
        if reader.person_id not in left:
            reports.end(t.unit, found.report.id, reader.person_id)
    if not left and not next_in_line(t.unit, found):
        stuck(t.unit, found)
        return Note(cards.ended_with_nobody())
    return _again(t, found) if t.viewer.id in left else Note(cards.moved_on())


def _recuse(t: Turn, found: ReportCase, words: str) -> Answer:
    """Concerned themselves: their access ends, and the next in line has it. Nobody there: it stays with them."""
    left = [reader for reader in readers(t.unit, found) if reader.person_id != t.viewer.id]
    before = list(found.words.get("recused", []))
    found.words["recused"] = [*before, t.viewer.id]
    if not left and not next_in_line(t.unit, found):
        found.words["recused"] = before
        _note(t, found, "recuse_failed", words)
        return Note(cards.nobody_else())
    _note(t, found, "recuse", words)
    reports.change(t.unit, found.report, found.words)
    reports.end(t.unit, found.report.id, t.viewer.id)
    audit.append(t.unit, "report_recused", t.viewer.id, found.report.id)
    return Note(cards.moved_on())


def _hand(t: Turn, found: ReportCase, words: str) -> Answer:
    """To a colleague who is not concerned; the reason is kept."""
    meant = _meant(t)
    if isinstance(meant, str):
        return _wrong(t, found, "to", meant)
    if meant.id is None or meant.id == t.viewer.id or meant.id in barred(t.unit, found):
        return _wrong(t, found, "to", cards.not_to_them())
    reports.step(t.unit, found.report.id, t.viewer.id, "hand", {"words": words, "to": meant.id})
    if all(reader.person_id != meant.id for reader in found.reading):
        reports.grant(t.unit, found.report.id, [meant.id], "", t.viewer.id)
    reports.end(t.unit, found.report.id, t.viewer.id)
    audit.append(t.unit, "report_handed", t.viewer.id, found.report.id)
    outbox.send(t.unit, meant.id, "report_new", found.report.id)
    return Note(cards.handed(meant.name))


def _close(t: Turn, found: ReportCase, words: str) -> Answer:
    """The reporter is told how it ended, in these words; why, and what was done, stays with its readers."""
    reason = typed(t, "reason")
    if not reason:
        return _wrong(t, found, "reason", cards.words_needed())
    _note(t, found, "reason", reason)
    _note(t, found, "close", words)
    reports.change(t.unit, found.report, state=ReportState.CLOSED, closed_at=t.event.at, due_at=None)
    audit.append(t.unit, "report_closed", t.viewer.id, found.report.id)
    tell_reporter(t.unit, found, "report_closed")
    return Note(cards.closed())


def _reopen(t: Turn, found: ReportCase, words: str) -> Answer:
    """There is something more to do after all."""
    _note(t, found, "reopen", words)
    reports.change(t.unit, found.report, state=ReportState.READ, closed_at=None, due_at=t.event.at + DAY)
    audit.append(t.unit, "report_reopened", t.viewer.id, found.report.id)
    tell_reporter(t.unit, found, "report_open")
    return _again(t, found)


STEPS: dict[str, Deed] = {
    "acknowledge": _acknowledge, "note": _noted("note"), "ask": _ask, "removal": _ask_removal,
    "refer": _noted("refer"), "thank": _noted("thank"), "hand": _hand, "concerns": _concerns, "recuse": _recuse,
    "close": _close,
}
"""What a reader can do with it."""
AGAIN: dict[str, Deed] = {"reopen": _reopen}
"""The same once it is closed."""


def stuck(u: Unit, found: ReportCase) -> None:
    """Nobody is left who could read it: its reporter hears what to do."""
    reports.step(u, found.report.id, None, "stuck", {})
    reports.change(u, found.report, due_at=u.at + DAY)
    tell_reporter(u, found, "report_stuck")


def _note(t: Turn, found: ReportCase, what: str, words: str) -> None:
    reports.step(t.unit, found.report.id, t.viewer.id, what, {"words": words})


def _again(t: Turn, found: ReportCase) -> Answer:
    """The view with what was just done in it."""
    return Open(reading(t, reports.case(t.unit, found.report)))


def _wrong(t: Turn, found: ReportCase, field: str, problem: str) -> Answer:
    """The view again, with what is wrong at its field; nothing that was typed is lost."""
    chosen = next(iter(post.chosen_in(t.event.fields, "step")), "")
    kept = {"step": chosen, **{name: typed(t, name) for name in ("words", "to", "reason")}}
    return Open(reading(t, found, {field: problem}, kept))


def _meant(t: Turn) -> Person | str:
    """The member of staff whose name was typed, or what is wrong with it."""
    wanted = typed(t, "to")
    found = named(wanted, staff(t.unit))
    if len(found) > 1:
        return said.several([wanted[:60]])
    return found[0] if found else cards.nobody_of_that_name()
