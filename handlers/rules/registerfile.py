"""The registers as a spreadsheet: every entry's cells; and the accounts in a file, or all that is wrong with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from handlers.rules.entry import SECRET, SPELT
from handlers.rules.people import CENTRAL
from handlers.rules.register import Row
from handlers.rules.spreadsheet import BadFile, Column, Line, Problem, clean, day, read
from storage.tables import Book, Entry, Person

COLUMNS = (
    Column("register", ("book",), required=False),
    Column("platform", ("site", "network", "channel")),
    Column("name", ("account", "account name", "page")),
    Column("address", ("link", "url", "web address"), required=False),
    Column("school", ("school or trust", "academy", "belongs to")),
    Column("owner", ("owner's e-mail", "owner e-mail", "e-mail", "account owner")),
    Column("owner name", ("owner's name",), required=False),
    Column("deputy", ("deputy's e-mail", "deputy e-mail", "deputy owner"), required=False),
    Column("deputy name", ("deputy's name",), required=False),
    Column("purpose", ("what for",), required=False),
    Column("audience", ("for whom", "key stages", "key stage"), required=False),
    Column("settings", ("promised settings",), required=False),
    Column("credentials", ("who holds the credentials", "credentials held by", "credentials with"), required=False),
    Column("website", ("listed at", "listed on", "website listing"), required=False),
    Column("review date", ("review", "next review", "review on"), required=False),
    Column("state", ("status",), required=False),
    Column("kind", (), required=False),
    Column("conditions", (), required=False),
    Column("facts", (), required=False),
    Column("until", (), required=False),
    Column("request", (), required=False),
)
NAMES = tuple(each.name for each in COLUMNS)
FROM_APPROVAL = ("kind", "conditions", "facts", "until", "request")
"""What a request brought into the register; no file changes it."""
STATES = {"": False, "open": False, "being set up": False, "closed": True}
"""What a state is called, and whether it is closed then. What an approval still waits for, no file finishes."""
LONGEST = {
    "platform": 40, "name": 100, "address": 500, "purpose": 3000, "audience": 500, "settings": 1000,
    "credentials": 150, "website": 500,
}
LONGEST_CELL = 100_000
"""The facts of an approval can be long; what people type is held to LONGEST."""
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers in an entry stand for."""

    schools: Mapping[int, str]
    people: Mapping[int, Person]

    @property
    def schools_by_name(self) -> dict[str, str]:
        """Every school's name by itself in small letters."""
        return {name.casefold(): name for name in self.schools.values()}

    def email(self, person_id: int | None) -> str:
        """Somebody's address, or nothing."""
        return self.people[person_id].email if person_id else ""

    def name(self, person_id: int | None) -> str:
        """Somebody's name, or nothing."""
        return self.people[person_id].name if person_id else ""


def cells(entry: Entry, names: Names) -> dict[str, str]:
    """An entry of whatever register as the cells of a row, as `spreadsheet.read` would give them back."""
    said = {
        "register": str(entry.book),
        "school": names.schools[entry.school_id] if entry.school_id else "trust",
        "owner": names.email(entry.owner_id), "owner name": names.name(entry.owner_id),
        "deputy": names.email(entry.deputy_id), "deputy name": names.name(entry.deputy_id),
        "review date": _written(entry.review_on), "until": _written(entry.until),
        "state": "closed" if entry.closed else "being set up" if entry.pending else "open",
        "facts": "; ".join(f"{label}: {fact}" for label, fact in entry.facts.items()),
        "request": entry.request_id or "",
    }
    return {name: clean(said[name] if name in said else getattr(entry, name)) for name in NAMES}


def row(known: Cells, schools: Mapping[str, str]) -> Row:
    """The account that these cells say; what is no day, state or school is none. `schools` by casefolded name."""
    return Row(
        known["platform"], known["name"], _whole(known["address"]),
        schools.get(known["school"].casefold()), known["owner"].lower(),
        closed=STATES.get(known["state"].casefold(), False), deputy=known["deputy"].lower(),
        purpose=known["purpose"], audience=known["audience"], settings=known["settings"],
        credentials=known["credentials"], website=_whole(known["website"]), review_on=_day(known["review date"]),
    )


def parse(data: bytes, schools: Collection[str], serving: Collection[str], listed: Sequence[Cells]) -> list[Row]:
    """Every account in a file. BadFile, with every problem, if a single row is wrong: then nothing is imported.

    `serving`: the e-mails of those who are on the staff list today; an owner is one of them. `listed`: the accounts
    there are. What a row says as the register says it already is not held against it; for a column that is not in the
    file, the register's words stay.
    """
    lines, problems = read(data, COLUMNS, LONGEST_CELL)
    reader = _Reader(schools, serving, listed)
    rows = [reader.row(line) for line in lines]
    if problems := problems + reader.problems:
        raise BadFile(problems)
    return rows


class _Reader:
    """Reads row after row, and remembers what was wrong and which accounts were there."""

    def __init__(self, schools: Collection[str], serving: Collection[str], listed: Sequence[Cells]) -> None:
        self.schools = {each.casefold(): each for each in schools}
        self.serving = serving
        self.folded = {_folded(each): each for each in listed}
        # An exact spelling comes first: two that were approved may differ in nothing but capitals.
        self.exact = {(each["platform"], each["name"]): each for each in listed}
        self.seen: dict[tuple[str, str], int] = {}
        self.problems: list[Problem] = []

    def row(self, line: Line) -> Row:
        """One account; what is wrong goes to `problems`."""
        blank = dict.fromkeys(NAMES, "") | {"register": Book.ACCOUNT.value, "school": "trust"}
        given = (line.cells["platform"], line.cells["name"])
        was = self.exact.get(given) or self.folded.get(_folded(line.cells))
        # A file without states is a list of what is in use.
        now: dict[str, str] = {**(was or blank), "state": "", **line.cells}
        # An account keeps the spelling of its name: it is what requests and records name it by.
        now["platform"] = was["platform"] if was else SPELT.get(given[0].casefold(), given[0])
        now["name"] = was["name"] if was else given[1]
        for reason in [*self._twice(line, now), *self._wrong(now, was or blank, was is None)]:
            self.problems.append(Problem(line.number, reason))
        return row(now, self.schools)

    def _twice(self, line: Line, now: Cells) -> list[str]:
        key = (now["platform"], now["name"]) if (now["platform"], now["name"]) in self.exact else _folded(now)
        first = self.seen.setdefault(key, line.number)
        again = first != line.number and all(key)
        return [f"{line.cells['platform']} “{line.cells['name']}” is on line {first} already"] if again else []

    def _wrong(self, now: Cells, was: Cells, new: bool) -> list[str]:
        """What is wrong with the cells that say something new."""
        if now["register"].casefold() not in {"", Book.ACCOUNT}:
            return [f"this is no account but a {now['register'][:20]}; only accounts are imported from a file"]
        opens = STATES.get(was["state"]) is True and not STATES.get(now["state"].casefold())
        again = {"owner", "deputy"} if opens else set()
        fresh = {name for name in NAMES if new or name in again or now[name] != was[name]}
        found = [*_missing(now), *_too_long(now), *self._people(now, was), *self._place(now)]
        found += [*_addresses(now), *_rest(now)]
        found += [(name, _of_approval(name)) for name in FROM_APPROVAL if now[name] != was[name]]
        return [reason for name, reason in found if name in fresh]

    def _people(self, now: Cells, was: Cells) -> list[tuple[str, str]]:
        found = [
            (role, f"the {role} {email[:60]} is not on the staff list today; import the staff list first")
            for role in ("owner", "deputy")
            if (email := now[role].lower()) and email not in self.serving
        ]
        if now["owner"] and now["owner"].lower() == now["deputy"].lower():
            new = "owner" if now["owner"] != was["owner"] else "deputy"
            found.append((new, "the owner is the deputy as well; name another “deputy”, or leave its cell empty"))
        return found

    def _place(self, now: Cells) -> list[tuple[str, str]]:
        place = now["school"].casefold()
        if place in CENTRAL or place in self.schools:
            return []
        reason = f"there is no school called “{now['school'][:60]}”; write one of the staff list's, or “trust”"
        return [("school", reason)]


def _missing(now: Cells) -> list[tuple[str, str]]:
    return [(name, f"the {name} is missing") for name in ("platform", "name", "owner") if not now[name]]


def _too_long(now: Cells) -> list[tuple[str, str]]:
    over = {name: most for name, most in LONGEST.items() if len(now[name]) > most}
    return [(name, f"the {name} has over {most:,} characters") for name, most in over.items()]


def _addresses(now: Cells) -> list[tuple[str, str]]:
    return [
        (name, f"“{now[name][:60]}” is not a web address, such as https://www.example.org/page")
        for name in ("address", "website")
        if now[name] and not _is_address(_whole(now[name]))
    ]


def _rest(now: Cells) -> list[tuple[str, str]]:
    """Who holds the credentials, the day of the review, and the state."""
    found = []
    if SECRET.search(now["credentials"]):
        # The cell itself is not repeated: what is on a screen is read by others.
        reason = (
            "the credentials look like a password. Please write who holds them, such as “IT Services”: "
            "a register that many can read must never hold the password itself"
        )
        found.append(("credentials", reason))
    try:
        day(now["review date"])
    except ValueError as error:
        found.append(("review date", f"review date: {error}"))
    if now["state"].casefold() not in STATES:
        found.append(("state", f"I do not know the state “{now['state'][:60]}”; write open or closed"))
    return found


def _of_approval(name: str) -> str:
    return f"the column “{name}” comes from an approval; leave it as the register has it, or take it out of the file"


def _folded(known: Cells) -> tuple[str, str]:
    """By what an account is known, however it is spelt."""
    platform = known["platform"].casefold()
    return SPELT.get(platform, platform).casefold(), known["name"].casefold()


def _whole(address: str) -> str:
    """The address with its scheme, where it is one."""
    whole = f"https://{address}"
    return whole if "://" not in address and _is_address(whole) else address


def _is_address(whole: str) -> bool:
    """Whether it is a public web address that shows where it leads."""
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    fine = parts.scheme in {"http", "https"} and "." in host.strip(".") and not parts.username and port is None
    return fine and not any(character in whole for character in " <>\"'\\|`{}^")


def _day(cell: str) -> date | None:
    try:
        return day(cell)
    except ValueError:
        return None


def _written(on: date | None) -> str:
    return f"{on:%d/%m/%Y}" if on else ""
