"""Questions about the policy: what was asked lately, how answers did, and the guidance that advisers gave."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel


class Question(SQLModel, table=True):
    """What somebody asked about the policy. Kept for a day, so that the buttons below the answer work.

    `found`: the numbers of the clauses that were found, best first. `document`: the digest of the text they are of.
    """

    __table_args__ = (Index("ix_question_at", "at"),)
    id: str = Field(primary_key=True, sa_type=SAString(12))
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)
    words: str
    topic: str = Field(default="", sa_type=SAString(80))
    found: list[Any] = Field(default_factory=list, sa_type=JSON)
    document: str = Field(default="", sa_type=SAString(64))
    judged: str = Field(default="", sa_type=SAString(3))
    """What its asker said of the answer: yes, no, or nothing."""


class Tally(SQLModel, table=True):
    """How often something was asked on a day, and how the answers did: figures, without whoever asked."""

    __table_args__ = (UniqueConstraint("trust_id", "on", "topic", name="uq_tally_day"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    on: date
    topic: str = Field(default="", sa_type=SAString(80))
    asked: int = 0
    silent: int = 0
    """Of these, so many had no answer in the policy."""
    yes: int = 0
    no: int = 0


class Guidance(SQLModel, table=True):
    """An adviser's answer that everybody may read beside the clause. It says nothing of whoever asked.

    `clause` empty: the policy says nothing of it. `document`: the text that it was given, or last looked at, beside.
    """

    __table_args__ = (
        UniqueConstraint("trust_id", "request_id", name="uq_guidance_request"),
        Index("ix_guidance_topic", "trust_id", "topic"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    author_id: int = Field(foreign_key="person.id")
    question: str
    answer: str
    clause: str = Field(default="", sa_type=SAString(80))
    topic: str = Field(default="", sa_type=SAString(80))
    document: str = Field(default="", sa_type=SAString(64))
    at: datetime = Field(sa_type=Moment)
    withdrawn: bool = False
    version: int = 1
