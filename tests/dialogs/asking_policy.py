"""A trust that has its policy's document: the invented one of the demo, or a few lines written in the test."""

from datetime import date
from importlib.resources import files

from handlers import policy_import
from handlers.policy_import import Version
from handlers.rules.policy.document import read
from storage.database import Unit
from tests.world import World

SAMPLE = (files("policies") / "sample" / "policy.md").read_bytes()


async def import_policy(
    world: World, text: bytes = SAMPLE, label: str = "1", since: date = date(2026, 9, 1), review: date | None = None,
) -> None:
    """As the command line does, with a reason, so that any day will do."""
    def take(u: Unit) -> None:
        version = Version(label, since, review, "It is the first that the bot has.")
        policy_import.apply(u, policy_import.plan(u, read("policy.md", text), version))

    await world.unit(take)
    await world.drain()
