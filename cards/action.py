"""What a button carries: which verb, on what, as its reader saw it. Typed, and short enough for every platform."""

from dataclasses import dataclass
from enum import StrEnum

LIMIT = 120
"""Characters. Slack allows 150 for an option's value and 255 for an action id; Teams has no such limit."""

SEPARATOR = "|"

MOST_DIGITS = 9
"""Of a version: what every database takes for a number."""


class Verb(StrEnum):
    """Everything that anybody, or the clock, can ask of the bot."""

    SAY = "say"  # words in the private chat: the bot finds out what is meant
    ASK = "ask"  # "can I post this?", with the words and files of the post
    COMPOSE = "compose"  # an empty form (`arg`: the kind, then sites that were named)
    REQUEST = "request"  # another permission than a post: what the policy asks of it (`arg`: the kind)
    MENU = "menu"  # every kind of permission that one can ask for (on a draft: that its words may mean)
    MEANT = "meant"  # which kind a draft's words are about (`arg`)
    EDIT = "edit"  # the form of a request
    SEND = "send"  # the button: sends, or opens the form where something is missing
    SAVE = "save"  # the form's answers: keep them and send
    TAKE_OUT = "take_out"  # the names that a check found, out of the draft
    DISCARD = "discard"
    WITHDRAW = "withdraw"
    HURRY = "hurry"  # it cannot wait until those who decide are at work: opens the form for why
    APPROVE = "approve"
    CHANGES = "changes"  # opens the form for the note
    REQUEST_CHANGES = "request_changes"  # the note
    DECLINE = "decline"  # opens the form for the reason
    REFUSE = "refuse"  # the reason
    GRANT = "grant"  # approve, with conditions: opens the form where there are none yet
    REPLY = "reply"  # the approver's answer to a question; opens the form first
    TRAIN = "train"  # training first: opens the form for which
    TRAINED = "trained"  # the asker has had the training
    DONE = "done"  # work that an approval brought is done; opens its checklist where there is one
    TAKE_BACK = "take_back"  # the approver's undo
    LIVE = "live"  # opens the form for the address
    PUBLISH = "publish"  # the address
    ADDRESS = "address"  # opens the form for another address of what is live
    CORRECT = "correct"  # that address
    OPEN = "open"  # one request's card
    MINE = "mine"
    WAITING = "waiting"
    HOME = "home"
    HELP = "help"
    HELLO = "hello"  # the bot was installed or opened for somebody
    REPORT = "report"  # the form of a report
    DRAFT_REPORT = "draft_report"  # its answers: kept sealed, and who will read it is shown
    SEND_REPORT = "send_report"
    DROP_REPORT = "drop_report"
    READ_REPORT = "read_report"  # the confidential view
    ACT_ON_REPORT = "act_on_report"  # what a reader does next
    ADD_TO_REPORT = "add_to_report"  # the reporter answers
    ADD_EVIDENCE = "add_evidence"  # files for a report of one's own; without any, the report as it stands
    REGISTER = "register"  # look something up (`arg`: which register, from where, which site)
    ENTRY = "entry"  # one entry's card
    CHANGE_ENTRY = "change_entry"  # its form
    SAVE_ENTRY = "save_entry"
    HAND_OVER = "hand_over"  # somebody else runs it; opens the form first
    CLOSE_ENTRY = "close_entry"
    KEEP = "keep"  # looked at again, and still needed
    USED = "used"  # a device of one's own was used
    DELETED = "deleted"  # nothing is left on it
    ASK_POLICY = "ask_policy"  # what the policy says: a question, or the form for one
    HELPED = "helped"  # whether the answer was it (`arg`: yes or no)
    SECTION = "section"  # all of the section that it is from
    ASK_PERSON = "ask_person"  # the same question, to a person (`arg`: unnamed)
    GUIDE = "guide"  # an answer as guidance for everybody; opens the form first
    KEEP_GUIDE = "keep_guide"  # it is still right
    DROP_GUIDE = "drop_guide"
    READ = "read"  # a document that one is to read, page by page (`arg`)
    CONFIRM_READ = "confirm_read"  # that one has read it; opens the form first
    READ_CHANGES = "read_changes"  # everything that a new version changes, page by page (`arg`)
    READERS = "readers"  # who has not confirmed (`arg`: where, and from whom on)
    AWAY = "away"  # the form for who is away, and who stands in (`arg`: who, from, to, stand-ins)
    COVER = "cover"  # its answers, or the same from a card: from now on it is so
    BACK = "back"  # nobody stands in any more
    COVERS = "covers"  # who stands in for oneself, and for whom one does; one absence; everybody's (`arg`: from where)
    LEAVING = "leaving"  # the form for who leaves, and who takes over all that waits for them (`arg`: who)
    HAND_ON = "hand_on"  # its answers: what would go; from a card: it goes
    PASS_ON = "pass_on"  # noqa: S105 - opens the form for who else is to decide
    REASSIGN = "reassign"  # who is: from now on they decide, in the presser's place
    RESEND = "resend"  # what could not be delivered on a day is tried again
    EXPIRE = "expire"  # the clock: undecided for too long
    LAPSE = "lapse"  # the clock: its go-live time passed
    REVIEW = "review"  # the clock: an entry is to be looked at again
    LEAVE = "leave"  # the clock: whoever answers for an entry leaves
    LATE_REPORT = "late_report"  # the clock: a draft to sweep, a report that nobody has read
    CALL_READERS = "call_readers"  # the clock: who is to read something is asked, or reminded
    CHASE = "chase"  # the clock: a request is not decided yet
    LOOK_AT_COVER = "look_at_cover"  # the clock: somebody is away from today, or back
    NUDGE = "nudge"  # the clock: something is not done yet


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
        if len(parts) != 4 or not parts[2].isdigit() or len(parts[2]) > MOST_DIGITS:
            raise BadAction("no action")
        try:
            return cls(Verb(parts[0]), parts[1], int(parts[2]), parts[3])
        except ValueError:
            raise BadAction("no such verb") from None


def _plain(packed: str) -> bool:
    """What every platform and database takes: PostgreSQL, for one, has no NUL."""
    return packed.isascii() and packed.isprintable()
