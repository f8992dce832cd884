"""Who is away, and who stands in for them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel


class Cover(SQLModel, table=True):
    """Somebody is away, and who decides beside them meanwhile, in one role of theirs. Days are inclusive.

    `away`: the absence that it belongs to, of which there is a row for each role; `role` empty: what is asked of them
    by name. `stand_in_id` None: nobody may. `due_at`: when the clock next does something with it: begin, then end.
    Nobody who stands in hands that on: rows are read as they are, and never followed.
    """

    __table_args__ = (
        Index(
            "ix_cover_person", "trust_id", "person_id", "role",
            sqlite_where=text("live"), postgresql_where=text("live"),
        ),
        Index(
            "ix_cover_stand_in", "trust_id", "stand_in_id",
            sqlite_where=text("live"), postgresql_where=text("live"),
        ),
        Index("ix_cover_away", "trust_id", "away"),
        Index(
            "ix_cover_due", "due_at",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("stand_in_id IS NULL OR stand_in_id <> person_id", name="somebody_else"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    away: str = Field(sa_type=SAString(8))
    person_id: int = Field(foreign_key="person.id")
    stand_in_id: int | None = Field(default=None, foreign_key="person.id")
    role: str = Field(default="", sa_type=SAString(40))
    school_id: int | None = Field(default=None, foreign_key="school.id")
    first_day: date
    last_day: date
    set_by_id: int | None = Field(default=None, foreign_key="person.id")
    """None: on the command line."""
    at: datetime = Field(sa_type=Moment)
    live: bool = True
    """Until it is over, or was ended."""
    due_at: datetime | None = Field(default=None, sa_type=Moment)
