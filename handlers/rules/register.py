"""The register of official accounts as a file: its rows, or all that is wrong with them; and what it would change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from handlers.rules.people import CENTRAL
from handlers.rules.spreadsheet import BadFile, Column, Line, Problem, read

COLUMNS = (
    Column("platform", ("site", "network", "channel")),
    Column("name", ("account", "account name", "page")),
    Column("address", ("link", "url", "web address"), required=False),
    Column("school", ("school or trust", "academy", "belongs to")),
    Column("owner", ("owner's e-mail", "owner e-mail", "e-mail", "account owner")),
)
SITES = ("Facebook", "Instagram", "LinkedIn", "YouTube", "TikTok", "Threads", "Bluesky", "WhatsApp", "Mastodon", "X")
SPELT = {each.casefold(): each for each in SITES} | {"twitter": "X", "x (twitter)": "X", "x/twitter": "X"}
LONGEST = {"platform": 40, "name": 100, "address": 500}


@dataclass(frozen=True, slots=True)
class Entry:
    """One official account as the file or the register says. `school` None: the trust's own. `owner`: an e-mail."""

    platform: str
    name: str
    address: str
    school: str | None
    owner: str
    closed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """By what an account is known."""
        return self.platform.casefold(), self.name.casefold()


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """An account of which the file says something else."""

    before: Entry
    after: Entry


@dataclass(frozen=True, slots=True)
class RegisterPlan:
    """What the file would change. `missing`: open on the register, but not in the file."""

    new: tuple[Entry, ...]
    changed: tuple[EntryDifference, ...]
    missing: tuple[Entry, ...]
    same: int

    @property
    def empty(self) -> bool:
        """Whether the file says what the register says already."""
        return not (self.new or self.changed)


def parse(data: bytes, schools: Collection[str], serving: Collection[str]) -> list[Entry]:
    """Every account in a file. BadFile, with every problem, if a single row is wrong: then nothing is imported.

    `serving`: the e-mails of those who are on the staff list today; an owner is one of them.
    """
    lines, problems = read(data, COLUMNS)
    spelt = {each.casefold(): each for each in schools}
    seen: dict[tuple[str, str], int] = {}
    entries = []
    for line in lines:
        entry, reasons = _entry(line, spelt, serving)
        if entry.key in seen and all(entry.key):
            reasons.append(f"{entry.platform} “{entry.name}” is on line {seen[entry.key]} already")
        seen.setdefault(entry.key, line.number)
        problems += [Problem(line.number, reason) for reason in reasons]
        entries.append(entry)
    if problems:
        raise BadFile(problems)
    return entries


def compare(listed: Sequence[Entry], filed: Sequence[Entry]) -> RegisterPlan:
    """What has to change for the register to say what the file says. A closed account in the file opens again."""
    before = {each.key: each for each in listed}
    after = {each.key for each in filed}
    # An account keeps the spelling of its name: it is what requests and records name it by.
    kept = [_spelt_like(before.get(each.key, each), each) for each in filed]
    changed = tuple(EntryDifference(before[e.key], e) for e in kept if e.key in before and before[e.key] != e)
    new = tuple(each for each in kept if each.key not in before)
    missing = tuple(each for each in listed if each.key not in after and not each.closed)
    return RegisterPlan(new, changed, missing, len(filed) - len(new) - len(changed))


def _spelt_like(listed: Entry, filed: Entry) -> Entry:
    return replace(filed, platform=listed.platform, name=listed.name)


def _entry(line: Line, schools: Mapping[str, str], serving: Collection[str]) -> tuple[Entry, list[str]]:
    cells = {name: line.cells.get(name, "") for name in ("platform", "name", "address", "school", "owner")}
    reasons = [f"the {name} is missing" for name in ("platform", "name", "owner") if not cells[name]]
    reasons += [f"the {name} has over {most} characters" for name, most in LONGEST.items() if len(cells[name]) > most]
    owner, place = cells["owner"].lower(), cells["school"].casefold()
    if owner and owner not in serving:
        reasons.append(f"the owner {owner[:60]} is not on the staff list today; import the staff list first")
    if place not in CENTRAL and place not in schools:
        reasons.append(f"there is no school called “{cells['school'][:60]}”; write one of the staff list's, or “trust”")
    address = _address(cells["address"])
    if address is None:
        reasons.append(f"“{cells['address'][:60]}” is not a web address, such as https://www.example.org/page")
    platform = SPELT.get(cells["platform"].casefold(), cells["platform"])
    return Entry(platform, cells["name"], address or "", schools.get(place), owner), reasons


def _address(cell: str) -> str | None:
    """The address with its scheme, nothing where there is none; None for what is no public web address."""
    if not cell:
        return ""
    whole = cell if "://" in cell else f"https://{cell}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    fine = parts.scheme in {"http", "https"} and "." in host.strip(".") and not parts.username and port is None
    return whole if fine and not any(character in whole for character in " <>\"'\\|`{}^") else None
