"""The neutral card: what is said, before any platform draws it.

Strings here are plain text, never markup: a renderer escapes them for its platform.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from cards.action import Action

Tone = Literal["plain", "strong", "quiet", "good", "warning", "bad"]
Style = Literal["primary", "plain", "danger"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored picture: its file's digest, its small copy's digest, and what it shows in words."""

    digest: str
    thumb: str
    alt: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its readers will see it."""

    author: str
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """Words for somebody to copy exactly as they stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document exactly as they stand there. `stem` introduces them in it; `source`: which clause it is."""

    text: str
    stem: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A few labelled facts."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the policy asks, with its clause. `level` says whether it is met; `button` mends it."""

    text: str
    clause: str
    level: Literal["good", "ask", "warning"] = "ask"
    button: "Button | None" = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one part since it was last seen. Either side may be empty."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Button:
    """A press. `confirm` asks once more first; `url` opens an address instead (no action then).

    `private`: what it opens is for the presser's eyes, and must not stay in the chat.
    """

    label: str
    action: Action | None = None
    style: Style = "plain"
    confirm: str = ""
    url: str = ""
    private: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list, with the button that opens it."""

    text: str
    detail: str
    button: Button


@dataclass(frozen=True, slots=True)
class Divider:
    """A line between two parts."""


Element = Text | Post | Copy | Quote | Facts | Check | Change | Item | Divider


@dataclass(frozen=True, slots=True)
class Card:
    """`title · state`, then the elements, then the buttons, the likely one first.

    `summary` is the notification: it says what this is without opening it.
    """

    title: str
    state: str
    summary: str
    elements: tuple[Element, ...] = ()
    buttons: tuple[Button, ...] = ()

    def pictures(self) -> Iterator[Picture]:
        """Every picture that a renderer of this card will need."""
        for element in self.elements:
            if isinstance(element, Post):
                yield from element.pictures


@dataclass(frozen=True, slots=True)
class TextField:
    """A line, or several, of words. `limit` in characters."""

    id: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = True
    lines: bool = False
    limit: int = 3000


@dataclass(frozen=True, slots=True)
class ChoiceField:
    """One of, or several of, `options` (value, label). The value is always a list of values."""

    id: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: tuple[str, ...] = ()
    hint: str = ""
    required: bool = True
    several: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmField:
    """A box to tick. The field's value is "yes" when ticked, else empty."""

    id: str
    label: str
    value: bool = False


@dataclass(frozen=True, slots=True)
class WhenField:
    """A date and time (`day_only`: a date), or nothing. `value` and what comes back: "YYYY-MM-DDTHH:MM", "YYYY-MM-DD".

    It is in the trust's zone; `zone` is that zone's IANA name, for platforms that speak in epoch seconds.
    """

    id: str
    label: str
    zone: str
    value: str = ""
    hint: str = ""
    day_only: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class PicturesField:
    """Pictures to add, up to `most`. What comes back are the event's files, not a field."""

    id: str
    label: str
    hint: str = ""
    most: int = 4


@dataclass(frozen=True, slots=True)
class FilesField:
    """Files that belong to a report, up to `most`. What comes back are the event's exhibits, not a field."""

    id: str
    label: str
    hint: str = ""
    most: int = 4
    papers: bool = True
    """Whether PDFs may be given, too."""


@dataclass(frozen=True, slots=True)
class ExhibitShown:
    """A file of a report, in a private window alone: small where a platform can show it without keeping it, in words.

    `url`: where its reader saves the whole of it, once; empty where there is no such place.
    """

    file: str
    name: str
    detail: str
    url: str = ""

    @property
    def picture(self) -> Picture:
        """Its small copy, as renderers know pictures."""
        return Picture(self.file, self.file, self.name, self.name)


@dataclass(frozen=True, slots=True)
class PictureShown:
    """A picture that the form asks about; not an input."""

    picture: Picture


Field = (
    TextField | ChoiceField | ConfirmField | WhenField | PicturesField | PictureShown | FilesField | ExhibitShown
    | Text | Check
)


@dataclass(frozen=True, slots=True)
class Form:
    """Questions, and the action that the answers go to. `errors`: field id → what is wrong with it."""

    title: str
    submit: str
    action: Action
    fields: tuple[Field, ...]
    cancel: Action | None = None
    """Where a platform that shows the form in the card's own place goes back to."""
    errors: dict[str, str] = field(default_factory=dict)
    leave: str = ""
    """What the button says that leaves all as it is; where empty, the platform's own word. At most 24 letters."""
    private: bool = False
    """Shown in a window that leaves nothing behind in the chat, on every platform."""

    def pictures(self) -> Iterator[Picture]:
        """Every picture that a renderer of this form will need."""
        for each in self.fields:
            if isinstance(each, PictureShown):
                yield each.picture

    def exhibits(self) -> Iterator[ExhibitShown]:
        """Every file of a report that it shows."""
        for each in self.fields:
            if isinstance(each, ExhibitShown):
                yield each
