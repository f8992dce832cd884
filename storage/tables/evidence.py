"""Files that belong to a report: what they are is sealed, and their bytes lie sealed in the folder of files."""

from datetime import datetime

from sqlalchemy import Index, Text
from sqlalchemy import String as SAString
from sqlmodel import Field

from storage.moment import Moment
from storage.tables.ground import SQLModel


class Evidence(SQLModel, table=True):
    """One file of a report. Its name, type, size, SHA-256 and the key that opens its bytes are in `sealed`."""

    __table_args__ = (Index("ix_evidence_report", "report_id", "at"),)
    id: str = Field(primary_key=True, sa_type=SAString(20))
    trust_id: int = Field(foreign_key="trust.id")
    report_id: str = Field(foreign_key="report.id")
    at: datetime = Field(sa_type=Moment)
    number: int
    sealed: str = Field(sa_type=Text)


class EvidencePiece(SQLModel, table=True):
    """Where a part of its sealed bytes lies: under the SHA-256 of what is sealed, which says nothing of the file."""

    __table_args__ = (
        Index("ix_evidencepiece_evidence", "evidence_id", "number"),
        Index("ix_evidencepiece_digest", "digest"),
    )
    id: int | None = Field(default=None, primary_key=True)
    trust_id: int = Field(foreign_key="trust.id")
    evidence_id: str = Field(foreign_key="evidence.id")
    number: int
    digest: str = Field(sa_type=SAString(64))
