"""Pictures on disk, each under the SHA-256 of its content: the same bytes are kept once and never altered."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore:
    """A folder of content-addressed files. Its calls block: the doors make them in a thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, data: bytes) -> str:
        """Keep `data`, whole or not at all, and return its digest."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(unfinished).replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of a kept file; FileNotFoundError where there are none."""
        return self._path(digest).read_bytes()

    def _path(self, digest: str) -> Path:
        if not DIGEST.fullmatch(digest):
            raise FileNotFoundError(digest)
        return self.root / digest[:2] / digest
