"""The registers: official accounts, approved sites, devices, permissions granted."""

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.tables.ground import SQLModel, among


class Book(StrEnum):
    """Which register an entry stands in."""

    ACCOUNT = "account"
    SITE = "site"
    DEVICE = "device"
    PERMISSION = "permission"


class Entry(SQLModel, table=True):
    """Something that a register keeps: an official account, an approved site, a device, a permission that was granted.

    `school_id` None: the trust's own. The owner answers for it; on an account, the owner publishes. `platform` and
    `address` are an account's or a site's. `credentials`: who holds them, never the credentials.
    """

    __table_args__ = (
        Index(
            "ix_entry_account", "trust_id", "platform", "name", unique=True,
            sqlite_where=text("book = 'account'"), postgresql_where=text("book = 'account'"),
        ),
        Index("ix_entry_book", "trust_id", "book", "closed", "school_id", "platform", "name", "id"),
        Index("ix_entry_owner", "trust_id", "owner_id"),
        Index("ix_entry_request", "request_id"),
        Index(
            "ix_entry_review", "review_on",
            sqlite_where=text("NOT closed AND review_on IS NOT NULL"),
            postgresql_where=text("NOT closed AND review_on IS NOT NULL"),
        ),
        Index(
            "ix_entry_until", "until",
            sqlite_where=text("NOT closed AND until IS NOT NULL"),
            postgresql_where=text("NOT closed AND until IS NOT NULL"),
        ),
        among("book", Book),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    book: Book = Field(default=Book.ACCOUNT, sa_type=SAString(12))
    kind: str = Field(default="", sa_type=SAString(40))
    """Which kind of request a permission was; else empty."""
    platform: str = ""
    name: str
    address: str = ""
    school_id: int | None = Field(default=None, foreign_key="school.id")
    owner_id: int = Field(foreign_key="person.id")
    deputy_id: int | None = Field(default=None, foreign_key="person.id")
    purpose: str = ""
    audience: str = ""
    settings: str = ""
    """What was promised: an open group, membership by approval …"""
    credentials: str = ""
    website: str = ""
    """Where it is listed."""
    conditions: str = ""
    """What whoever approved it asked for."""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """Label → what was said: due diligence, a promise."""
    request_id: str | None = Field(default=None, foreign_key="request.id")
    pending: bool = False
    """Approved, but work on it is not done: not in use yet."""
    closed: bool = False
    until: date | None = None
    review_on: date | None = None
    version: int = 1
