"""The staff list as a file: its rows, or all that is wrong with them; and what it changes in the list there is."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.rules.pack import RoleName
from handlers.rules.spreadsheet import BadFile, Column, Line, Problem, day, read

COLUMNS = (
    Column("name", ("full name", "staff name")),
    Column("e-mail", ("email address", "mail", "work e-mail")),
    Column("school", ("academy", "site", "school or trust")),
    Column("roles", ("role",), required=False),
    Column("manager", ("line manager", "reports to", "manager's e-mail"), required=False),
    Column("first day", ("start", "start date", "from"), required=False),
    Column("last day", ("end", "end date", "until", "leaving date"), required=False),
)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
EMAIL = re.compile(rf"[^@\s,;<>\"()\[\]\\|]{{1,64}}@(?:{LABEL}\.)+(?=[a-z]){LABEL}")
CENTRAL = {"", "trust", "the trust", "central", "central staff", "central team"}
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Held:
    """A role, and where: at a school, by its name, or (None) for the whole trust."""

    role: str
    school: str | None


@dataclass(frozen=True, slots=True)
class Staff:
    """One person as the file says, or as the list has them. `school` None: central staff. Days are inclusive.

    `manager`: the line manager's e-mail, or nothing.
    """

    name: str
    email: str
    school: str | None
    roles: frozenset[Held] = frozenset()
    first_day: date | None = None
    last_day: date | None = None
    manager: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """Somebody on the list of whom the file says something else."""

    before: Staff
    after: Staff


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """What the file would change. `missing`: on the list today, but not in the file."""

    schools: tuple[str, ...]
    new: tuple[Staff, ...]
    changed: tuple[Difference, ...]
    missing: tuple[Staff, ...]
    same: int

    @property
    def empty(self) -> bool:
        """Whether the file says what the list says already; who is missing is another question."""
        return not (self.schools or self.new or self.changed)


def parse(
    data: bytes, roles: Mapping[str, RoleName], schools: Collection[str], listed: Collection[Staff]
) -> list[Staff]:
    """Everybody in a staff file. BadFile, with every problem, if a single row is wrong: then nothing is imported.

    `schools` are those there are; a school in the column of that name may be new, one after an @ may not. `listed` is
    everybody on the list: a line manager is one of them, or in the file. A file without that column leaves them as
    they are.
    """
    lines, problems = read(data, COLUMNS)
    spelt = {each.casefold(): each for each in schools}
    for line in lines:
        name = line.cells["school"]
        if name.casefold() not in CENTRAL:
            spelt.setdefault(name.casefold(), name)
    managers = {each.email: each.manager for each in listed}
    reader = _Reader(roles, spelt, managers)
    staff = [reader.row(line) for line in lines]
    problems += reader.problems + _managers(lines, staff, managers)
    if problems:
        raise BadFile(problems)
    return staff


def compare(listed: Sequence[Staff], filed: Sequence[Staff], schools: Collection[str], today: date) -> StaffPlan:
    """What has to change for the list to say what the file says."""
    before = {each.email: each for each in listed}
    after = {each.email for each in filed}
    changed = tuple(
        Difference(before[each.email], each) for each in filed if each.email in before and before[each.email] != each
    )
    new = tuple(each for each in filed if each.email not in before)
    gone = tuple(each for each in listed if each.email not in after and (not each.last_day or each.last_day >= today))
    named = dict.fromkeys(each.school for each in filed if each.school and each.school not in schools)
    return StaffPlan(tuple(named), new, changed, gone, len(filed) - len(new) - len(changed))


class _Reader:
    """Reads row after row, and remembers what was wrong and who was there."""

    def __init__(
        self, roles: Mapping[str, RoleName], schools: Mapping[str, str], managers: Mapping[str, str]
    ) -> None:
        self.roles = roles
        self.managers = managers
        self.schools = schools
        self.titles = {_plain(name): key for key, each in roles.items() for name in (key, each.title)}
        self.seen: dict[str, int] = {}
        self.problems: list[Problem] = []

    def row(self, line: Line) -> Staff:
        """One person; what is wrong goes to `problems`."""
        cells = line.cells
        school = self.schools.get(cells["school"].casefold())
        first, last = self._day(line, "first day"), self._day(line, "last day")
        if first and last and last < first:
            self._wrong(line, "the last day is before the first day")
        for column in ("name", "school"):
            if len(cells[column]) > LONGEST_NAME:
                self._wrong(line, f"the {column} has more than {LONGEST_NAME} characters")
        if not cells["name"]:
            self._wrong(line, "the name is missing")
        email = self._email(line)
        manager = cells["manager"].lower() if "manager" in cells else self.managers.get(email, "")
        return Staff(cells["name"], email, school, self._roles(line, school), first, last, manager)

    def _email(self, line: Line) -> str:
        email = line.cells["e-mail"].lower()
        if not email:
            self._wrong(line, "the e-mail is missing; people are known by it")
        elif len(email) > 254 or not EMAIL.fullmatch(email):
            self._wrong(line, f"“{email[:60]}” is not an e-mail address")
        elif email in self.seen:
            self._wrong(line, f"{email} is on line {self.seen[email]} already; give every person one row")
        self.seen.setdefault(email, line.number)
        return email

    def _day(self, line: Line, column: str) -> date | None:
        try:
            return day(line.cells.get(column, ""))
        except ValueError as error:
            self._wrong(line, f"{column}: {error}")
            return None

    def _roles(self, line: Line, school: str | None) -> frozenset[Held]:
        cell = line.cells.get("roles", "")
        parts = re.split(r"[;|]" if re.search(r"[;|]", cell) else ",", cell)
        posts = [self._post(line, part.strip(), school) for part in parts if part.strip()]
        return frozenset(post for post in posts if post)

    def _post(self, line: Line, words: str, own: str | None) -> Held | None:
        """One role: “headteacher”, or “headteacher@Oakfield Primary” for one at another school."""
        title, at, place = (part.strip() for part in words.partition("@"))
        role = self.titles.get(_plain(title))
        if role is None:
            self._wrong(line, f"I do not know the role “{title[:60]}”. The roles are {', '.join(sorted(self.roles))}")
            return None
        if self.roles[role].trust_wide:
            if at and place.casefold() not in CENTRAL:
                self._wrong(line, f"{role} is a role for the whole trust; write it without “@{place[:60]}”")
            return Held(role, None)
        school = self.schools.get(place.casefold()) if at else own
        if school is None and at:
            self._wrong(line, f"no row is of a school called “{place[:60]}” ({title}@…)")
        elif school is None:
            self._wrong(line, f"{role} is a role at a school; write at which: {role}@Name of the school")
        return Held(role, school) if school else None

    def _wrong(self, line: Line, reason: str) -> None:
        self.problems.append(Problem(line.number, reason))


def _managers(lines: Sequence[Line], staff: Sequence[Staff], listed: Mapping[str, str]) -> list[Problem]:
    """Line managers who are nobody, oneself, or in a circle that comes back to whoever it began with."""
    above = {**listed, **{each.email: each.manager for each in staff}}
    circling = _circling(above)
    return [
        Problem(line.number, reason)
        for line, each in zip(lines, staff, strict=True)
        if "manager" in line.cells and each.manager and (reason := _manager(each, above, circling))
    ]


def _manager(person: Staff, above: Mapping[str, str], circling: Collection[str]) -> str:
    """What is wrong with somebody's line manager, or nothing. `above`: everybody's."""
    if person.manager not in above:
        named = person.manager[:60]
        return f"the manager {named} is not in this file or on the staff list; write a colleague's e-mail, or nothing"
    if person.manager == person.email:
        return "this is their own manager; write somebody else's e-mail, or nothing"
    if person.email not in circling:
        return ""
    way = [person.email, person.manager]
    while way[-1] != person.email and len(way) < 6:
        way.append(above[way[-1]])
    more = [] if way[-1] == person.email else ["…"]
    return f"the line managers go round in a circle: {' → '.join([*way, *more])}"


def _circling(above: Mapping[str, str]) -> set[str]:
    """Everybody who comes back to themselves on the way up. Each is looked at once."""
    found: set[str] = set()
    done: set[str] = set()
    for begin in above:
        way: list[str] = []
        one = begin
        while one in above and one not in done:
            done.add(one)
            way.append(one)
            one = above[one]
        found.update(way[way.index(one) :] if one in way else ())
    return found


def _plain(title: str) -> str:
    """“IT Services Manager”, “it_services_manager” and “IT-services manager” are one title."""
    return " ".join(re.split(r"[\s_-]+", title.casefold().strip()))
