"""Files of reports at the doors: judged, sealed before they touch the disk, and opened for one reader at a time."""

import asyncio
import hashlib
from collections.abc import Sequence
from functools import partial

import structlog

from bot.drawing import drawn
from cards.report_evidence import bad
from handlers.rules.evidence import PAPER, Unfit, media_type, preview, safe_name
from storage import parcel
from storage.evidence import Exhibit
from storage.files import FileStore
from storage.vault import Unreadable

log = structlog.get_logger()
WINDOW = 60_000
"""Bytes of all previews that one window shows: what a Teams card holds beside its words."""
LARGEST = 40_000


async def take(files: FileStore, papers: bool, name: str, data: bytes) -> Exhibit | str:
    """The file as it was given, sealed and kept; a sentence where it cannot be taken, and then nothing of it is."""
    return await drawn(partial(_take, files, papers, safe_name(name), data))


async def previews(files: FileStore, exhibits: Sequence[Exhibit]) -> dict[str, bytes]:
    """A small copy of each picture, drawn now, kept nowhere, and without what else was in the file."""
    return await drawn(partial(_previews, files, exhibits)) if exhibits else {}


async def whole(files: FileStore, exhibit: Exhibit) -> bytes | None:
    """The file as it was given; None where it is not there any more, or was altered."""
    return await asyncio.to_thread(_whole, files, exhibit)


def _take(files: FileStore, papers: bool, name: str, data: bytes) -> Exhibit | str:
    found = media_type(data, papers)
    if isinstance(found, Unfit):
        return bad(name, found)
    if found != PAPER and not preview(data, LARGEST):
        return bad(name, Unfit.BROKEN)
    key, pieces = parcel.sealed(data)
    digest = hashlib.sha256(data).hexdigest()
    return Exhibit(name, found, len(data), digest, tuple(files.put(piece) for piece in pieces), key)


def _previews(files: FileStore, exhibits: Sequence[Exhibit]) -> dict[str, bytes]:
    most = min(LARGEST, WINDOW // len(exhibits))
    opened = {each.id: _whole(files, each) for each in exhibits if each.media_type != PAPER}
    drawn = {id_: preview(data, most) for id_, data in opened.items() if data}
    return {id_: small for id_, small in drawn.items() if small}


def _whole(files: FileStore, exhibit: Exhibit) -> bytes | None:
    try:
        return parcel.opened(exhibit.key, (files.get(piece) for piece in exhibit.pieces), exhibit.digest)
    except (FileNotFoundError, Unreadable) as error:
        log.error("a file of a report does not open", file=exhibit.id, why=type(error).__name__)
        return None
