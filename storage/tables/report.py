"""Reports: sealed words, and the list of who may read them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel, among


class ReportState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    SENT = "sent"
    READ = "acknowledged"
    CLOSED = "closed"
    WITHDRAWN = "discarded"


class Report(SQLModel, table=True):
    """Something that worries somebody. Its id tells nothing; all that was said is in `sealed` (see `storage.vault`).

    `mark` is the same for reports about the same address. `due_at` is when the clock looks: a draft is swept, an
    unread report is told again.
    """

    __table_args__ = (
        Index("ix_report_mine", "trust_id", "reporter_id", "created_at", "id"),
        Index("ix_report_mark", "trust_id", "mark"),
        Index(
            "ix_report_due", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
        among("state", ReportState),
    )
    id: str = Field(primary_key=True, sa_type=SAString(20))
    trust_id: int = Field(foreign_key="trust.id")
    concern: str = Field(sa_type=SAString(40))
    pack_version: str = Field(sa_type=SAString(64))
    state: ReportState = Field(sa_type=SAString(20))
    version: int = 1
    reporter_id: int = Field(foreign_key="person.id")
    school_id: int | None = Field(default=None, foreign_key="school.id")
    sealed: str = Field(sa_type=Text)
    mark: str | None = Field(default=None, sa_type=SAString(64))
    created_at: datetime = Field(sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)


class Reader(SQLModel, table=True):
    """Who may read a report, since when, granted by whom (None: by the pack's route). Ended, not deleted."""

    __table_args__ = (
        Index(
            "ix_reader_person", "trust_id", "person_id", "since",
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_reader_report", "report_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    report_id: str = Field(foreign_key="report.id")
    person_id: int = Field(foreign_key="person.id")
    role: str = Field(sa_type=SAString(40))
    since: datetime = Field(sa_type=Moment)
    granted_by: int | None = Field(default=None, foreign_key="person.id")
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class ReportStep(SQLModel, table=True):
    """One thing that happened with a report, never altered. `what` names it; what was said is sealed."""

    __table_args__ = (Index("ix_reportstep_report", "report_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    report_id: str = Field(foreign_key="report.id")
    at: datetime = Field(sa_type=Moment)
    by_id: int | None = Field(default=None, foreign_key="person.id")
    what: str = Field(sa_type=SAString(20))
    sealed: str = Field(sa_type=Text)
