"""Files that are sealed before they touch the disk, each with a key of its own: without that key they are noise.

The key lies sealed in the row that names the file (see `storage.evidence`). So the keys of the vault are renewed
without reading a file, and whoever deletes the row has deleted the file, wherever a copy of its bytes may lie.
"""

import hashlib
from collections.abc import Iterable, Iterator

from cryptography.fernet import Fernet, InvalidToken

from storage.vault import Unreadable

PIECE = 1_000_000
"""Bytes that are sealed at a time: an altered piece is found before the next is read."""


def sealed(data: bytes) -> tuple[str, list[bytes]]:
    """A fresh key, and the file in pieces that only it opens."""
    key = Fernet.generate_key()
    box = Fernet(key)
    return key.decode(), [box.encrypt(piece) for piece in _pieces(data)]


def opened(key: str, pieces: Iterable[bytes], digest: str) -> bytes:
    """The file as it was given; Unreadable where a piece is missing, altered or another's. `digest`: its SHA-256."""
    try:
        box = Fernet(key)
        data = b"".join(box.decrypt(piece) for piece in pieces)
    except (InvalidToken, ValueError):
        raise Unreadable from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise Unreadable
    return data


def _pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), PIECE):
        yield data[start : start + PIECE]
