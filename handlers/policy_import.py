"""A version of a trust's document is taken in: what it holds, what changed since the last, and whether it may."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from handlers import hours, packs, reading_round
from handlers.rules.policy import cite
from handlers.rules.policy.changes import Change, changes
from handlers.rules.policy.clause import Clause, Document
from handlers.rules.policy.laws import Law, cited, laws
from handlers.rules.policy.version import too_soon
from storage import audit, outbox, policy, question
from storage.database import Stale, Unit
from storage.tables import PolicyText, PolicyVersion

GUIDANCE = "guidance"
"""The notice to whoever gave guidance that it is to be looked at beside the new version."""


class NotTaken(ValueError):
    """The version cannot be taken in. `reason` is a code, whose sentence stands in cards/; `day`: the one it names."""

    def __init__(self, reason: str, day: date | None = None) -> None:
        super().__init__(reason)
        self.reason, self.day = reason, day


@dataclass(frozen=True, slots=True)
class Version:
    """What is said of a document that is to be imported. `document` empty: the policy itself."""

    label: str
    effective: date
    review_due: date | None = None
    reason: str = ""
    document: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do.

    `before`: the version it is compared with. `unknown`: clauses that the pack cites and the document does not have.
    `there`: it is stored word for word already.
    """

    document: Document
    version: Version
    digest: str
    before: PolicyVersion | None
    changes: Sequence[Change]
    laws: Sequence[tuple[Law, Sequence[str]]]
    unknown: Sequence[str]
    there: bool


def plan(u: Unit, document: Document, version: Version) -> Plan:
    """What importing a document would do; NotTaken where it may not be."""
    if version.review_due and version.review_due <= version.effective:
        raise NotTaken("review", version.review_due)
    known = policy.versions(u, version.document)
    fingerprint = digest(document)
    same = next((each for each in known if each.label == version.label), None)
    if same and (same.digest, same.effective) != (fingerprint, version.effective):
        raise NotTaken("label", same.effective)
    pack = packs.current(u)
    soonest = too_soon(version.effective, u.today, pack.notice.months, first=not known)
    if soonest and not version.reason and not same:
        raise NotTaken("soon", soonest)
    before = next((each for each in known if each.label != version.label and each.effective <= version.effective), None)
    old = clauses(policy.text(u, before.digest)) if before else ()
    changed = changes(old, document.clauses) if before else []
    unknown = [] if version.document else cite.missing(pack, [each.number for each in document.clauses])
    gone = _laws(document.clauses, u.today)
    return Plan(document, version, fingerprint, before, changed, gone, unknown, same is not None)


def apply(u: Unit, shown: Plan) -> int:
    """Store what was shown; how many people are told. Stale where something else was imported meanwhile."""
    store(u, shown)
    if not shown.version.document:
        for each in question.guidance(u):
            begin = hours.ping_person(u, each.author_id)
            outbox.send(u, each.author_id, GUIDANCE, f"{GUIDANCE}-{each.request_id}", begin)
    return reading_round.announce(u, shown.version.document, shown.version.label)


def store(u: Unit, shown: Plan) -> None:
    """The same, without a word to anybody."""
    found = plan(u, shown.document, shown.version)
    if (found.before and found.before.id) != (shown.before and shown.before.id) or found.there:
        raise Stale
    version, parts = shown.version, shown.document.clauses
    policy.keep(u, shown.digest, shown.document.text, [_span(each) for each in parts])
    policy.add(u, PolicyVersion(
        trust_id=u.trust, document=version.document, label=version.label, digest=shown.digest,
        effective=version.effective, review_due=version.review_due, reason=version.reason, at=u.at))
    audit.append(
        u, "policy_import", None, document=version.document, version=version.label, digest=shown.digest,
        effective=version.effective.isoformat(), review_due=version.review_due and version.review_due.isoformat(),
        urgent=bool(version.reason), clauses=len(parts), changed=len(shown.changes))


def clauses(stored: PolicyText) -> tuple[Clause, ...]:
    """The clauses of a stored document: each a span of its text."""
    return tuple(
        Clause(number, heading, stem, stored.text[start:end], start, end)
        for number, heading, stem, start, end in stored.clauses
    )


def digest(document: Document) -> str:
    """What a document is known by: its words, and how they are divided into clauses."""
    whole = json.dumps([document.text, [_span(each) for each in document.clauses]])
    return hashlib.sha256(whole.encode()).hexdigest()


@cache
def gone_laws() -> tuple[Law, ...]:
    """The laws that no longer stand, as far as policies still cite them."""
    return laws((files("policies") / "laws" / "england.toml").read_bytes())


def _span(clause: Clause) -> tuple[str, str, str, int, int]:
    return clause.number, clause.heading, clause.stem, clause.start, clause.end


def _laws(parts: Sequence[Clause], today: date) -> list[tuple[Law, list[str]]]:
    """Which of them are cited, and in which clauses."""
    found: dict[Law, list[str]] = {}
    for each in parts:
        for law in cited(each.text, gone_laws(), today):
            found.setdefault(law, []).append(each.number)
    return list(found.items())
