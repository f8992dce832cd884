"""Everybody is asked to read and confirm: when a version is imported, when they join, each year; and reminded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from handlers import hours, packs
from handlers.answer import Answer, Silence
from handlers.rules import reading as rules
from handlers.rules.hours import working
from storage import audit, inbox, outbox, policy
from storage import reading as storage
from storage.database import Unit
from storage.tables import Person, PolicyVersion

NEWS, CALL = "policy_news", "reading"
"""The notices that there is a new version, and that something is to be read."""
SUBJECT = "reading"
"""What a CALL is about: all that its recipient has to read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What everybody is to confirm now. `document` empty: the policy. `version`: None where the bot has no text."""

    document: str
    name: str
    year: int
    since: date
    version: PolicyVersion | None = None
    address: str = ""

    @property
    def digest(self) -> str:
        """Of its text."""
        return self.version.digest if self.version else ""


def wanted(u: Unit) -> list[Wanted]:
    """The policy's newest version, and the other documents of the pack; nothing before a policy was imported."""
    pack = packs.current(u)
    rule, newest = pack.reading, {each.document.casefold(): each for each in policy.every(u)}
    if "" not in newest:
        return []
    year, begun = rules.year_of(rule.yearly, u.today), _day(u, newest[""].at)
    named = [("", pack.policy, ""), *((paper.name, paper.name, paper.address) for paper in rule.documents)]
    found = []
    for document, name, address in named:
        version = newest.get(document.casefold())
        since = rules.since(rule.yearly, u.today, _day(u, version.at) if version else begun)
        found.append(Wanted(version.document if version else document, name, year, since, version, address))
    return found


def announce(u: Unit, document: str, label: str) -> int:
    """This version was imported. Whoever is on the list hears what it changes, at the next hour of work; how many."""
    each = next((each for each in wanted(u) if each.version and each.document == document), None)
    return ask(u, each.version if each and each.version and each.version.label == label else None)


def ask(u: Unit, news: PolicyVersion | None = None) -> int:
    """Ask everybody who was not asked yet, in one message each; how many. `news`: the version that is announced so."""
    everything = wanted(u)
    if not everything:
        return 0
    called: dict[int, bool] = {}
    for each in everything:
        storage.replace(u, each.document, each.digest, each.year)
        for number in _ask(u, each, storage.unasked(u, each.document, each.digest, each.year)):
            told = news is not None and each.version is not None and each.version.id == news.id
            called[number] = called.get(number, False) or told
    storage.drop(u, [each.document for each in everything])
    for number, told in called.items():
        due = hours.ping_person(u, number)
        if told and news is not None:
            outbox.send(u, number, NEWS, f"version-{news.id}", due)
        else:
            outbox.send(u, number, CALL, SUBJECT, due)
    return len(called)


def _ask(u: Unit, what: Wanted, who: Collection[Person]) -> list[int]:
    """One more document for these people to read; their numbers."""
    if not who:
        return []
    rule = packs.current(u).reading
    holds = what.version.effective if what.version else u.today
    storage.ask(u, [{
        "person_id": each.id, "document": what.document, "digest": what.digest, "year": what.year,
        "version": what.version.label if what.version else what.address,
        "due_on": rules.due(each.first_day, what.since, u.today, rule.days, holds),
        "remind_on": date.fromordinal(u.today.toordinal() + rule.remind_days),
    } for each in who])
    audit.append(u, "reading_ask", None, document=what.document, digest=what.digest, year=what.year, people=len(who))
    return [each.id for each in who if each.id]


def call(u: Unit, _subject: str) -> Answer:
    """The daily look, in working hours: who joined is asked, a new year begins, and who is late is reminded."""
    if working(hours.of(u, None), u.at) and inbox.take(u, f"clock:readers:{u.trust}:{u.today}", u.at):
        ask(u)
        _remind(u)
    return Silence()


def _remind(u: Unit) -> None:
    """One message for all that somebody has to read, and none for another week at least."""
    late = storage.to_remind(u, u.today)
    if not late:
        return
    days = packs.current(u).reading.remind_days
    storage.reminded(u, u.today, date.fromordinal(u.today.toordinal() + days))
    for number in late:
        outbox.send(u, number, CALL, SUBJECT, hours.ping_person(u, number))
    audit.append(u, "reading_remind", None, people=len(late))


def missing(u: Unit, kind: str, person_id: int) -> list[Wanted]:
    """What somebody has to confirm before a request of this kind can go anywhere.

    A version that does not hold yet counts, and so does the one that holds while a newer one is announced.
    """
    if kind not in packs.current(u).reading.holds:
        return []
    given = storage.confirmed_by(u, person_id)
    found = []
    for each in wanted(u):
        good = _good(u, each)
        if not any(c.document == each.document and c.digest in good and c.year >= each.year for c in given):
            found.append(each)
    if found and any(storage.asked_of(u, person_id, each.document, each.digest) is None for each in found):
        ask(u)
    return found


def _good(u: Unit, what: Wanted) -> set[str]:
    """The digests of a document's versions that hold today or later."""
    holding = policy.in_force(u, u.today, what.document)
    newer = [each.digest for each in policy.versions(u, what.document)
             if holding is None or (each.effective, each.id or 0) >= (holding.effective, holding.id or 0)]
    return {what.digest, *newer}


def _day(u: Unit, at: datetime) -> date:
    return at.astimezone(u.zone).date()
