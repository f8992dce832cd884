"""Answer: the one shape in which everything is answered; each platform has its own way to show it."""

from dataclasses import dataclass

from cards.card import Card, Form
from storage.evidence import Exhibit


@dataclass(frozen=True, slots=True)
class Show:
    """A card for the actor alone, in a new message: lists, help. Not kept, so not replaced later."""

    card: Card


@dataclass(frozen=True, slots=True)
class Home:
    """The actor's own page, where the platform has one (Slack's App Home); else like Show."""

    card: Card


@dataclass(frozen=True, slots=True)
class Replace:
    """The pressed card's present state, shown in its place; `note` is said to the presser alone."""

    card: Card
    note: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """A form to fill in. With errors: the same form again, each error at its field, nothing typed lost.

    `exhibits`: the files of a report that it shows, which the door opens where it can show them to one person alone.
    """

    form: Form
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence for the actor alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Coming:
    """It is done, and the card is on its way through the outbox. `note` for doors that must say something at once."""

    note: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing to say: a repeat, or the clock's own event."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """This user is linked to nobody yet: send the event once more with the e-mail the platform vouches for."""


Answer = Show | Home | Replace | Open | Note | Coming | Silence | Unknown
