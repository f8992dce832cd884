"""Pictures on their way in: checked and cleaned in a thread, kept, and handed on by digest."""

import asyncio

from cards.pictures import bad
from handlers.event import Picture
from handlers.rules.pictures import MOST_BYTES, BadPicture, Fault, clean
from storage.files import FileStore


async def take(files: FileStore, name: str, data: bytes) -> Picture | str:
    """Keep a picture that somebody gave; a sentence for that person where it cannot be taken."""
    try:
        return await asyncio.to_thread(_take, files, name, data)
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
