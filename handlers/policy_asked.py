"""What staff asked about the policy lately: figures that say where it should be clearer, and nothing of who asked."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files

from storage import question
from storage.database import Unit


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one thing was asked; how often the policy said nothing to it; how often the answer helped, or not."""

    what: str
    asked: int
    silent: int
    helped: int
    missed: int


def counted(u: Unit, days: int) -> list[Counted]:
    """The last so many days, the most asked first. `what` is empty for what is no known topic."""
    found: dict[str, tuple[int, ...]] = {}
    for topic, *figures in question.tallies(u, u.today - timedelta(days=days)):
        what = _meanings().get(topic, "")
        found[what] = tuple(map(sum, zip(found.get(what, (0, 0, 0, 0)), figures, strict=True)))
    return sorted((Counted(what, *figures) for what, figures in found.items()), key=lambda each: -each.asked)


@cache
def _meanings() -> dict[str, str]:
    """What each topic is, as a question."""
    found = (each for each in (files("policies") / "topics").iterdir() if each.name.endswith(".toml"))
    return {
        topic: told["meaning"] for each in found for topic, told in tomllib.loads(each.read_text("utf-8")).items()
    }
