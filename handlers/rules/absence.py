"""Somebody is away: from which day to which, in the few shapes in which people write it. British dates.

Nothing is guessed: whatever is left over makes the days unclear, and they are asked for.
The patterns are plain strings, compiled when first needed, as in `questions`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DAY = timedelta(days=1)
MOST_DAYS = 60
"""Longer than that nobody stands in: then the role itself is somebody else's for the time, on the staff list."""
AHEAD = 365
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)
NUMBERS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "ten": 10}
SELF = r"(?:(?:i\s?am|i\s?will\s+be|i\s?ll\s+be|i\s?m|im|ill\s+be|we\s?re|me)\s+)?"
NAME = r"[^\W\d_][\w-]*"
TITLE = r"mr|mrs|ms|miss|mx|dr|prof|sir|dame"


def person(group: str) -> str:
    """The pattern of somebody's name, as short as it can be: behind it comes what they do, or the days."""
    return rf"(?P<{group}>(?:{TITLE})\.?\s+{NAME}(?:\s+{NAME})??|{NAME}\s+{NAME})"


WHO = person("who")
OUT = (
    r"(?:away|absent|off(?:\s+(?:sick|ill|work))?|out\s+of\s+(?:the\s+)?office|ooo|sick|ill|poorly|not\s+in"
    r"|on\s+(?:\w+\s+)?(?:leave|holiday|course|secondment)|(?:(?:annual|sick|parental)\s+)?leave|holidays?)"
)
ABSENT = rf"(?:{SELF}|{WHO}\s+(?:is|will\s+be|s)\s+){OUT}\b(?P<when>.*)"
BACK = (
    rf"(?:(?:i\s?am|i\s?m|im)\s+|{WHO}\s+(?:is|s)\s+)?back"
    r"(?:\s+(?:again|at\s+work|now|today|early|already|in|in\s+school))?"
)
COVER = (
    r"(?:my\s+)?(?:cover|stand\s?-?ins?|absence|days\s+away|away\s+days)"
    r"|who(?:\s+is|s)?\s+(?:stand(?:s|ing)?\s+in|cover(?:s|ing)?|decid(?:es|ing))\s+for\s+me(?:\s+.*)?"
    r"|who(?:\s+is|s)?\s+(?:my\s+stand\s?-?in|my\s+cover)"
)
MONTH = rf"(?:{'|'.join(f'{each[:3]}(?:{each[3:]})?' for each in MONTHS)}|sept)"
WEEKDAY = rf"(?:{'|'.join(f'{each[:3]}(?:{each[3:]})?' for each in WEEKDAYS)}|tues|weds|thur|thurs)"
DATE = (
    rf"(?P<word>today|tonight|now|tomorrow|tmrw|tomorow|this\s+(?:morning|afternoon))"
    rf"|(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})"
    rf"|(?P<d>\d{{1,2}})[/.-](?P<m>\d{{1,2}})(?:[/.-](?P<y>\d{{4}}|\d{{2}}))?"
    rf"|(?:{WEEKDAY}\s+)?(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?:of\s+)?(?P<month>{MONTH}))?"
    rf"(?:\s+(?P<year>\d{{4}}))?(?!\d|\s*(?:days?|weeks?))"
    rf"|(?P<month2>{MONTH})\s+(?:the\s+)?(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+(?P<year2>\d{{4}}))?"
    rf"|(?P<next>next\s+|this\s+)?(?P<weekday>{WEEKDAY})"
)
NUMBER = r"\b\d{1,2}(?:st|nd|rd|th)?"
UNTIL = r"(?:until|till|til|untill|to|through|up\s+to|and)"


@dataclass(frozen=True, slots=True)
class Absent:
    """That somebody is away, and how they put the days. `who` empty: they speak of themselves."""

    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both inclusive."""

    first: date
    last: date


def absent(said: str) -> Absent | None:
    """Whether the words say that somebody is away, and nothing else."""
    match = re.fullmatch(ABSENT, plainly(said))
    if match is None:
        return None
    when = match["when"].strip()
    misspelt = re.fullmatch(r"(?:un)?till? \S+(?: \S+)?", when)
    return Absent(match["who"] or "", when) if speaks_of_days(when) or misspelt else None


def is_back(said: str) -> str | None:
    """Who is back, empty for the writer; None where the words say something else."""
    match = re.fullmatch(BACK, plainly(said))
    return None if match is None else match["who"] or ""


def asks_cover(said: str) -> bool:
    """Whether they ask who stands in for them."""
    return re.fullmatch(COVER, plainly(said)) is not None


def days(when: str, today: date) -> Days | None:
    """The days that are meant; None where they are not clear. They may be past, or the wrong way round."""
    words = plainly(when)
    try:
        found = (read(words, today) for read in (_weeks, _length, _back, _span))
        return next((each for each in found if each is not None), None)
    except OverflowError:  # beyond the calendar
        return None


def wrong(given: Days, today: date) -> str:
    """What is wrong with these days, by a name that the cards know; empty where nothing is."""
    if given.last < given.first:
        return "backwards"
    if given.last < today:
        return "past"
    if (given.last - max(given.first, today)).days >= MOST_DAYS:
        return "long"
    return "far" if (given.first - today).days > AHEAD else ""


def plainly(said: str) -> str:
    """The words in small letters, without punctuation, greetings and what only is polite."""
    words = re.sub(r"[’'`]", "", said.lower())
    words = re.sub(r"(?<!\d)[.!?,;:]|[.!?,;:](?!\d)", " ", words)
    words = re.sub(rf"({NUMBER})\s?[-–—]\s?(?={NUMBER}\s+{MONTH}\b)", r"\1 to ", words)
    words = re.sub(rf"\b({WEEKDAY})\s?[-–—]\s?(?={WEEKDAY}\b)", r"\1 to ", words)
    words = re.sub(r"(?<=\d|[a-z])\s+[-–—]+\s+(?=\S)", " to ", words)
    words = re.sub(rf"^({SELF}{OUT}) to\b", r"\1", words)  # "away - 12th to 14th November"
    words = re.sub(r"^\s*(?:hi|hello|hey|please|sorry|just\s+to\s+say|fyi|note)\b", " ", words)
    return re.sub(r"\s+", " ", re.sub(r"\b(?:please|thanks|thank you)\b", " ", words)).strip()


def speaks_of_days(when: str) -> bool:
    """Whether nothing but days is left: else it is about something else, such as an away match."""
    rest = re.sub(DATE, " ", when)
    known = (
        rf"{'|'.join(MONTHS)}|until|till|til|untill|to|through|up|and|from|starting|on|for|of|the|next|this|all|rest|week|weeks|day|days"
        r"|end|month|term|half|christmas|easter|summer|further|notice|back|in|at|work|again|a|\d+|ill|be|i|am|im|will|inclusive|late|early|soon|some|while|sick|course|[-–—]"
    )
    numbers = "|".join(NUMBERS)
    return all(re.fullmatch(rf"{known}|{numbers}", word) for word in rest.split())


def _weeks(words: str, today: date) -> Days | None:
    monday = today - today.weekday() * DAY
    if re.fullmatch(r"(?:(?:for )?(?:all )?|from )next week", words):
        return Days(monday + 7 * DAY, monday + 11 * DAY)
    if re.fullmatch(r"(?:for )?(?:(?:all|the rest of|rest of) )?(?:this|the) week|all week|rest of week", words):
        return Days(today, max(monday + 4 * DAY, today))
    return None


def _length(words: str, today: date) -> Days | None:
    """"for three days", "from Monday for a week"."""
    match = re.fullmatch(
        rf"(?:(?:from |starting |on )?(?P<start>.+?) )?for (?:the )?(?:next )?(?P<n>\d{{1,3}}|{'|'.join(NUMBERS)})"
        r" (?P<unit>day|week)s?",
        words,
    )
    if match is None:
        return None
    first = _whole(match["start"], today) if match["start"] else today
    number = int(match["n"]) if match["n"].isdigit() else NUMBERS[match["n"]]
    length = number * (7 if match["unit"] == "week" else 1)
    return Days(first, first + max(length - 1, 0) * DAY) if first and number else None


def _back(words: str, today: date) -> Days | None:
    """"…, back on Monday": the day before is the last one."""
    match = re.fullmatch(rf"(?P<before>.*?)\s*(?:and )?(?:i ?am |im |ill be |i will be |will be )?back "
                         rf"(?:in |at work |again )?(?:on )?(?P<back>{DATE})", words)
    if match is None:
        return None
    before = match["before"]
    first = today if not before else _whole(re.sub(r"^(?:from|on|starting) ", "", before), today)
    back = _whole(match["back"], first or today)
    return Days(first, max(back - DAY, first)) if first and back and back > first else None


def _span(words: str, today: date) -> Days | None:
    """A day, or one until another."""
    parts = re.fullmatch(
        rf"(?:from |starting |on |for )?(?P<a>.*?)\s*\b(?P<by>{UNTIL})\b\s*(?P<b>.+?)(?: inclusive)?", words)
    if parts is None:
        only = _whole(re.sub(r"^on ", "", words), today)
        return Days(only, only) if only else None
    a, b = parts["a"].strip(), re.sub(r"^(?:on|the end of) ", "", parts["b"].strip())
    if re.fullmatch(WEEKDAY, a) and re.fullmatch(rf"{WEEKDAY} next week", b):
        a, b = f"next {a}", f"next {b.removesuffix(' next week')}"
    bare = re.fullmatch(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)?", a)
    if bare:  # "3 to 7 December"
        last = _whole(b, today)
        first = _on(last.year, last.month, int(bare[1])) if last else None
        return Days(first, last) if first and last else None
    first = _whole(a, today) if a else today
    if first is None:
        return None
    last = _whole(b, today if b.startswith("next ") else max(first, today))
    if last is not None and parts["by"].startswith(("until", "til")) and _means_back(b) and last > first:
        last -= DAY
    return Days(first, last) if last else None


def _means_back(words: str) -> bool:
    """"Until Monday": back on Monday, as the cards say it; to any other day: that is the last one away."""
    return re.match(r"(?:next |this )?mon(?:day)?\b", words) is not None


def _whole(words: str, near: date) -> date | None:
    match = re.fullmatch(DATE, words.strip())
    return _date(match, near) if match else None


def _date(match: re.Match[str], near: date) -> date | None:
    if match["word"]:
        return near + (DAY if match["word"].startswith("tom") or match["word"] == "tmrw" else 0 * DAY)
    if match["iso"]:
        return _iso(match["iso"])
    if match["weekday"]:
        return _weekday(match["weekday"], match["next"] or "", near)
    if match["d"]:
        return _dated(int(match["d"]), int(match["m"]), match["y"], near)
    number = int(match["day"] or match["day2"])
    name, year = match["month"] or match["month2"], match["year"] or match["year2"]
    if name:
        return _dated(number, 1 + next(i for i, each in enumerate(MONTHS) if each.startswith(name[:3])), year, near)
    this = _on(near.year, near.month, number)
    later = near.month % 12 + 1
    return this if this and this >= near else _on(near.year + (later == 1), later, number)


def _weekday(name: str, which: str, near: date) -> date:
    """The next such day, today included; "next Friday": that of next week."""
    number = next(i for i, each in enumerate(WEEKDAYS) if each.startswith(name[:3]))
    if which.startswith("next"):
        return near + (7 - near.weekday() + number) * DAY
    return near + (number - near.weekday()) % 7 * DAY


def _dated(number: int, month: int, year: str | None, near: date) -> date | None:
    """Without a year the nearest one: two months back at most, so that a slip is not taken for next year."""
    if year:
        return _on(int(year) + (2000 if len(year) == 2 else 0), month, number)
    tries: Sequence[date | None] = [_on(near.year + more, month, number) for more in (-1, 0, 1)]
    return next((each for each in tries if each and each >= near - MOST_DAYS * DAY), None)


def _on(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
