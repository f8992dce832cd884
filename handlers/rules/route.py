"""Who decides: the pack's first rule that fits the asker and the accounts."""

from dataclasses import dataclass

from handlers.rules.pack import Kind, Pack, Rule
from storage.tables import Account, Viewer


@dataclass(frozen=True, slots=True)
class Step:
    """Whoever holds `role` at the school (None: for the trust) decides, by this clause."""

    role: str
    school_id: int | None
    clause: str


def step_for(pack: Pack, kind: Kind, asker: Viewer, account: Account | None) -> Step | None:
    """The step for one account (None: not chosen yet, so the asker's own school). None: no rule fits."""
    school = account.school_id if account else asker.person.school_id
    for rule in kind.route:
        if _fits(rule, asker, school):
            at_trust = pack.roles[rule.ask].trust_wide
            return Step(rule.ask, None if at_trust else school, rule.clause)
    return None


def steps_for(pack: Pack, kind: Kind, asker: Viewer, accounts: list[Account]) -> set[Step | None]:
    """The different steps that these accounts ask for; one request can only follow one."""
    places: list[Account | None] = list(accounts) or [None]
    return {step_for(pack, kind, asker, account) for account in places}


def _fits(rule: Rule, asker: Viewer, school: int | None) -> bool:
    if rule.account is not None and (rule.account == "trust") != (school is None):
        return False
    if rule.asker == "central":
        return asker.person.school_id is None
    return rule.asker is None or any(role.role == rule.asker for role in asker.roles)
