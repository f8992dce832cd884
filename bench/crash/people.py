"""People on Slack and on Teams as the crash runs need them: they look for a request's card, press, and fill in.

Their platform sends a message again that was not taken, as both do; a press that failed is the person's to repeat.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from bench.crash.served import Unanswered

Result = TypeVar("Result")
TOKEN = re.compile(r"Q\d{5}")
"""What a request is known by in everything that its cards say; it cannot be a part of a digest."""
AGAIN = (0.3, 1.0, 2.0, 4.0, 4.0, 8.0, 8.0, 16.0)
"""Seconds before a platform sends a message again. Slack's own are at once, a minute, five minutes."""
ECHO = 3
"""Every so manieth message comes twice at once."""
SHOWS = "Classes beside a table with volcanoes"
"""What is said of every picture."""
BROKE = "nothing was changed. Please try once more"
"""What a person is told when a flow failed."""
NOT_TAKEN = ("This changed since you saw it", "Nothing was changed")
"""What is said of a press that came too late."""


class Lost(Unanswered):
    """What was filled in is gone with it: the person begins with the button."""


class Gone(Exception):
    """The button, or the form, is not there any more, or it was an old card's: something else came first."""


class People(Protocol):
    """A platform's people. Every call is an act of theirs: Unanswered where they are not told that it was taken."""

    async def ask(self, who: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write to the bot; the platform repeats it until it is taken."""
        ...

    def has(self, who: str, token: str, label: str) -> bool:
        """Whether they see a card of that request with this button."""
        ...

    async def press_on(self, who: str, token: str, label: str, times: int = 1) -> object:
        """Press it on the newest such card, `times` at once; where that opens a form, what `fill_in` takes."""
        ...

    async def fill_in(self, who: str, form: object, **fields: Any) -> None:
        """Fill in the form, and send it."""
        ...


async def insist(post: Callable[[], Awaitable[Result]]) -> Result:
    """As a platform does: once more, and later once more."""
    for wait in AGAIN:
        try:
            return await post()
        except Unanswered:
            await asyncio.sleep(wait)
    return await post()


async def echoed(post: Callable[[], Awaitable[Result]]) -> Result:
    """The same message twice at once, as when a platform is impatient: two replicas have it at the same moment."""
    taken = await asyncio.gather(insist(post), insist(post), return_exceptions=True)
    for each in taken:
        if not isinstance(each, BaseException):
            return each
    raise Unanswered("message")


async def nothing() -> None:
    """Delivery is the bot's own here."""
