"""What the console's page posted, read in small pieces: too much gets an answer, not a broken connection."""

from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.intake import Take, Taken, too_large
from cards.console import TOO_MANY_PICTURES, TOO_MUCH, WRONG_SHAPE
from handlers.rules.pictures import MOST_BYTES

MOST_FILES = 4
MOST_WORDS = 200_000
"""Bytes of all fields together."""
MOST_FIELDS = 100
MOST_IN_ALL = 260_000_000
"""Bytes of a post that are read, so that they can be answered; four large photographs are far below."""
PIECE = 65_536
UNREADABLE = (
    ValueError, AssertionError, RuntimeError, EOFError, LookupError, HttpProcessingError, web.RequestPayloadError
)
"""What aiohttp's multipart reader was seen to raise on what is no form."""


@dataclass(slots=True)
class Posted:
    """A form's fields in order, and its files with their names: None for one that is too large, or one too many.

    They are in memory alone: nothing is kept before it is known what they are for.
    """

    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, bytes | None]] = field(default_factory=list)
    words: int = 0
    read: int = 0

    def pop(self, name: str) -> str:
        """The one field of this name, taken out; empty where there is none."""
        value = next((v for n, v in self.fields if n == name), "")
        self.fields = [(n, v) for n, v in self.fields if n != name]
        return value

    async def taken(self, take: Take) -> list[Taken]:
        """What became of each file; and a sentence where there were too many."""
        given = self.files[:MOST_FILES]
        found = [await take(name, data) if data is not None else too_large(name) for name, data in given]
        return [*found, *([TOO_MANY_PICTURES] if len(self.files) > MOST_FILES else [])]


async def read(request: web.Request) -> Posted:
    """Read a posted form; 400 for what is none, 413 for far too much."""
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType(text=WRONG_SHAPE)
    posted = Posted()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or not part.name:
                raise ValueError("no field of a form")
            if part.filename is None:
                await _word(part, posted)
                continue
            data = await _file(part, posted)
            if part.filename or data != b"":  # else a file field that was left empty
                posted.files.append((part.filename, data if len(posted.files) < MOST_FILES else None))
    except UNREADABLE:
        raise web.HTTPBadRequest(text=WRONG_SHAPE) from None
    return posted


async def _word(part: BodyPartReader, posted: Posted) -> None:
    data = bytearray()
    while piece := await part.read_chunk(PIECE):
        data += piece
        posted.words += len(piece)
        if posted.words > MOST_WORDS:
            raise web.HTTPRequestEntityTooLarge(MOST_WORDS, posted.words, text=TOO_MUCH)
    posted.fields.append((part.name or "", data.decode()))
    if len(posted.fields) > MOST_FIELDS:
        raise ValueError("too many fields")


async def _file(part: BodyPartReader, posted: Posted) -> bytes | None:
    """The file; None if it is too large: then it is read to its end, but not kept."""
    data = bytearray()
    size = 0
    while piece := await part.read_chunk(PIECE):
        size += len(piece)
        posted.read += len(piece)
        if posted.read > MOST_IN_ALL:
            raise web.HTTPRequestEntityTooLarge(MOST_IN_ALL, posted.read, text=TOO_MUCH)
        if size <= MOST_BYTES:
            data += piece
    return bytes(data) if size <= MOST_BYTES else None
