"""Files on their way in: judged in a thread, kept as what they are for, and handed on by digest."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from functools import partial

from bot import exhibits
from bot.drawing import drawn
from cards.pictures import bad
from handlers.event import Event, Picture
from handlers.report_evidence import As, Gate
from handlers.rules.pictures import MOST_BYTES, BadPicture, Fault, clean
from storage.evidence import Exhibit
from storage.files import FileStore

Taken = Picture | Exhibit | str
"""What became of a file; a sentence where it could not be taken."""
Take = Callable[[str, bytes], Awaitable[Taken]]


def taker(files: FileStore, gate: Gate) -> Take:
    """What is done with each file of this event: a picture of a post is cleaned, a report's file is sealed."""
    return partial(exhibits.take, files, gate.papers) if gate.takes == As.EVIDENCE else partial(take, files)


def with_taken(event: Event, taken: Iterable[Taken]) -> Event:
    """The event with what became of its files."""
    every = list(taken)
    return replace(
        event, files=tuple(each for each in every if isinstance(each, Picture)),
        exhibits=tuple(each for each in every if isinstance(each, Exhibit)),
        problems=(*event.problems, *(each for each in every if isinstance(each, str))),
    )


async def take(files: FileStore, name: str, data: bytes) -> Picture | str:
    """Keep a picture that somebody gave; a sentence for that person where it cannot be taken."""
    try:
        return await drawn(partial(_take, files, name, data))
    except BadPicture as problem:
        return bad(name[:100], problem.fault, MOST_BYTES)


def too_large(name: str) -> str:
    """What is said of a picture over the limit, also where it was not read to its end."""
    return bad(name[:100], Fault.TOO_LARGE, MOST_BYTES)


def _take(files: FileStore, name: str, data: bytes) -> Picture:
    picture = clean(data)
    return Picture(
        digest=files.put(picture.data), thumb=files.put(picture.thumb), media_type=picture.media_type,
        size=len(picture.data), width=picture.width, height=picture.height, name=name[:100] or "picture",
    )
