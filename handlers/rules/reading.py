"""Reading the policy: who is asked when and until when, page by page; what a pack may say of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.pack import Asked, Pack
from handlers.rules.packlines import Path
from handlers.rules.policy import cite
from handlers.rules.policy.clause import Clause
from storage.tables import Viewer

FAIR = 7
"""So many days whoever is asked late has at least, however long ago they joined."""
PAGE_LETTERS, PAGE_CLAUSES = 5000, 30
ADDRESS = re.compile(r"https://[^\s/]+\.[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
NO_DAY = "is no day of the year: write the month and the day as \"09-01\""


# --- when -------------------------------------------------------------------------------------------------------


def year_of(yearly: str, day: date) -> int:
    """For which year a confirmation counts that is given on a day; 0 where once is enough."""
    if not yearly:
        return 0
    return day.year if day >= _begin(yearly, day.year) else day.year - 1


def since(yearly: str, day: date, announced: date) -> date:
    """From which day on people were to read: when the version was announced, or the year began after that."""
    year = year_of(yearly, day)
    return max(announced, _begin(yearly, year)) if year else announced


def due(first_day: date | None, asked_from: date, today: date, days: int, holds_from: date) -> date:
    """The last day to confirm: so long after it was asked, or after the first day of whoever joined since.

    Never before a version holds; and whoever is asked late, because the list said late that they had joined, has time.
    """
    begun = max(first_day, asked_from) if first_day is not None else today
    last = begun + timedelta(days=days)
    if last < today + timedelta(days=min(days, FAIR)):
        last = today + timedelta(days=days)
    return max(last, holds_from)


def _begin(yearly: str, year: int) -> date:
    return date.fromisoformat(f"{year}-{yearly}")


# --- who sees who has not -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose confirmations somebody may see: everybody's, or those of these schools."""

    everywhere: bool
    schools: frozenset[int]

    def has(self, school_id: int | None) -> bool:
        """Whether people of this school are among them; None: the central staff."""
        return self.everywhere or (school_id is not None and school_id in self.schools)

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.schools)


def sight(pack: Pack, viewer: Viewer) -> Sight:
    """What the roles that somebody holds today let them see."""
    held = [role for role in viewer.roles if role.role in pack.reading.sees]
    wide = any(pack.roles[role.role].trust_wide for role in held)
    return Sight(wide, frozenset(role.school_id for role in held if role.school_id is not None))


# --- the text, and the questions on it ----------------------------------------------------------------------------


def pages(clauses: Sequence[Clause]) -> list[tuple[Clause, ...]]:
    """A document section by section: short sections share a page, and a long one has several."""
    found: list[list[Clause]] = []
    letters = 0
    for each in clauses:
        size = len(each.text) + len(each.stem)
        full = not found or len(found[-1]) >= PAGE_CLAUSES or letters + size > PAGE_LETTERS
        if full or (letters > PAGE_LETTERS // 2 and _section(each) != _section(found[-1][-1])):
            found.append([])
            letters = 0
        found[-1].append(each)
        letters += size
    return [tuple(each) for each in found]


def _section(clause: Clause) -> str:
    return clause.heading.partition(" › ")[0]


def not_right(check: Sequence[Asked], given: Mapping[int, Sequence[str]]) -> list[int]:
    """Which questions have another answer than the right one, or none."""
    return [i for i, each in enumerate(check) if list(given.get(i, ())) != [str(each.right)]]


def said_there(clauses: Sequence[Clause], number: str, most: int) -> Clause | None:
    """The clause that a pack cites, if the document has it and it is short enough to be shown whole."""
    found = [each for each in clauses if cite.within(each.number, number)]
    return found[0] if len(found) == 1 and len(found[0].text) <= most else None


def differing(before: str, after: str, most: int) -> tuple[str, str]:
    """Both wordings from where they begin to differ, a few words earlier, and not longer than that."""
    old, new = before.split(), after.split()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    start = max(0, same - 6)
    return _from(old, start, most), _from(new, start, most)


def _from(words: list[str], start: int, most: int) -> str:
    text = ("… " if start and words[start:] else "") + " ".join(words[start:])
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"


# --- what a pack may say --------------------------------------------------------------------------------------------


def wrong(pack: Pack) -> Iterator[tuple[Path, str]]:
    """What nobody could open, what no request is held by, and what has no right answer."""
    reading = pack.reading
    if reading.yearly and not _is_day(reading.yearly):
        yield ("reading", "yearly"), NO_DAY
    for i, kind in enumerate(reading.holds):
        if kind not in pack.kinds:
            yield ("reading", "holds", i), f"names the kind {kind!r}, which [kinds] does not have"
        elif pack.kinds[kind].never:
            yield ("reading", "holds", i), f"holds nothing: the policy rules {kind!r} out"
    seen = {pack.policy.casefold()}
    for i, paper in enumerate(reading.documents):
        if paper.name.casefold() in seen:
            yield ("reading", "documents", i, "name"), f"{paper.name!r} is there already"
        seen.add(paper.name.casefold())
        if paper.address and not ADDRESS.fullmatch(paper.address):
            yield ("reading", "documents", i, "address"), f"{paper.address!r} is no https:// address"
    for i, asked in enumerate(reading.check):
        if asked.right > len(asked.options):
            yield ("reading", "check", i, "right"), f"is none of the {len(asked.options)} options"
        if len({option.casefold() for option in asked.options}) < len(asked.options):
            yield ("reading", "check", i, "options"), "say the same twice, so that nobody could tell which is right"


def _is_day(yearly: str) -> bool:
    try:
        date.fromisoformat(f"2001-{yearly}")
    except ValueError:
        return False
    return bool(re.fullmatch(r"\d\d-\d\d", yearly))
