"""Pictures: whose they are, and where a platform has them already."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import Platform, SQLModel, among


class StoredFile(SQLModel, table=True):
    """A picture and who gave it, by its content's SHA-256; `thumb` is its small copy's."""

    __tablename__ = "file"
    __table_args__ = (
        UniqueConstraint("trust_id", "digest", "by_id"), Index("ix_file_digest", "digest"),
        Index("ix_file_thumb", "thumb"),
    )
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
    """The platform's own id of a file that was already put there. `spare`: no row named the file any more."""

    __table_args__ = (
        UniqueConstraint("digest", "platform", "team"),
        Index("ix_upload_spare", "platform", "id", sqlite_where=text("spare"), postgresql_where=text("spare")),
        among("platform", Platform),
    )
    id: int | None = Field(default=None, primary_key=True)
    platform: Platform = Field(sa_type=SAString(10))
    team: str
    digest: str = Field(sa_type=SAString(64))
    external_id: str
    spare: bool = False
