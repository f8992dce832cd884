"""Sender: what delivery needs of a platform, and how a platform says that it could not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cards.card import Card

MAIL = "mail"
"""The way of the last resort, beside the platforms: e-mail, where it is configured."""


class SendError(Exception):
    """A message did not arrive."""


class RetryLater(SendError):
    """It may arrive later: try again, not before `after` seconds where the platform said so."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class Busy(RetryLater):
    """The platform asks for time. That is nobody's fault: it is no try of the notice's."""


class Shut(RetryLater):
    """The platform does not take what the bot signs in with: nothing arrives until an administrator mends it."""


class Undeliverable(SendError):
    """It will never arrive: `why` says the reason and who can mend it, for people to read."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person on one platform. `user` empty: known by e-mail only. `reference`: Identity.reference."""

    team: str
    user: str
    email: str
    reference: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivered:
    """Where a message lies now."""

    team: str
    channel: str
    ref: str


class Sender(Protocol):
    """One platform's way to speak first. Raises RetryLater (Busy, Shut) or Undeliverable, nothing else."""

    async def send(self, to: Recipient, card: Card, attach: bool = False) -> Delivered:
        """Deliver a new message; with `attach`, also the card's pictures as whole files to save."""
        ...

    async def replace(self, at: Delivered, to: Recipient, card: Card) -> None:
        """Show `card` in the place of a delivered message."""
        ...
