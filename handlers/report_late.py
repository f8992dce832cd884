"""What the clock does about reports: sweeps drafts, tells again what nobody has read, finds readers for orphans."""

from datetime import timedelta

from handlers import packs
from handlers.answer import Answer, Silence
from handlers.report_desk import concern_of, next_in_line, readers
from handlers.report_steps import stuck
from storage import outbox
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase
from storage.tables import ReportState

DAY = timedelta(days=1)
PATIENCE = 3
"""After so many times as long as it may take, somebody above hears as well."""
AGAIN = timedelta(hours=6)
"""After that nobody is told more often."""


def look_after(u: Unit, subject: str) -> Answer:
    """A draft is swept; what nobody has read is told again, and then to somebody above; an orphan gets a reader."""
    report = reports.get(u, subject)
    if report is None or report.due_at is None or report.due_at > u.at or u.vault is None:
        return Silence()
    if report.state == ReportState.DRAFT:
        reports.change(u, report, {}, state=ReportState.WITHDRAWN, due_at=None, mark=None)
    elif report.state == ReportState.SENT:
        _late(u, reports.case(u, report))
    elif report.state == ReportState.READ:
        found = reports.case(u, report)
        if readers(u, found) or _moved(u, found):
            reports.change(u, report, due_at=u.at + DAY)
    else:
        reports.change(u, report, due_at=None)
    return Silence()


def _late(u: Unit, found: ReportCase) -> None:
    """Told again each time it could have been read; then somebody above hears, and goes on hearing."""
    report = found.report
    concern = concern_of(packs.of(u, report.pack_version), report.concern)
    within = timedelta(hours=concern.within_hours if concern else 24)
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
