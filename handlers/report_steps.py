"""What a reader does with a report, from the first look to its end."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cards import report as said
from cards import report_case as cards
from cards.report_evidence import OPEN_FILES, SHUT_FILES
from handlers import report_files
from handlers.answer import Answer, Note, Open
from handlers.report import typed
from handlers.report_case import alike, joins, nothing, opened, read_by, reading
from handlers.report_desk import barred, may_read, next_in_line, readers, stuck, tell_reporter, withdraw
from handlers.report_guided import meant_by, removal, site, thank
from handlers.rules import post
from handlers.turn import Turn
from storage import outbox
from storage import report as reports
from storage.report import ReportCase
from storage.tables import ReportState

DAY = timedelta(days=1)
Deed = Callable[[Turn, ReportCase, str], Answer]


def act(t: Turn) -> Answer:
    """What somebody who reads it does next, as it stands now, however old their window is."""
    found = opened(t)
    if found is None:
        return nothing(t)
    if not may_read(t.unit, found, t.viewer):
        return Note(said.unseen())
    shown = t.event.arg
    chosen = next(iter(post.chosen_in(t.event.fields, "step")), shown if shown in GUIDED else "")
    if chosen == cards.EARLIER[0]:
        return Open(reading(t, found, skip=int(shown) if shown.isdigit() and len(shown) < 7 else 0))
    if chosen == cards.OTHER[0]:
        return _before(t, found)
    if chosen == OPEN_FILES[0]:
        return report_files.show(t, found)
    if chosen == SHUT_FILES[0]:
        return report_files.shut(t, found)
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


def _before(t: Turn, found: ReportCase) -> Answer:
    """The last report before this one about the same address, or the newest; its reading is noted there."""
    others = alike(t, found)
    if not others:
        return Note(cards.nothing_done(found.report.state))
    earlier = [each for each in others if _key(each) < _key(found)]
    return Open(read_by(t, (earlier or others)[-1]))


def _key(found: ReportCase) -> tuple[datetime, str]:
    return found.report.created_at, found.report.id


def _concerns(t: Turn, found: ReportCase, words: str) -> Answer:
    """It is about somebody else as well: whoever may not hear it any more loses it at once."""
    meant = meant_by(t)
    if isinstance(meant, str):
        return _wrong(t, found, "to", meant)
    if meant.id is None or meant.id == found.report.reporter_id:
        return _wrong(t, found, "to", cards.reported_it())
    reports.step(t.unit, found.report.id, t.viewer.id, "concerns", {"words": words, "to": meant.id})
    found.words["staff"] = sorted({*found.words.get("staff", ()), meant.id})
    reports.change(t.unit, found.report, found.words)
    left = {reader.person_id for reader in readers(t.unit, found)}
    withdraw(t.unit, found)
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
    return Note(cards.moved_on())


def _hand(t: Turn, found: ReportCase, words: str) -> Answer:
    """To a colleague who is not concerned; the reason is kept."""
    meant = meant_by(t)
    if isinstance(meant, str):
        return _wrong(t, found, "to", meant)
    if meant.id is None or meant.id == t.viewer.id or meant.id in barred(t.unit, found):
        return _wrong(t, found, "to", cards.not_to_them())
    reports.step(t.unit, found.report.id, t.viewer.id, "hand", {"words": words, "to": meant.id})
    if all(reader.person_id != meant.id for reader in found.reading):
        reports.grant(t.unit, found.report.id, [meant.id], "", t.viewer.id)
    reports.end(t.unit, found.report.id, t.viewer.id)
    outbox.send(t.unit, meant.id, "report_new", found.report.id)
    return Note(cards.handed(meant.name))


def _close(t: Turn, found: ReportCase, words: str) -> Answer:
    """The reporter is told how it ended, in these words; why, and what was done, stays with its readers."""
    reason = typed(t, "reason")
    if not reason:
        return _wrong(t, found, "reason", cards.words_needed())
    _end(t, found, reason, words)
    return Note(cards.closed())


def _join(t: Turn, found: ReportCase, words: str) -> Answer:
    """The same for every open report about this address that they read; no reporter hears of another."""
    reason = typed(t, "reason")
    if not reason:
        return _wrong(t, found, "reason", cards.words_needed())
    others = joins(t, found, alike(t, found))
    for each in (found, *others):
        _end(t, each, reason, words)
    return Note(cards.joined(len(others)))


def _end(t: Turn, found: ReportCase, reason: str, words: str) -> None:
    _note(t, found, "reason", reason)
    _note(t, found, "close", words)
    reports.change(t.unit, found.report, state=ReportState.CLOSED, closed_at=t.event.at, due_at=None)
    tell_reporter(t.unit, found, "report_closed")


def _reopen(t: Turn, found: ReportCase, words: str) -> Answer:
    """There is something more to do after all."""
    _note(t, found, "reopen", words)
    reports.change(t.unit, found.report, state=ReportState.READ, closed_at=None, due_at=t.event.at + DAY)
    tell_reporter(t.unit, found, "report_open")
    return _again(t, found)


STEPS: dict[str, Deed] = {
    "acknowledge": _acknowledge, "note": _noted("note"), "ask": _ask, "removal": removal, "site": site,
    "refer": _noted("refer"), "thank": thank, "hand": _hand, "concerns": _concerns, "recuse": _recuse,
    "close": _close, "join": _join,
}
"""What a reader can do with it."""
AGAIN: dict[str, Deed] = {"reopen": _reopen}
"""The same once it is closed."""
GUIDED = ("removal", "site", "thank")
"""Those that have a window of their own."""


def _note(t: Turn, found: ReportCase, what: str, words: str) -> None:
    reports.step(t.unit, found.report.id, t.viewer.id, what, {"words": words})


def _again(t: Turn, found: ReportCase) -> Answer:
    """The view with what was just done in it."""
    return Open(reading(t, reports.case(t.unit, found.report), done=True))


def _wrong(t: Turn, found: ReportCase, field: str, problem: str) -> Answer:
    """The view again, with what is wrong at its field; nothing that was typed is lost."""
    chosen = next(iter(post.chosen_in(t.event.fields, "step")), "")
    kept = {"step": chosen, **{name: typed(t, name) for name in ("words", "to", "reason")}}
    return Open(reading(t, found, {field: problem}, kept))
