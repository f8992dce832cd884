"""What the clock does about reports: sweeps drafts, tells again what nobody has read, finds readers for orphans.

It asks neither for the day nor for the hour: a safeguarding lead hears at night and in the holidays, too.
"""

from datetime import timedelta

from handlers import packs
from handlers.answer import Answer, Silence
from handlers.report_colleague import next_look, overdue
from handlers.report_desk import concern_of, next_in_line, readers, stuck, tell_readers, withdraw
from handlers.rules import report as rules
from storage import evidence, outbox
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase
from storage.tables import ReportState

DAY = timedelta(days=1)
PATIENCE = 3
"""After so many times as long as it may take, somebody above hears as well."""
AGAIN = timedelta(hours=6)
"""After that nobody is told more often."""
IDLE = timedelta(days=7)
"""So often it is told that a report is still open with which nothing happens."""


def look_after(u: Unit, subject: str) -> Answer:
    """A draft is swept; what nobody has read is told again, and then to somebody above; an orphan gets a reader."""
    report = reports.get(u, subject)
    if report is None or report.due_at is None or report.due_at > u.at or u.vault is None:
        return Silence()
    if report.state == ReportState.DRAFT:
        evidence.drop(u, report.id)
        reports.change(u, report, {}, state=ReportState.WITHDRAWN, due_at=None, mark=None)
    elif report.state in (ReportState.SENT, ReportState.READ):
        _handled(u, reports.case(u, report))
    else:
        reports.change(u, report, due_at=None)
    return Silence()


def _handled(u: Unit, found: ReportCase) -> None:
    """One that is open: who may not read it any more, what was asked for and not done, and who has to hear."""
    withdraw(u, found)
    overdue(u, found)
    if found.report.state == ReportState.SENT:
        _late(u, found)
    elif readers(u, found) or _moved(u, found):
        _idle(u, found)
        reports.change(u, found.report, due_at=next_look(u, found))


def _idle(u: Unit, found: ReportCase) -> None:
    """Nothing has happened for long with one that somebody looks after: its readers hear that it is still open."""
    happened = [step.row.at for step in found.steps if step.row.by_id is not None or step.row.what == "idle"]
    if u.at - max(happened, default=u.at) >= IDLE:
        reports.step(u, found.report.id, None, "idle", {})
        tell_readers(u, found, "report_idle")


def _late(u: Unit, found: ReportCase) -> None:
    """Told again each time it could have been read; then somebody above hears, and goes on hearing."""
    report = found.report
    concern = concern_of(packs.of(u, report.pack_version), report.concern)
    within = timedelta(hours=rules.within(concern, found.words))
    assert report.sent_at is not None, "it was sent"
    above_at, there = report.sent_at + PATIENCE * within, readers(u, found)
    if not there:
        if not _moved(u, found):
            return
    elif u.at >= above_at:
        next_in_line(u, found)
    for reader in there:
        outbox.send(u, reader.person_id, "report_late", report.id)
    reports.change(u, report, due_at=min(u.at + within, above_at) if u.at < above_at else u.at + max(within, AGAIN))


def _moved(u: Unit, found: ReportCase) -> bool:
    """Whether somebody has it now; nobody there: its reporter hears of it once, and it is looked for again."""
    if next_in_line(u, found):
        return True
    if any(step.row.what == "stuck" for step in found.steps):
        reports.change(u, found.report, due_at=u.at + DAY)
    else:
        stuck(u, found)
    return False
