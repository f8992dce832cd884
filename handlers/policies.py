"""The trust's policy as it is in force: its clauses, and the index that finds them. Read once in a process."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cards import policy_ask as cards
from cards.words import cut
from handlers import packs, policy_import, policy_search
from handlers.rules.policy.clause import Clause
from handlers.rules.policy.laws import cited
from handlers.rules.search.clauses import Index
from storage import people, policy
from storage.database import Unit
from storage.tables import PolicyVersion

_read: dict[str, tuple[Clause, ...]] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """A document with its index."""

    digest: str
    title: str
    version: str
    since: date
    review_due: date | None
    parts: tuple[Clause, ...]
    index: Index

    @property
    def numbers(self) -> set[str]:
        """Every clause's number."""
        return {each.number for each in self.parts}

    def clauses(self, numbers: Sequence[str]) -> list[Clause]:
        """These clauses, in this order; without those that it does not have."""
        known = {each.number: each for each in self.parts}
        return [known[number] for number in numbers if number in known]

    def section(self, number: str) -> list[Clause]:
        """All clauses that stand under the same heading as this one."""
        headings = {each.heading for each in self.clauses([number])}
        return [each for each in self.parts if each.heading in headings]


def in_force(u: Unit) -> Standing | None:
    """The document that holds today; None where there is none."""
    version = policy.in_force(u, u.today)
    return _standing(u, version) if version else None


def by_digest(u: Unit, digest: str) -> Standing | None:
    """The version whose document has this digest; None where the trust has none such."""
    return next((_standing(u, each) for each in policy.versions(u) if each.digest == digest), None)


def read_all(at: datetime, u: Unit) -> None:
    """Every trust's document and its index, so that nobody's first question waits for them."""
    for trust in people.trusts(u):
        u.act_for(trust, at)
        in_force(u)


def _standing(u: Unit, version: PolicyVersion) -> Standing:
    parts = _parts(u, version.digest)
    index = policy_search.index(parts)
    title = packs.current(u).policy
    return Standing(version.digest, title, version.label, version.effective, version.review_due, parts, index)


def _parts(u: Unit, digest: str) -> tuple[Clause, ...]:
    """A document's clauses. It never changes under its digest, so it is read once."""
    if digest not in _read:
        _read[digest] = policy_import.clauses(policy.text(u, digest))
    return _read[digest]


def latest(u: Unit) -> list[str]:
    """The digests of the document that holds today and of those that will, the last first."""
    versions = policy.versions(u)
    holding = next((n for n, each in enumerate(versions) if each.effective <= u.today), len(versions))
    return [each.digest for each in versions[: holding + 1]]


def source(standing: Standing, today: date) -> cards.Source:
    """What is said of the document below its clauses."""
    due = standing.review_due
    return cards.Source(standing.title, standing.version, standing.since, due if due and due < today else None)


def quoted(parts: Sequence[tuple[Clause, str]], today: date) -> list[cards.Quoted]:
    """Clauses, each with what of its words is quoted, as cards show them."""
    gone = policy_import.gone_laws()
    return [
        cards.Quoted(
            clause.number, clause.heading, clause.stem, words,
            tuple((law.name, law.now) for law in cited(clause.text, gone, today)))
        for clause, words in parts
    ]


def label(clause: Clause, most: int) -> str:
    """A clause in a list to choose from."""
    return cut(f"{clause.number} {clause.text}", most)
