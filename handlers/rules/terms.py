"""A trust's calendar as a file: its rows, or all that is wrong with them; and what it changes in the one there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from handlers.rules.people import CENTRAL
from handlers.rules.spreadsheet import BadFile, Column, Line, Problem, day, read

COLUMNS = (
    Column("school", ("academy", "site"), required=False),
    Column("from", ("first day", "start", "start date", "begins")),
    Column("to", ("last day", "until", "end", "end date", "ends"), required=False),
    Column("what", ("title", "name", "description", "holiday", "closure")),
)
EVERY_SCHOOL, EVERYBODY = "", "trust"
"""In the place of a school's name: every school; and every school and the central staff."""
LONGEST_TITLE = 75
MOST_DAYS = 100
"""No holiday is longer; a longer one has a wrong year."""
MOST_YEARS = 10


@dataclass(frozen=True, slots=True, order=True)
class Closed:
    """Days on which nobody is at work, both inclusive, at a school by its name, EVERY_SCHOOL, or for EVERYBODY."""

    first_day: date
    last_day: date
    school: str
    title: str

    def meets(self, other: "Closed") -> bool:
        """Whether both are about the same school and share a day."""
        together = self.first_day <= other.last_day and other.first_day <= self.last_day
        return together and self.school == other.school


@dataclass(frozen=True, slots=True)
class TermsPlan:
    """What the file would change. `replaced`: in the calendar, and other in the file. `missing`: not in the file."""

    new: tuple[Closed, ...]
    replaced: tuple[Closed, ...]
    missing: tuple[Closed, ...]
    same: int

    @property
    def empty(self) -> bool:
        """Whether the file says what the calendar says already; what is missing is another question."""
        return not (self.new or self.replaced)


def parse(data: bytes, schools: Collection[str], today: date) -> list[Closed]:
    """Every closure in a file. BadFile, with every problem, if a single row is wrong: then nothing is imported."""
    lines, problems = read(data, COLUMNS)
    spelt = {name.casefold(): name for name in schools}
    filed: list[tuple[int, Closed]] = []
    for line in lines:
        closed, reasons = _row(line, spelt, today)
        problems += [Problem(line.number, reason) for reason in reasons]
        if closed:
            filed.append((line.number, closed))
    problems += _overlaps(filed)
    if problems:
        raise BadFile(problems)
    return [closed for _, closed in filed]


def compare(there: Sequence[Closed], filed: Sequence[Closed], today: date) -> TermsPlan:
    """What has to change for the calendar to say what the file says. What is over stays as it was."""
    known, wanted = set(there), set(filed)
    new = tuple(sorted(wanted - known))
    left = sorted(known - wanted)
    replaced = tuple(each for each in left if any(each.meets(other) for other in new))
    missing = tuple(each for each in left if each not in replaced and each.last_day >= today)
    return TermsPlan(new, replaced, missing, len(wanted & known))


def _row(line: Line, schools: dict[str, str], today: date) -> tuple[Closed | None, list[str]]:
    """One closure, or all that is wrong with its row."""
    cells, reasons = line.cells, list[str]()
    days: list[date | None] = []
    for column in ("from", "to"):
        found, reason = _day(cells.get(column, ""), column, today)
        days.append(found)
        reasons += [reason] if reason else []
    first, last = days[0], days[1] or days[0]
    if not cells["from"]:
        reasons.append("the first day is missing")
    if first and last and last < first:
        reasons.append("the last day is before the first day")
    elif first and last and (last - first).days >= MOST_DAYS:
        reasons.append(f"it is closed for {(last - first).days + 1} days; is one of the years wrong?")
    school = _school(cells.get("school", ""), schools)
    if school is None:
        named = cells["school"][:60]
        reasons.append(f"no school is called “{named}”; leave it empty for every school, or write “{EVERYBODY}”")
    title = cells["what"]
    if not title:
        reasons.append("it does not say what it is, such as half term")
    elif len(title) > LONGEST_TITLE:
        reasons.append(f"what it is has more than {LONGEST_TITLE} characters")
    if reasons or first is None or last is None or school is None:
        return None, reasons
    return Closed(first, last, school, title), []


def _school(cell: str, schools: dict[str, str]) -> str | None:
    name = cell.casefold()
    if name in schools:
        return schools[name]
    return EVERY_SCHOOL if not name else EVERYBODY if name in CENTRAL or name == "everybody" else None


def _day(cell: str, column: str, today: date) -> tuple[date | None, str]:
    try:
        found = day(cell)
    except ValueError as error:
        return None, f"{column}: {error}"
    if found and abs(found.year - today.year) > MOST_YEARS:
        return None, f"{column}: {found.year} cannot be the year"
    return found, ""


def _overlaps(filed: Sequence[tuple[int, Closed]]) -> list[Problem]:
    """Every row that shares a day with an earlier one of the same school. Each is looked at once, by its days."""
    found = []
    in_order = sorted(filed, key=lambda each: (each[1].school, each[1].first_day, each[0]))
    for school, rows in groupby(in_order, key=lambda each: each[1].school):
        where = {EVERY_SCHOOL: "every school", EVERYBODY: "the trust"}.get(school, school)
        (number, before), *others = rows
        for line, closed in others:
            if closed.meets(before):
                found.append(Problem(line, f"overlaps line {number}, for {where}: {before.title}"))
            if closed.last_day > before.last_day:
                number, before = line, closed
    return found
