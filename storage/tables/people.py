"""Trusts, their schools, who is on the staff list, and which user of which platform that is."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import Platform, SQLModel, among, in_order


class Trust(SQLModel, table=True):
    """A school trust, and the name of the pack that carries its policy's rules."""

    id: int | None = Field(default=None, primary_key=True)
    pack: str = Field(sa_type=SAString(40), unique=True)
    pack_version: str = Field(sa_type=SAString(64))
    """The digest of the pack's text that holds now; a request keeps the one under which it was made."""
    name: str
    zone: str = "Europe/London"
    terms: str = Field(default="", sa_type=SAString(64))
    """The digest of all its closures, by which they are kept in memory; empty where there are none."""
    created_at: datetime = Field(sa_type=Moment)


class PackText(SQLModel, table=True):
    """A pack as it was adopted, never altered: open requests go by the one that they were made under."""

    __tablename__ = "pack"
    digest: str = Field(primary_key=True, sa_type=SAString(64))
    text: str
    at: datetime = Field(sa_type=Moment)


class Workspace(SQLModel, table=True):
    """Which trust a Slack workspace or Teams tenant belongs to; needless while there is one trust."""

    __table_args__ = (UniqueConstraint("platform", "team"), among("platform", Platform))
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    platform: Platform = Field(sa_type=SAString(10))
    team: str


class School(SQLModel, table=True):
    """A school of the trust. Central staff and trust accounts have none."""

    __table_args__ = (UniqueConstraint("trust_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    name: str


class Closure(SQLModel, table=True):
    """Days on which nobody is at work: of one school, or (`school_id` None) of every school. Both days are inclusive.

    `central`: of the central staff as well.
    """

    __table_args__ = (
        Index("ix_closure_trust", "trust_id", "first_day"),
        CheckConstraint("last_day >= first_day", name="days"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    school_id: int | None = Field(default=None, foreign_key="school.id")
    central: bool = False
    first_day: date
    last_day: date
    title: str


class Person(SQLModel, table=True):
    """Somebody on the staff list. `school_id` None: central staff. Days are inclusive.

    `manager_id`: their line manager, where the list says one.
    """

    __table_args__ = (UniqueConstraint("trust_id", "email"), in_order())
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    name: str
    email: str
    school_id: int | None = Field(default=None, foreign_key="school.id")
    manager_id: int | None = Field(default=None, foreign_key="person.id")
    first_day: date | None = None
    last_day: date | None = None


class Role(SQLModel, table=True):
    """What somebody is, at a school or (`school_id` None) for the whole trust. Days are inclusive."""

    __table_args__ = (Index("ix_role_holder", "trust_id", "role", "school_id"), in_order())
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(sa_type=SAString(40))
    school_id: int | None = Field(default=None, foreign_key="school.id")
    first_day: date | None = None
    last_day: date | None = None


class Identity(SQLModel, table=True):
    """A person's user on a platform, and how to reach it (`reference`: a Teams conversation)."""

    __table_args__ = (UniqueConstraint("platform", "team", "user"), among("platform", Platform))
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    platform: Platform = Field(sa_type=SAString(10))
    team: str
    user: str
    reference: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    seen_at: datetime = Field(sa_type=Moment)
