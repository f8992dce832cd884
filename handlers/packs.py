"""The packs that come with Can I Post, read once."""

import tomllib
from functools import cache
from importlib.resources import files

from handlers.rules.pack import Pack


class NoSuchPack(LookupError):
    """There is no pack of this name."""


@cache
def load(name: str) -> Pack:
    """The pack `name`; NoSuchPack, or pydantic's ValidationError where the file is wrong."""
    if name not in names():
        raise NoSuchPack(name)
    return Pack.model_validate(tomllib.loads((files("policies") / f"{name}.toml").read_text("utf-8")))


def names() -> list[str]:
    """The packs there are."""
    found = (each.name for each in files("policies").iterdir())
    return sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml"))
