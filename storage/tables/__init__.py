"""Every table, and the words for their states: the nouns of Can I Post.

A table class is the schema and the shape of a row. Rows are read and written with Core
statements (see `storage.database.Unit`); they validate nothing: what people type is parsed
by `handlers.rules` first. Times are aware UTC datetimes.
"""

from storage.tables.audit import Audit, AuditHead
from storage.tables.case import PERSONAL, Absence, Case, Viewer
from storage.tables.cover import Cover
from storage.tables.delivery import Inbox, Mailed, Message, Outbox, ShutDoor
from storage.tables.evidence import Evidence, EvidencePiece
from storage.tables.files import StoredFile, Upload
from storage.tables.ground import Platform
from storage.tables.people import Closure, Identity, PackText, Person, Role, School, Trust, Workspace
from storage.tables.policy import PolicyText, PolicyVersion
from storage.tables.question import Guidance, Question, Tally
from storage.tables.reading import Confirmation, Reading
from storage.tables.register import Book, Entry
from storage.tables.report import Reader, Report, ReportState, ReportStep
from storage.tables.request import Ask, Decision, Outcome, Publication, Request, Revision, State, Task

__all__ = [
    "PERSONAL",
    "Absence",
    "Ask",
    "Audit",
    "AuditHead",
    "Book",
    "Case",
    "Closure",
    "Confirmation",
    "Cover",
    "Decision",
    "Entry",
    "Evidence",
    "EvidencePiece",
    "Guidance",
    "Identity",
    "Inbox",
    "Mailed",
    "Message",
    "Outbox",
    "Outcome",
    "PackText",
    "Person",
    "Platform",
    "PolicyText",
    "PolicyVersion",
    "Publication",
    "Question",
    "Reader",
    "Reading",
    "Report",
    "ReportState",
    "ReportStep",
    "Request",
    "Revision",
    "Role",
    "School",
    "ShutDoor",
    "State",
    "StoredFile",
    "Tally",
    "Task",
    "Trust",
    "Upload",
    "Viewer",
    "Workspace",
]
