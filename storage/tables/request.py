"""Requests: what was asked, in which words, who decides and decided, and what is to be done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel, among


class State(StrEnum):
    """Where a request stands; `handlers.rules.lifecycle` says how it moves."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES = "changes requested"
    TRAINING = "training first"
    APPROVED = "approved"
    PUBLISHED = "published"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class Outcome(StrEnum):
    """What an approver decided; taken back is the approver's own undo."""

    APPROVED = "approved"
    CHANGES = "changes requested"
    TRAINING = "training first"
    DECLINED = "declined"
    TAKEN_BACK = "taken back"


class Request(SQLModel, table=True):
    """Something that needs permission, whatever its kind. `version` counts every change of it.

    `sent_before` is the revision that the approver saw before the present one.
    `step` counts the steps of its route that are behind it; `Ask` has whom each step waits for.
    `due_at` is when it lapses or expires if nothing happens. `nudge_at` is when the clock next looks whether it is
    decided, and does something about it if not; `nudges` counts how often it has at this step, and is -1 while
    whoever decides has not heard of it: they do at `nudge_at`. `why_now`: why it cannot wait until then.
    """

    __table_args__ = (
        Index("ix_request_mine", "trust_id", "asker_id", "created_at", "id"),
        Index(
            "ix_request_revise", "trust_id", "asker_id", "decided_at", "id",
            sqlite_where=text("state IN ('changes requested', 'training first')"),
            postgresql_where=text("state IN ('changes requested', 'training first')"),
        ),
        Index(
            "ix_request_due", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_request_nudge", "nudge_at",
            sqlite_where=text("nudge_at IS NOT NULL"), postgresql_where=text("nudge_at IS NOT NULL"),
        ),
        among("state", State),
        CheckConstraint(
            "approved_digest IS NOT NULL OR state NOT IN ('approved', 'published', 'done')", name="approved_wording"),
        CheckConstraint("version >= 1 AND revision >= 1 AND step >= 0 AND nudges >= -1", name="counts"),
    )
    id: str = Field(primary_key=True, sa_type=SAString(12))
    trust_id: int = Field(foreign_key="trust.id")
    kind: str = Field(sa_type=SAString(40))
    state: State = Field(sa_type=SAString(20))
    version: int = 1
    revision: int = 1
    sent_before: int | None = None
    step: int = 0
    pack_version: str = Field(sa_type=SAString(64))
    asker_id: int = Field(foreign_key="person.id")
    editor_id: int = Field(foreign_key="person.id")
    school_id: int | None = Field(default=None, foreign_key="school.id")
    approved_digest: str | None = Field(default=None, sa_type=SAString(64))
    go_live_at: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    submitted_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    due_at: datetime | None = Field(default=None, sa_type=Moment)
    nudge_at: datetime | None = Field(default=None, sa_type=Moment)
    nudges: int = 0
    why_now: str = ""


class Revision(SQLModel, table=True):
    """One wording of a request, never altered, but for pictures that turn out to be a report's: those are taken out.

    `digest` covers text, pictures, accounts and time.
    """

    __table_args__ = (UniqueConstraint("request_id", "number"), CheckConstraint("number >= 1", name="number"))
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    number: int
    by_id: int = Field(foreign_key="person.id")
    at: datetime = Field(sa_type=Moment)
    content: dict[str, Any] = Field(sa_type=JSON)
    digest: str = Field(sa_type=SAString(64))


class Ask(SQLModel, table=True):
    """Whom one step of a request's route waits for: holders of `role` at the school (None: for the trust), or a person.

    `together`: every ask of the step has to be answered; else one answers for all. `open` since `since`: it waits now.
    `passed_at`: when it was handed to that person, by `passed_by_id` (None: an administrator, unseen).
    """

    __table_args__ = (
        Index(
            "ix_ask_role", "trust_id", "role", "school_id", "since", "request_id",
            sqlite_where=text("open"), postgresql_where=text("open"),
        ),
        Index(
            "ix_ask_person", "trust_id", "person_id", "since", "request_id",
            sqlite_where=text("open AND person_id IS NOT NULL"),
            postgresql_where=text("open AND person_id IS NOT NULL"),
        ),
        CheckConstraint("NOT open OR (since IS NOT NULL AND answered_by IS NULL)", name="open"),
        CheckConstraint("step >= 0", name="step"),
    )
    request_id: str = Field(foreign_key="request.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    trust_id: int = Field(foreign_key="trust.id")
    step: int
    role: str = Field(sa_type=SAString(40))
    school_id: int | None = Field(default=None, foreign_key="school.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    together: bool = False
    clause: str = ""
    open: bool = False
    since: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: int | None = Field(default=None, foreign_key="person.id")
    passed_by_id: int | None = Field(default=None, foreign_key="person.id")
    passed_at: datetime | None = Field(default=None, sa_type=Moment)
    passed_note: str = ""


class Decision(SQLModel, table=True):
    """Who decided what, on which revision, as whom, and why. Added, never altered (`storage.guards`).

    Each is on a version of the request of its own, and on a wording that there is.
    """

    __table_args__ = (
        UniqueConstraint("request_id", "version"),
        ForeignKeyConstraint(["request_id", "revision"], ["revision.request_id", "revision.number"]),
        among("outcome", Outcome),
        CheckConstraint("version >= 1 AND step >= 0", name="counts"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str
    version: int
    revision: int
    decider_id: int = Field(foreign_key="person.id")
    for_id: int | None = Field(default=None, foreign_key="person.id")
    """Who was away, where the decider stood in for somebody."""
    as_role: str = Field(sa_type=SAString(40))
    outcome: Outcome = Field(sa_type=SAString(20))
    step: int = 0
    note: str = ""
    """What was said with it: changes wanted, a reason, an answer to use word for word."""
    reply: str = ""
    """Which of the kind's replies an answer is."""
    conditions: str = ""
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
        CheckConstraint("live_at IS NULL OR address <> ''", name="live"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    request_id: str = Field(foreign_key="request.id")
    account_id: int = Field(foreign_key="entry.id")
    owner_id: int = Field(foreign_key="person.id")
    address: str = ""
    live_at: datetime | None = Field(default=None, sa_type=Moment)


class Task(SQLModel, table=True):
    """Something that somebody has to do: work that an approval brings, a review, the care for a leaver's account.

    It waits for holders of `role` at the school (None: for the trust), or for a person. `what` names it.
    """

    __table_args__ = (
        Index(
            "ix_task_role", "trust_id", "role", "school_id", "since", "request_id",
            sqlite_where=text("done_at IS NULL AND request_id IS NOT NULL"),
            postgresql_where=text("done_at IS NULL AND request_id IS NOT NULL"),
        ),
        Index(
            "ix_task_care", "trust_id", "role", "school_id", "since", "id",
            sqlite_where=text("done_at IS NULL AND entry_id IS NOT NULL"),
            postgresql_where=text("done_at IS NULL AND entry_id IS NOT NULL"),
        ),
        Index(
            "ix_task_person", "trust_id", "person_id", "since", "request_id",
            sqlite_where=text("done_at IS NULL AND person_id IS NOT NULL"),
            postgresql_where=text("done_at IS NULL AND person_id IS NOT NULL"),
        ),
        Index("ix_task_request", "request_id"),
        Index("ix_task_entry", "entry_id"),
        Index(
            "ix_task_next", "next_at",
            sqlite_where=text("next_at IS NOT NULL"), postgresql_where=text("next_at IS NOT NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    what: str = Field(sa_type=SAString(40))
    request_id: str | None = Field(default=None, foreign_key="request.id")
    entry_id: int | None = Field(default=None, foreign_key="entry.id")
    role: str = Field(default="", sa_type=SAString(40))
    school_id: int | None = Field(default=None, foreign_key="school.id")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    since: datetime = Field(sa_type=Moment)
    next_at: datetime | None = Field(default=None, sa_type=Moment)
    """When it is reminded of, or told to somebody else."""
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    done_by: int | None = Field(default=None, foreign_key="person.id")
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
