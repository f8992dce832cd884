"""What came in, what is owed, and where each delivered copy lies."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import Platform, SQLModel, among


class Inbox(SQLModel, table=True):
    """The key of each event that was acted on, so that a repeat does nothing."""

    key: str = Field(primary_key=True, sa_type=SAString(200))
    at: datetime = Field(sa_type=Moment)


class Outbox(SQLModel, table=True):
    """A notice owed: which card, about what, to whom. Never its content: that is built when sent.

    `message_id` set: replace that delivered copy instead of sending a new one. `since`: when it was first due.
    `due_at`: when it is to be sent, or once it is buried, when that was. `holds`: what came later for the same person
    waits until it is through.
    """

    __table_args__ = (
        Index(
            "ix_outbox_due", "due_at", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_order", "person_id", "id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_subject", "person_id", "subject_id",
            sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_buried", "trust_id", "due_at",
            sqlite_where=text("state = 'buried'"), postgresql_where=text("state = 'buried'"),
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
    since: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    holds: bool = False
    leased_until: datetime | None = Field(default=None, sa_type=Moment)
    lease: str | None = Field(default=None, sa_type=SAString(32))
    problem: str = ""


class Message(SQLModel, table=True):
    """A delivered copy of a card: where it lies, so that it can be replaced."""

    __table_args__ = (
        UniqueConstraint("platform", "channel", "ref"),
        Index("ix_message_subject", "trust_id", "subject_id"),
        among("platform", Platform),
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


class ShutDoor(SQLModel, table=True):
    """A platform that does not take the bot's token any more, or a mail server its password. It is of no trust.

    `until`: nothing is sent there before; then one more try tells whether it is mended.
    """

    __tablename__ = "shutdoor"
    door: str = Field(primary_key=True, sa_type=SAString(10))
    problem: str = Field(sa_type=SAString(200))
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)


class Mailed(SQLModel, table=True):
    """When somebody was last written to by e-mail, as the last resort: `about` what, `waiting` or a door."""

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    about: str = Field(primary_key=True, sa_type=SAString(20))
    trust_id: int = Field(foreign_key="trust.id")
    at: datetime = Field(sa_type=Moment)
