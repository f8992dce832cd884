"""The record, and its last link."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel


class Audit(SQLModel, table=True):
    """The record: append-only, each row with the hash of the one before. Names no content."""

    __table_args__ = (
        UniqueConstraint("trust_id", "seq"),
        Index("ix_audit_subject", "trust_id", "subject_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    seq: int
    at: datetime = Field(sa_type=Moment)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    verb: str = Field(sa_type=SAString(40))
    subject_id: str = Field(default="", sa_type=SAString(40))
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    previous: str = Field(sa_type=SAString(64))
    hash: str = Field(sa_type=SAString(64))


class AuditHead(SQLModel, table=True):
    """The last link of a trust's audit chain; locking it serialises the chain."""

    trust_id: int = Field(primary_key=True, foreign_key="trust.id")
    seq: int = 0
    hash: str = Field(default="", sa_type=SAString(64))
