"""Roles that the pack asks and that nobody holds today: what would go to them cannot be sent."""

from collections.abc import Iterator

from handlers import packs
from handlers.rules.pack import Pack
from storage import people
from storage.database import Unit


def vacancies(u: Unit) -> list[str]:
    """Each as "Brook School: headteacher", the trust's own first."""
    pack = packs.current(u)
    schools = {number: school.name for number, school in people.schools(u).items()}
    found = []
    for roles in dict.fromkeys(_asked(pack)):
        at_trust = all(pack.roles[role].trust_wide for role in roles)
        for school, name in ({None: people.trust(u).name} if at_trust else schools).items():
            if not any(people.holders(u, role, None if pack.roles[role].trust_wide else school) for role in roles):
                found.append((not at_trust, f"{name}: {' or '.join(pack.role_title(role) for role in roles)}"))
    return [line for _, line in sorted(found)]


def _asked(pack: Pack) -> Iterator[tuple[str, ...]]:
    """Of whom one at least is needed; where the pack asks people by what they are to the asker, no list can say."""
    yield (pack.administrator,)
    for kind in pack.kinds.values():
        for step in (step for line in kind.route for step in line.steps):
            if all(role in pack.roles for role in step.roles):
                yield from [step.any] if step.any else [(role,) for role in step.all]
