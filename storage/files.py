"""Files on disk, each under the SHA-256 of its content: the same bytes are kept once and never altered."""

import hashlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of content-addressed files. Its calls block: the doors make them in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep `data`, whole or not at all, and return its digest. What was there counts as new from now on.

        It is on the disk, and so is its name, before anything can name it; where there is no room, nothing is left.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        with suppress(FileNotFoundError):
            os.utime(path)
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError:
            unfinished.unlink(missing_ok=True)  # a full disk would be fuller with each try
            raise
        _settle(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a kept file; FileNotFoundError where there are none."""
        return self._path(digest).read_bytes()

    def discard(self, digests: Iterable[str]) -> None:
        """Delete these files at once, whatever their age; those that are not there are none."""
        for digest in digests:
            self._path(digest).unlink(missing_ok=True)

    def old(self, before: datetime) -> Iterator[str]:
        """The digests of the files that nobody has given since; what was never finished by then is deleted."""
        for path in self.root.glob("??/*"):
            if not _older(path, before):
                continue
            if DIGEST.fullmatch(path.name):
                yield path.name
            else:
                path.unlink(missing_ok=True)

    def discard_old(self, digests: Iterable[str], before: datetime) -> int:
        """Delete those of these files that nobody has given since; how many. Any number of processes may do so at once.

        Each is put aside before it is looked at for the last time: whoever gives the same bytes meanwhile either
        finds it in its place, and makes it new, or writes it anew.
        """
        return sum(self._discard_old(self._path(digest), before) for digest in digests)

    def _discard_old(self, path: Path, before: datetime) -> bool:
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")  # nobody else's: each deletes its own
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _older(aside, before):
            aside.unlink(missing_ok=True)
            return True
        with suppress(FileNotFoundError):
            aside.rename(path)
        return False

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        return self.root / digest[:2] / digest


def _settle(folder: Path) -> None:
    """The names in it are on the disk: a file that is there counts for nothing while its name is not."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False
