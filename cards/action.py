"""What a button carries: which verb, on what, as its reader saw it. Typed, and short enough for every platform."""

from dataclasses import dataclass
from enum import StrEnum

LIMIT = 120
"""Characters. Slack allows 150 for an option's value and 255 for an action id; Teams has no such limit."""

SEPARATOR = "|"


class Verb(StrEnum):
    """Everything that anybody, or the clock, can ask of the bot."""

    SAY = "say"  # words in the private chat: the bot finds out what is meant
    ASK = "ask"  # "can I post this?", with the words and files of the post
    COMPOSE = "compose"  # an empty form
    EDIT = "edit"  # the form of a request
    SEND = "send"  # the button: sends, or opens the form where something is missing
    SAVE = "save"  # the form's answers: keep them and send
    DISCARD = "discard"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    CHANGES = "changes"  # opens the form for the note
    REQUEST_CHANGES = "request_changes"  # the note
    DECLINE = "decline"  # opens the form for the reason
    REFUSE = "refuse"  # the reason
    TAKE_BACK = "take_back"  # the approver's undo
    LIVE = "live"  # opens the form for the address
    PUBLISH = "publish"  # the address
    OPEN = "open"  # one request's card
    MINE = "mine"
    WAITING = "waiting"
    HOME = "home"
    HELP = "help"
    HELLO = "hello"  # the bot was installed or opened for somebody
    EXPIRE = "expire"  # the clock: undecided for too long
    LAPSE = "lapse"  # the clock: its go-live time passed


class BadAction(ValueError):
    """A payload that no button of ours carries."""


@dataclass(frozen=True, slots=True)
class Action:
    """`verb` on `subject` (a request's id, or empty) at `version`, with one short argument."""

    verb: Verb
    subject: str = ""
    version: int = 0
    arg: str = ""

    def pack(self) -> str:
        """One string of at most LIMIT characters; ValueError where a part does not fit."""
        parts = (self.verb, self.subject, str(self.version), self.arg)
        packed = SEPARATOR.join(parts)
        if len(packed) > LIMIT or not _plain(packed) or any(SEPARATOR in part for part in parts):
            raise ValueError(f"the action {self.verb} does not fit a button")
        return packed

    @classmethod
    def unpack(cls, packed: object) -> "Action":
        """The action in a payload; BadAction for anything that `pack` would not have written."""
        if not isinstance(packed, str) or len(packed) > LIMIT or not _plain(packed):
            raise BadAction("no action")
        parts = packed.split(SEPARATOR)
        if len(parts) != 4 or not parts[2].isascii() or not parts[2].isdigit():
            raise BadAction("no action")
        try:
            return cls(Verb(parts[0]), parts[1], int(parts[2]), parts[3])
        except ValueError:
            raise BadAction("no such verb") from None


def _plain(packed: str) -> bool:
    """What every platform and database takes: PostgreSQL, for one, has no NUL."""
    return packed.isascii() and packed.isprintable()
