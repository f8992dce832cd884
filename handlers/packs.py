"""Packs: those that come with Can I Post, and the ones that trusts have adopted, by the digest of their text."""

import hashlib
from functools import cache
from importlib.resources import files

from handlers.rules import packfile
from handlers.rules.pack import Pack
from storage import audit, packs, people
from storage.database import Unit

_read: dict[str, Pack] = {}
"""Every adopted text is read once in a process; a text never changes under its digest."""


class NoSuchPack(LookupError):
    """There is no pack of this name."""


class OthersPack(ValueError):
    """The file is a pack for another trust."""


def current(u: Unit) -> Pack:
    """The rules of the unit's trust as they are now."""
    return of(u, people.trust(u).pack_version)


def of(u: Unit, digest: str) -> Pack:
    """The rules as they were adopted under this digest."""
    if digest not in _read:
        _read[digest] = packfile.read(packs.text(u, digest).encode())
    return _read[digest]


def adopt(u: Unit, data: bytes) -> Pack:
    """From now on the unit's trust goes by this pack; what was asked before keeps the one that it was asked under.

    BadPack where it cannot work; OthersPack where it bears another trust's name.
    """
    pack = packfile.read(data)
    if pack.name != people.trust(u).pack:
        raise OthersPack(pack.name)
    digest = keep(u, data)
    packs.adopt(u, digest)
    audit.append(u, "pack_adopt", None, pack=pack.name, version=pack.version, digest=digest)
    return pack


def keep(u: Unit, data: bytes) -> str:
    """Keep the text, and return its digest."""
    digest = hashlib.sha256(data).hexdigest()
    packs.keep(u, digest, data.decode())
    return digest


@cache
def bundled(name: str) -> bytes:
    """The text of a pack that comes with Can I Post; NoSuchPack where there is none of this name."""
    if name not in names():
        raise NoSuchPack(name)
    return (files("policies") / f"{name}.toml").read_bytes()


def names() -> list[str]:
    """The packs that come with Can I Post."""
    found = (each.name for each in files("policies").iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))
