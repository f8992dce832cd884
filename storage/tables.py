"""Every table, and the words for their states: the nouns of Can I Post.

A table class is the schema and the shape of a row. Rows are read and written with Core
statements (see `storage.database.Unit`); they validate nothing: what people type is parsed
by `handlers.rules` first. Times are aware UTC datetimes.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, CheckConstraint, Index, MetaData, UniqueConstraint, text
from sqlalchemy import String as SAString
from sqlmodel import Field, SQLModel

from storage.moment import Moment

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Platform(StrEnum):
    """A door through which people talk to the bot."""

    SLACK = "slack"
    TEAMS = "teams"
    CONSOLE = "console"


class State(StrEnum):
    """Where a request stands; `handlers.rules.lifecycle` says how it moves."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES = "changes requested"
    APPROVED = "approved"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What an approver decided; taken back is the approver's own undo."""

    APPROVED = "approved"
    CHANGES = "changes requested"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"


class Trust(SQLModel, table=True):
    """A school trust, and the name of the pack that carries its policy's rules."""

    id: int | None = Field(default=None, primary_key=True)
    pack: str = Field(sa_type=SAString(40), unique=True)
    name: str
    zone: str = "Europe/London"
    created_at: datetime = Field(sa_type=Moment)


class Workspace(SQLModel, table=True):
    """Which trust a Slack workspace or Teams tenant belongs to; needless while there is one trust."""

    __table_args__ = (UniqueConstraint("platform", "team"),)
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


class Person(SQLModel, table=True):
    """Somebody on the staff list. `school_id` None: central staff. Days are inclusive."""

    __table_args__ = (UniqueConstraint("trust_id", "email"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    name: str
    email: str
    school_id: int | None = Field(default=None, foreign_key="school.id")
    first_day: date | None = None
    last_day: date | None = None


class Role(SQLModel, table=True):
    """What somebody is, at a school or (`school_id` None) for the whole trust. Days are inclusive."""

    __table_args__ = (Index("ix_role_holder", "trust_id", "role", "school_id"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(sa_type=SAString(40))
    school_id: int | None = Field(default=None, foreign_key="school.id")
    first_day: date | None = None
    last_day: date | None = None


class Identity(SQLModel, table=True):
    """A person's user on a platform, and how to reach it (`reference`: a Teams conversation)."""

    __table_args__ = (UniqueConstraint("platform", "team", "user"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id", index=True)
    platform: Platform = Field(sa_type=SAString(10))
    team: str
    user: str
    reference: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    seen_at: datetime = Field(sa_type=Moment)


class Account(SQLModel, table=True):
    """An official account. `school_id` None: the trust's own. The owner publishes on it."""

    __table_args__ = (UniqueConstraint("trust_id", "platform", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    platform: str
    name: str
    address: str = ""
    school_id: int | None = Field(default=None, foreign_key="school.id")
    owner_id: int = Field(foreign_key="person.id")
    closed: bool = False


class Request(SQLModel, table=True):
    """Something that needs permission, whatever its kind. `version` counts every change of it.

    `sent_before` is the revision that the approver saw before the present one.
    It waits for whoever holds `ask_role` at `ask_school_id` (None: for the trust).
    `due_at` is when it lapses or expires if nothing happens.
    """

    __table_args__ = (
        Index("ix_request_mine", "trust_id", "asker_id", "created_at", "id"),
        Index(
            "ix_request_waiting", "trust_id", "ask_role", "ask_school_id", "submitted_at", "id",
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
        Index(
            "ix_request_revise", "trust_id", "asker_id", "decided_at", "id",
            sqlite_where=text("state = 'changes requested'"),
            postgresql_where=text("state = 'changes requested'"),
        ),
        Index(
            "ix_request_due", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
    )
    id: str = Field(primary_key=True, sa_type=SAString(12))
    trust_id: int = Field(foreign_key="trust.id")
    kind: str = Field(sa_type=SAString(40))
    state: State = Field(sa_type=SAString(20))
    version: int = 1
    revision: int = 1
    sent_before: int | None = None
    pack_version: str
    asker_id: int = Field(foreign_key="person.id")
    editor_id: int = Field(foreign_key="person.id")
    school_id: int | None = Field(default=None, foreign_key="school.id")
    ask_role: str | None = Field(default=None, sa_type=SAString(40))
    ask_school_id: int | None = Field(default=None, foreign_key="school.id")
    approved_digest: str | None = Field(default=None, sa_type=SAString(64))
    go_live_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)


class Revision(SQLModel, table=True):
    """One wording of a request, never altered. `digest` covers text, pictures, accounts and time."""

    __table_args__ = (UniqueConstraint("request_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    number: int
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)
    content: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(sa_type=SAString(64))


class Decision(SQLModel, table=True):
    """Who decided what, on which revision, as whom, and why."""

    __table_args__ = (UniqueConstraint("request_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    version: int
    revision: int
    decider_id: int = Field(foreign_key="person.id")
    as_role: str = Field(sa_type=SAString(40))
    outcome: Outcome = Field(sa_type=SAString(20))
    note: str = ""
    digest: str = Field(sa_type=SAString(64))
    at: datetime = Field(sa_type=Moment)


class Publication(SQLModel, table=True):
    """An approved post on one account: whose task it is, and where it went live."""

    __table_args__ = (
        UniqueConstraint("request_id", "account_id"),
        Index(
            "ix_publication_waiting", "trust_id", "owner_id",
            sqlite_where=text("live_at IS NULL"), postgresql_where=text("live_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    account_id: int = Field(foreign_key="account.id")
    owner_id: int = Field(foreign_key="person.id")
    address: str = ""
    live_at: datetime | None = Field(default=None, sa_type=Moment)


class StoredFile(SQLModel, table=True):
    """A picture and who gave it, by its content's SHA-256; `thumb` is its small copy's."""

    __tablename__ = "file"
    __table_args__ = (UniqueConstraint("trust_id", "digest", "by_id"),)
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    digest: str = Field(sa_type=SAString(64))
    thumb: str = Field(sa_type=SAString(64))
    media_type: str
    size: int
    width: int
    height: int
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)


class Upload(SQLModel, table=True):
    """The platform's own id of a file that was already put there."""

    __table_args__ = (UniqueConstraint("platform", "team", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: Platform = Field(sa_type=SAString(10))
    team: str
    digest: str = Field(sa_type=SAString(64))
    external_id: str


class Inbox(SQLModel, table=True):
    """The key of each event that was acted on, so that a repeat does nothing."""

    key: str = Field(primary_key=True, sa_type=SAString(200))
    at: datetime = Field(sa_type=Moment)


class Outbox(SQLModel, table=True):
    """A notice owed: which card, about what, to whom. Never its content: that is built when sent.

    `message_id` set: replace that delivered copy instead of sending a new one.
    """

    __table_args__ = (
        Index(
            "ix_outbox_due", "due_at",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_order", "person_id", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint("state IN ('waiting', 'sent', 'needless', 'buried')", name="state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id")
    card: str = Field(sa_type=SAString(40))
    subject_id: str = Field(sa_type=SAString(40))
    message_id: int | None = Field(default=None, foreign_key="message.id", index=True)
    state: str = Field(default="waiting", sa_type=SAString(10))
    due_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    leased_until: datetime | None = Field(default=None, sa_type=Moment)
    lease: str | None = Field(default=None, sa_type=SAString(32))
    problem: str = ""


class Message(SQLModel, table=True):
    """A delivered copy of a card: where it lies, so that it can be replaced."""

    __table_args__ = (
        UniqueConstraint("platform", "channel", "ref"),
        Index("ix_message_subject", "trust_id", "subject_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    person_id: int = Field(foreign_key="person.id")
    platform: Platform = Field(sa_type=SAString(10))
    team: str
    channel: str
    ref: str
    card: str = Field(sa_type=SAString(40))
    subject_id: str = Field(sa_type=SAString(40))
    at: datetime = Field(sa_type=Moment)


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


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks, asks or presses, with the roles they hold today."""

    person: Person
    roles: tuple[Role, ...] = ()

    @property
    def id(self) -> int:
        """The person's number."""
        assert self.person.id is not None
        return self.person.id

    def holds(self, role: str, school_id: int | None) -> bool:
        """Whether they hold `role` there."""
        return any(r.role == role and r.school_id == school_id for r in self.roles)


@dataclass(slots=True)
class Case:
    """A request with everything about it that rules and cards need, read in one unit."""

    request: Request
    revision: Revision
    trust: Trust
    asker: Person
    school: School | None
    accounts: list[Account]
    deciders: list[Person]
    publications: list[Publication] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    seen: Revision | None = None
    """The wording that was sent before the present one."""
    people: dict[int, Person] = field(default_factory=dict)
    """Everybody named above, by id."""

    @property
    def zone(self) -> ZoneInfo:
        """The trust's zone."""
        return ZoneInfo(self.trust.zone)
