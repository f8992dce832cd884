"""What reports say is sealed before it is stored: with keys that stand in the environment, never in the database."""

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
"""Exactly so: what stands behind it, such as a second key without a comma, would else be passed over."""
FEWEST = 8
"""So many different bytes a key has at least; one drawn by lot has never so few, one made up for a test has fewer."""


class BadKey(ValueError):
    """This is no key: 32 bytes in URL-safe base64, as `canipost keys new` prints them."""


class Unreadable(Exception):
    """None of the keys opens this: a key is missing, or it was altered."""


class Vault:
    """Seals with the first key, opens with any: so a new key is put in front, and the old ones stay until `renew`."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(_is_key(key) for key in keys):
            raise BadKey
        self._keys = MultiFernet([Fernet(key) for key in keys])
        self._marks = [hashlib.sha256(b"canipost marks" + key.encode()).digest() for key in keys]

    def seal(self, words: Mapping[str, Any]) -> str:
        """The words, so that only the keys' holder reads them."""
        return self._keys.encrypt(json.dumps(dict(words), sort_keys=True).encode()).decode()

    def open(self, sealed: str) -> dict[str, Any]:
        """What was sealed; Unreadable where no key fits."""
        try:
            opened: dict[str, Any] = json.loads(self._keys.decrypt(sealed))
        except (InvalidToken, ValueError):
            raise Unreadable from None
        return opened

    def renew(self, sealed: str) -> str:
        """The same, sealed with the first key."""
        try:
            return self._keys.rotate(sealed).decode()
        except (InvalidToken, ValueError):
            raise Unreadable from None

    def mark(self, text: str) -> str:
        """A keyed digest: the same text has the same one, and nobody without the key can guess it back."""
        return self.marks(text)[0]

    def marks(self, text: str) -> list[str]:
        """The digest by each of the keys: what was marked before a new one stood in front is still found."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._marks]


def _is_key(said: str) -> bool:
    return KEY.fullmatch(said) is not None and len(set(urlsafe_b64decode(said))) >= FEWEST


def new_key() -> str:
    """A fresh key."""
    return Fernet.generate_key().decode()
