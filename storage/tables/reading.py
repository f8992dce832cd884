"""Who has to read which document, by when; and what everybody has confirmed to have read."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel, among


class Reading(SQLModel, table=True):
    """A document that somebody was asked to read and confirm. `document` empty: the policy itself.

    `digest`: of the version's text; empty where the bot has none. `version`: what that is called, or where it lies.
    `year`: for which year it is confirmed; 0: once for all. `remind_on`: when they are next reminded. `ended`: why
    nothing is to be done any more; empty while there is.
    """

    __table_args__ = (
        Index("ix_reading_person", "trust_id", "person_id", "document", "digest"),
        Index(
            "uq_reading_open", "trust_id", "person_id", "document", unique=True,
            sqlite_where=text("ended = ''"), postgresql_where=text("ended = ''"),
        ),
        Index(
            "ix_reading_remind", "trust_id", "remind_on",
            sqlite_where=text("ended = ''"), postgresql_where=text("ended = ''"),
        ),
        among("ended", ("", "confirmed", "replaced", "dropped")),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id")
    document: str = Field(default="", sa_type=SAString(120))
    digest: str = Field(default="", sa_type=SAString(64))
    version: str = Field(default="", sa_type=SAString(300))
    year: int = 0
    at: datetime = Field(sa_type=Moment)
    due_on: date
    remind_on: date
    reminded: int = 0
    ended: str = Field(default="", sa_type=SAString(10))


class Confirmation(SQLModel, table=True):
    """Somebody confirmed that they have read and understood this version. Added, never altered.

    `answers`: to the pack's questions about it, by their number; all of them were right.
    """

    __table_args__ = (
        UniqueConstraint("trust_id", "person_id", "document", "digest", "year", name="uq_confirmation_once"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id")
    document: str = Field(default="", sa_type=SAString(120))
    digest: str = Field(default="", sa_type=SAString(64))
    version: str = Field(default="", sa_type=SAString(300))
    year: int = 0
    at: datetime = Field(sa_type=Moment)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
