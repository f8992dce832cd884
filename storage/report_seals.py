"""What seals the reports: how many open with none of the keys, and all of them sealed anew."""

from sqlalchemy import bindparam, select, update

from storage import evidence
from storage.database import Unit
from storage.report import REPORT, STEP, vault
from storage.vault import Unreadable, Vault

# The keys are the same for every trust, and so is their renewal. Locked: nobody may write what is being sealed anew.
SEALS = select(REPORT.c.id, REPORT.c.sealed)
EVERY_SEAL = SEALS.with_for_update()
EVERY_STEP_SEAL = select(STEP.c.id, STEP.c.sealed).with_for_update()
RESEAL = (
    update(REPORT).where(REPORT.c.id == bindparam("which")).values(sealed=bindparam("anew"), mark=bindparam("keyed"))
)
RESEAL_STEP = update(STEP).where(STEP.c.id == bindparam("which")).values(sealed=bindparam("anew"))


def unreadable(u: Unit) -> int:
    """How many reports, of whatever trust, open with none of the keys; without any key that is all of them."""
    return sum(not _opens(u.vault, row.sealed) for row in u.across(SEALS))


def count(u: Unit) -> int:
    """How many reports there are, of whatever trust."""
    return len(list(u.across(SEALS)))


def renew(u: Unit) -> int:
    """Seal everything anew with the first key; how much that was."""
    key = vault(u)
    reports, steps = list(u.across(EVERY_SEAL)), list(u.across(EVERY_STEP_SEAL))
    for row in reports:
        words = key.open(row.sealed)
        keyed = key.mark(words["address"]) if words.get("address") else None
        u.connection.execute(RESEAL, {"which": row.id, "anew": key.renew(row.sealed), "keyed": keyed})
    for row in steps:
        u.connection.execute(RESEAL_STEP, {"which": row.id, "anew": key.renew(row.sealed)})
    return len(reports) + len(steps) + evidence.renew(u)


def _opens(key: Vault | None, sealed: str) -> bool:
    if key is None:
        return False
    try:
        key.open(sealed)
    except Unreadable:
        return False
    return True
