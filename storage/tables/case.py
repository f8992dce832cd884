"""Rows read together: who looks, and everything about one request."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from storage.tables.people import Person, Role, School, Trust
from storage.tables.register import Entry
from storage.tables.request import Ask, Decision, Outcome, Publication, Request, Revision, Task


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks, asks or presses, with the roles they hold today."""

    person: Person
    roles: tuple[Role, ...] = ()

    @property
    def id(self) -> int:
        """The person's number."""
        assert self.person.id is not None
        return self.person.id

    def holds(self, role: str, school_id: int | None) -> bool:
        """Whether they hold `role` there."""
        return any(r.role == role and r.school_id == school_id for r in self.roles)


@dataclass(slots=True)
class Case:
    """A request with everything about it that rules and cards need, read in one unit."""

    request: Request
    revision: Revision
    trust: Trust
    asker: Person
    school: School | None
    accounts: list[Entry]
    asks: list[Ask]
    """Every step's, in order."""
    holders: dict[int, list[Person]]
    """Who could answer the asks of the present step today, by its number."""
    publications: list[Publication] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    workers: dict[int, list[Person]] = field(default_factory=dict)
    """Who could do the tasks that are left today, by the task's number."""
    entries: list[Entry] = field(default_factory=list)
    """What its approval brought into the registers."""
    seen: Revision | None = None
    """The wording that was sent before the present one."""
    people: dict[int, Person] = field(default_factory=dict)
    """Everybody named above, by id."""

    @property
    def present(self) -> list[Ask]:
        """Whom the step asks at which it stands."""
        return [ask for ask in self.asks if ask.step == self.request.step]

    @property
    def deciders(self) -> list[Person]:
        """Everybody who could decide at this step, once, without those who have."""
        asked = [ask for ask in self.present if ask.answered_by is None]
        return list({p.id: p for ask in asked for p in self.holders.get(ask.number, [])}.values())

    @property
    def standing(self) -> list[Decision]:
        """The approvals that still count: not those before an edit, or before somebody took it back."""
        last = {(d.step, d.decider_id): d for d in self.decisions
                if d.outcome == Outcome.APPROVED and d.revision == self.request.revision}
        answers = {(ask.step, ask.answered_by) for ask in self.asks if ask.answered_by is not None}
        return [d for key, d in last.items() if key in answers]

    @property
    def followed(self) -> bool:
        """Whether another step comes after the present one."""
        return any(ask.step > self.request.step for ask in self.asks)

    @property
    def zone(self) -> ZoneInfo:
        """The trust's zone."""
        return ZoneInfo(self.trust.zone)
