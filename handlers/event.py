"""Event: the one shape in which everything enters, whatever the platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cards.action import Verb
from storage.evidence import Exhibit
from storage.tables import Platform


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said or pressed: ids are the platform's own.

    `message` is the card that was pressed, `channel` the conversation it lies in; empty where there is none.
    `reference` is what the platform needs to write there later (Teams' conversation reference).
    """

    platform: Platform
    team: str
    user: str
    channel: str = ""
    message: str = ""
    reference: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came with an event: already checked, cleaned and stored. `size` in bytes."""

    digest: str
    thumb: str
    media_type: str
    size: int
    width: int
    height: int
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that somebody, or the clock, wants.

    `key` makes a repeat harmless: the same key is acted on once. `subject`, `version` and `arg` are what
    the pressed button carried. `fields` are a form's answers: text, or a list for choices. `email` is the
    sender's address as the platform vouches for it, given when dispatch answered `Unknown`. `problems`
    are sentences about files that could not be taken. `exhibits`: files for a report, sealed before they were kept.
    The clock's events have no place, but a `trust`.
    """

    key: str
    at: datetime
    verb: Verb
    place: Place | None = None
    subject: str = ""
    version: int = 0
    arg: str = ""
    text: str = ""
    fields: Mapping[str, str | list[str]] = field(default_factory=dict)
    files: tuple[Picture, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    problems: tuple[str, ...] = ()
    email: str = ""
    trust: int = 0
