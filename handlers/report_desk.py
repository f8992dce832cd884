"""Who hears a report today, who may read it, and who is next in line: asked anew at every deed."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from handlers import packs
from handlers.rules import report as rules
from handlers.rules.pack import Concern, Pack
from handlers.rules.rights import serves
from storage import cover, imports, outbox, people
from storage import report as reports
from storage.database import Unit
from storage.report import ReportCase
from storage.tables import Person, Reader, Report, Viewer
from storage.vault import Unreadable

DAY = timedelta(days=1)


def desk_of(
    u: Unit, pack: Pack, report: Report, words: Mapping[str, Any], had: Collection[int] = ()
) -> rules.Desk | None:
    """Who may hear it today, besides those who `had` it. The school of whom it is about decides, else the reporter's.

    Where they are of several schools, or of none, nobody at a school hears it.
    """
    concern = concern_of(pack, report.concern)
    if concern is None:
        return None
    subjects = set(words.get("staff", ()))
    out = {*subjects, *words.get("recused", ())}
    places = {person.school_id for person in people.people(u, subjects).values()}
    school = (places.pop() if len(places) == 1 else None) if places else report.school_id
    barred = {*had, report.reporter_id, *beside_them(u, pack, out)}
    return rules.desk(pack, concern, school, _roles(u, out), _holders(u), barred)


def concern_of(pack: Pack, name: str) -> Concern | None:
    """A kind of report, by its id."""
    return next((each for each in pack.reports if each.id == name), None)


def barred(u: Unit, found: ReportCase) -> set[int]:
    """Whom it must not come to: those whom it is about, in their place or managed by them; and its reporter."""
    return {*concerned(u, found), found.report.reporter_id}


def concerned(u: Unit, found: ReportCase) -> set[int]:
    """Those whom it is about, in their place or managed by them, and who said so of themselves."""
    subjects = set(found.words.get("staff", ()))
    beside = beside_them(u, packs.of(u, found.report.pack_version), subjects)
    return {*subjects, *beside, *found.words.get("recused", ())}


def apart(u: Unit, one: ReportCase, other: ReportCase) -> bool:
    """Whether what is told about both could come to somebody whom one of them concerns."""
    def told(found: ReportCase) -> set[int]:
        return {found.report.reporter_id, *(reader.person_id for reader in found.reading)}
    return bool(told(one) & concerned(u, other) or told(other) & concerned(u, one))


def may_read(u: Unit, found: ReportCase, viewer: Viewer) -> bool:
    """On the list of its readers, serving today, and not somebody whom it concerns: that ends at once."""
    return any(reader.person_id == viewer.id for reader in readers(u, found))


def readers(u: Unit, found: ReportCase) -> list[Reader]:
    """Who may read it at this moment."""
    if not found.reading:
        return []
    out = barred(u, found)
    return [r for r in found.reading if r.person_id not in out and serves(found.people[r.person_id], u.today)]


def opened(u: Unit, report: Report) -> ReportCase | None:
    """The report, opened; None where it was altered, or none of the keys fits."""
    try:
        return reports.case(u, report)
    except Unreadable:
        return None


def knows(u: Unit, report: Report, viewer: Viewer) -> bool:
    """Whether a report that does not open any more was theirs, as its reporter or reader."""
    reading = {reader.person_id for reader in reports.readers_of(u, report.id) if reader.ended_at is None}
    return viewer.id in {report.reporter_id, *reading}


def withdraw(u: Unit, found: ReportCase) -> None:
    """Whoever became concerned, or left, may not read it any more: the list of its readers says so."""
    left = {reader.person_id for reader in readers(u, found)}
    for reader in found.reading:
        if reader.person_id not in left:
            reports.end(u, found.report.id, reader.person_id)
            reports.step(u, found.report.id, None, "withdrawn", {"to": reader.person_id})
            reader.ended_at = u.at


def stuck(u: Unit, found: ReportCase) -> None:
    """Nobody is left who could read it: its reporter hears what to do."""
    reports.step(u, found.report.id, None, "stuck", {})
    reports.change(u, found.report, due_at=u.at + DAY)
    tell_reporter(u, found, "report_stuck")


def undelivered(u: Unit, report_id: str, person_id: int) -> None:
    """A notice that will never arrive is noted in the report alone: the trust's record says nothing of reports."""
    if u.vault is not None and reports.get(u, report_id) is not None:
        reports.step(u, report_id, None, "undelivered", {"to": person_id})


def tell_reporter(u: Unit, found: ReportCase, card: str) -> None:
    """There is something for the reporter: nothing more is said."""
    outbox.send(u, found.report.reporter_id, card, found.report.id)


def next_in_line(u: Unit, found: ReportCase) -> bool:
    """Give it to the first who is left, besides those who had it; whether there is somebody."""
    pack = packs.of(u, found.report.pack_version)
    desk = desk_of(u, pack, found.report, found.words, {reader.person_id for reader in found.readers})
    if desk is None:
        return False
    reports.grant(u, found.report.id, desk.people, desk.role, None)
    reports.step(u, found.report.id, None, "moved", {})
    for person in desk.people:
        outbox.send(u, person, "report_new", found.report.id)
    return True


def tell_readers(u: Unit, found: ReportCase, card: str = "report_answer") -> None:
    """There is something new: nothing more is said."""
    for reader in readers(u, found):
        outbox.send(u, reader.person_id, card, found.report.id)


def staff(u: Unit) -> list[Person]:
    """Everybody who serves today."""
    return [person for person in imports.everybody(u) if serves(person, u.today)]


def named(said: str, everybody: Collection[Person]) -> list[Person]:
    """The members of staff who are meant: by e-mail, by their whole name, or by a part that only they have."""
    exact = named_whole(said, everybody)
    parts = set(said.casefold().split())
    return exact or [p for p in everybody if parts and parts <= set(p.name.casefold().split())]


def named_whole(said: str, everybody: Collection[Person]) -> list[Person]:
    """The members of staff with exactly this e-mail or name."""
    wanted = " ".join(said.casefold().split())
    return [person for person in everybody if wanted in (person.email.casefold(), person.name.casefold())]


def titled(u: Unit, pack: Pack, said: str, school: int | None) -> list[Person]:
    """Who holds the role that is said instead of a name, such as “the head”."""
    words = said.casefold().removeprefix("the ").removeprefix("our ").removeprefix("my ").strip()
    for name, role in pack.roles.items():
        if words in (role.title.casefold(), name.replace("_", " "), *rules.SHORT.get(name, ())):
            return people.holders(u, name, None if role.trust_wide else school)
    return []


def _roles(u: Unit, who: Collection[int]) -> dict[int, list[rules.Held]]:
    """The roles that these people hold today."""
    held = {person: people.viewer(u, person) for person in who}
    return {person: [(r.role, r.school_id) for r in viewer.roles] if viewer else [] for person, viewer in held.items()}


def beside_them(u: Unit, pack: Pack, who: Collection[int]) -> set[int]:
    """Whoever stands in for them or is managed by them, at whichever school."""
    held, everywhere = _roles(u, who), (None, *people.schools(u))
    out = {each for place in everywhere for each in rules.left_out(pack, place, held, _holders(u))} if held else set()
    return out | _managed(u, who) | (_standing_in(u, who) - _managers(u, pack, who, held))


def _standing_in(u: Unit, who: Collection[int]) -> set[int]:
    """Whoever stands in for them, because they said that they are away."""
    rows = [row for person in who for row in cover.of_person(u, person)]
    return {row.stand_in_id for row in rows if row.stand_in_id and row.first_day <= u.today <= row.last_day}


def _managers(u: Unit, pack: Pack, who: Collection[int], held: Mapping[int, Collection[rules.Held]]) -> set[int]:
    """Whoever is above them. They hear it even where they stand in: else who is reported on chose who does not hear."""
    places = (None, *people.schools(u))
    roles = {each for has in held.values() for role, _ in has for each in rules.above(pack, role)}
    named = people.people(u, set(who)).values()
    return {p for role in roles for place in places for p in _holders(u)(role, place)} | {
        person.manager_id for person in named if person.manager_id}


def _managed(u: Unit, who: Collection[int]) -> set[int]:
    """Everybody whom they manage, over however many others."""
    return rules.managed({p.id or 0: p.manager_id for p in imports.everybody(u)}, who) if who else set()


def _holders(u: Unit) -> rules.Holders:
    return lambda role, where: [p.id for p in people.holders(u, role, where) if p.id is not None]
