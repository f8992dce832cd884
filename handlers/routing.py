"""The way that a request goes: what the pack's route looks at is gathered here, and whom each step comes to."""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.rules import route
from handlers.rules.permission import PermissionContent
from handlers.rules.post import PostContent
from handlers.rules.report import above
from handlers.rules.route import Ask, Facts, Stage
from handlers.turn import Turn
from storage import asks, register
from storage.database import Unit
from storage.tables import Entry

Content = PostContent | PermissionContent


def accounts_of(u: Unit, content: Content) -> list[Entry]:
    """The accounts that it is about."""
    return register.by_ids(u, list(content.accounts))


def way(t: Turn, content: Content, account: Entry | None = None) -> tuple[Stage, ...]:
    """Every step, as things stand today; for one of its accounts, where it has several."""
    accounts = [account] if account else accounts_of(t.unit, content)
    facts = _facts(t, content, accounts)
    stages = route.stages(t.pack, t.kind, facts)
    return tuple(_or_above(t, stage, facts.school_id) for stage in stages) if t.kind.silent else stages


def ways(t: Turn, content: Content) -> set[tuple[Stage, ...]]:
    """The different ways that its accounts ask for; one request can only go one."""
    accounts = accounts_of(t.unit, content)
    return {way(t, content, each) for each in accounts} or {way(t, content)}


def reaches(t: Turn, stages: Sequence[Stage]) -> bool:
    """Whether every step comes to somebody else than the asker; no steps come to nobody."""
    return bool(stages) and all(_reaches(t, stage) for stage in stages)


def stuck(t: Turn, stages: Sequence[Stage]) -> int:
    """The first step that comes to nobody else than the asker; the first of all where every one does."""
    return next((number for number, stage in enumerate(stages) if not _reaches(t, stage)), 0)


def whom(ask: Ask) -> tuple[str, int | None, int | None]:
    """Role, school and person, as `storage.asks.holders` takes them."""
    return ask.role, ask.school_id, ask.person_id


def rows(stages: Iterable[Stage]) -> list[dict[str, Any]]:
    """The steps as rows for `storage.asks.route`; not open yet."""
    return [
        {
            "step": number, "role": ask.role, "school_id": ask.school_id, "person_id": ask.person_id,
            "together": stage.together, "clause": stage.clause, "open": False, "since": None,
        }
        for number, stage in enumerate(stages)
        for ask in stage.asks
    ]


def school_of(t: Turn, accounts: Sequence[Entry]) -> int | None:
    """Whose it is for: the accounts', else the asker's school; None for the trust."""
    return accounts[0].school_id if accounts else t.viewer.person.school_id


def _facts(t: Turn, content: Content, accounts: list[Entry]) -> Facts:
    run = {p for each in accounts for p in (each.owner_id, each.deputy_id) if p}
    person = t.viewer.person
    answered = content if isinstance(content, PermissionContent) else PermissionContent()
    asker = route.asker_is({r.role for r in t.viewer.roles}, person.school_id is None, t.viewer.id in run)
    return Facts(
        asker=asker, school_id=school_of(t, accounts),
        answers={question: tuple(given) for question, given in answered.answers.items()},
        related={
            "account_owner": tuple(sorted(run)),
            "line_manager": (person.manager_id,) if person.manager_id else (),
            "named_person": answered.staff,
        },
    )


def _or_above(t: Turn, stage: Stage, school: int | None) -> Stage:
    """Where the policy is silent, and nobody holds the role, it goes to whoever manages that: the CEO, for a head."""
    if _reaches(t, stage):
        return stage
    roles = above(t.pack, stage.asks[0].role)
    asked = (Ask(role, None if t.pack.roles[role].trust_wide else school) for role in roles)
    higher = (Stage((ask,), False, stage.clause) for ask in asked)
    return next((each for each in higher if _reaches(t, each)), stage)


def _reaches(t: Turn, stage: Stage) -> bool:
    reached = [any(p.id != t.viewer.id for p in asks.holders(t.unit, *whom(ask))) for ask in stage.asks]
    return bool(reached) and (all(reached) if stage.together else any(reached))


