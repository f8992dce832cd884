"""Rows read together: who looks, and everything about one request."""

from dataclasses import dataclass, field
from datetime import date
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


PERSONAL = frozenset({"named_person"})
"""What is asked of somebody as themselves: nobody else can agree for them."""


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody who is away until the end of `last_day`; `stand_in` decides beside them, where there is somebody."""

    person: Person
    stand_in: Person | None
    last_day: date


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
    absences: dict[int, list[Absence]] = field(default_factory=dict)
    """Who of `holders` is away today, by the ask's number."""

    @property
    def own(self) -> set[int]:
        """Whoever asks or edited last: nobody decides on their own."""
        return {self.request.asker_id, self.request.editor_id}

    @property
    def present(self) -> list[Ask]:
        """Whom the step asks at which it stands."""
        return [ask for ask in self.asks if ask.step == self.request.step]

    @property
    def deciders(self) -> list[Person]:
        """Everybody who could decide at this step, once, without those who have."""
        asked = [ask for ask in self.present if ask.answered_by is None]
        return list({p.id: p for ask in asked for p in self.could(ask)}.values())

    @property
    def at_hand(self) -> list[Person]:
        """Those of them who are not away; all of them where everybody is."""
        away = {each.person.id for found in self.absences.values() for each in found}
        return [person for person in self.deciders if person.id not in away] or self.deciders

    def could(self, ask: Ask) -> list[Person]:
        """Who could answer this ask of the present step today: whoever it is for, and whoever stands in for them."""
        stand_ins = [each.stand_in for each in self.covered(ask) if each.stand_in]
        return self.holders.get(ask.number, []) + stand_ins

    def covered(self, ask: Ask) -> list[Absence]:
        """The absences in which somebody else can answer this ask.

        Nobody stands in for, or as, whoever asks. Where all of several have to agree, nobody is two of them.
        """
        if ask.number not in self.absences or ask.role in PERSONAL:
            return []
        barred = self.own
        if ask.together:
            others = [each for each in self.present if each.number != ask.number]
            barred = barred | {p.id for each in others for p in self.holders.get(each.number, []) if p.id}
            barred |= {each.answered_by for each in others if each.answered_by}
        return [
            each for each in self.absences[ask.number]
            if each.stand_in and each.person.id not in self.own and each.stand_in.id not in barred
        ]

    def absence(self, ask: Ask, person_id: int) -> Absence | None:
        """For whom this person can answer the ask, where they only stand in."""
        away = self.absences.get(ask.number, [])
        if not away or any(p.id == person_id for p in self.holders.get(ask.number, [])):
            return None
        return next((each for each in self.covered(ask) if each.stand_in and each.stand_in.id == person_id), None)

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
