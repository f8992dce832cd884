"""The policy's own words: a document as it was read, and from which day on which version of it holds."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel


class PolicyText(SQLModel, table=True):
    """A document as it was read, never altered. It is known by its digest and belongs to no trust.

    `clauses`: of each its number, its heading, its stem, and where in the text its words begin and end. They are kept
    and not found anew: a better reader must not renumber what people were shown. The words stand in the text only, so
    that what is quoted is always a part of it.
    """

    __tablename__ = "policy_text"
    digest: str = Field(primary_key=True, sa_type=SAString(64))
    text: str
    clauses: list[Any] = Field(default_factory=list, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)


class PolicyVersion(SQLModel, table=True):
    """A version of a trust's document, never altered: a later one takes its place from its own day on.

    `document`: which of the trust's documents; empty: the policy itself. `reason`: why it holds sooner than staff could
    be told. `by_id`: who imported it; None: whoever runs the command line.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        UniqueConstraint("trust_id", "document", "label", name="uq_policy_version_label"),
        Index("ix_policy_version_day", "trust_id", "document", "effective"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    document: str = Field(default="", sa_type=SAString(120))
    label: str = Field(sa_type=SAString(40))
    digest: str = Field(foreign_key="policy_text.digest", sa_type=SAString(64))
    effective: date
    review_due: date | None = None
    reason: str = ""
    at: datetime = Field(sa_type=Moment)
    by_id: int | None = Field(default=None, foreign_key="person.id")
