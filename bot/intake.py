"""Pictures on their way in: checked and cleaned in a thread, kept, and handed on by digest."""

import asyncio

from handlers.event import Picture
from handlers.rules.pictures import clean
from storage.files import FileStore


async def take(files: FileStore, name: str, data: bytes) -> Picture:
    """Keep a picture that somebody gave. Raises BadPicture, whose text is for that person."""
    return await asyncio.to_thread(_take, files, name, data)


def _take(files: FileStore, name: str, data: bytes) -> Picture:
    short = name[:100] or "picture"
    picture = clean(data, short)
    return Picture(
        digest=files.put(picture.data), thumb=files.put(picture.thumb), media_type=picture.media_type,
        size=len(picture.data), width=picture.width, height=picture.height, name=short,
    )
