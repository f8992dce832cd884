"""What every door does with an event: hand it in, say who is asking where that is unknown, never lose the thread."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from cards.refusals import something_broke
from handlers.answer import Answer, Note, Unknown
from handlers.dispatch import Desk
from handlers.event import Event

log = structlog.get_logger()
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


async def through(desk: Desk, event: Event, email: Callable[[], Awaitable[str]]) -> Answer:
    """The desk's answer to `event`; `email` gives the sender's address where the platform vouches for one, else ""."""
    answer = await desk.dispatch(event)
    if not isinstance(answer, Unknown):
        return answer
    return await desk.dispatch(replace(event, email=await email() or "-"))


@dataclass(frozen=True, slots=True)
class Broke(Note):
    """A flow failed, and nothing was stored. Where that cannot be said, the platform has to be told instead."""


def broke(event: Event) -> Broke:
    """What is said when a flow failed: nothing was changed, and a code that finds the failure in the log."""
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(3)) for _ in range(2))
    platform = event.place.platform if event.place else None
    log.error("flow failed", code=code, verb=event.verb, platform=platform, exc_info=True)  # noqa: LOG014
    return Broke(something_broke(code))
