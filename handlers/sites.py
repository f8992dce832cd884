"""Which platforms stand approved: by the policy itself, or on the register."""

from handlers import packs
from handlers.rules import entry as rules
from storage import register
from storage.database import Unit


def names(u: Unit) -> list[str]:
    """Every platform that stands approved, once."""
    listed = map(rules.platform, register.platforms(u))
    return list(dict.fromkeys([*(each.name for each in packs.current(u).sites), *listed]))


def approved(u: Unit, platform: str) -> bool:
    """Whether this one does."""
    return bool(platform) and rules.approved(platform, names(u))


def clause(u: Unit) -> str:
    """By which clause a platform is approved before it is used; nothing where the policy says nothing of it."""
    pack = packs.current(u)
    if "site" in pack.kinds:
        return pack.kinds["site"].clause
    return pack.sites[0].clause if pack.sites else ""
