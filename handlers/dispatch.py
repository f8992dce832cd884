"""Placeholder signatures; the lead is writing this."""

from handlers.answer import Answer
from handlers.event import Event, Place


class Desk:
    async def dispatch(self, event: Event) -> Answer: ...  # type: ignore[empty-body]
    async def knows(self, place: Place) -> bool: ...  # type: ignore[empty-body]
