"""Small wordings that every card shares: lists, times, sites, clauses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SITES = {
    "facebook": "Facebook", "instagram": "Instagram", "x": "X", "twitter": "X", "linkedin": "LinkedIn",
    "tiktok": "TikTok", "youtube": "YouTube", "threads": "Threads", "bluesky": "Bluesky",
    "snapchat": "Snapchat", "whatsapp": "WhatsApp", "website": "the website",
}

MORE = "There is more than fits in one message here."

NEAR = timedelta(days=182)
"""Within half a year, a day and its month are clear without the year."""


def listed(words: Iterable[str], last: str = "and") -> str:
    """"a", "a and b", "a, b and c"; with another word before the last one, such as "or"."""
    each = list(words)
    if len(each) == 1:
        return each[0]
    return f" {last} ".join(filter(None, [", ".join(each[:-1]), *each[-1:]]))


def site(platform: str) -> str:
    """A site's name as people write it."""
    return SITES.get(platform.lower(), platform)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How times are said: in the trust's zone, as short as is clear `now`."""

    zone: ZoneInfo
    now: datetime

    def say(self, at: datetime) -> str:
        """For what stays in a chat, where "today" is soon untrue: "Thu 5 Nov 15:42", with the year if it is far."""
        local = at.astimezone(self.zone)
        year = f" {local.year}" if abs(at - self.now) > NEAR else ""
        return local.strftime(f"%a {local.day} %b{year} %H:%M")

    def tell(self, at: datetime) -> str:
        """For what is only said in passing: "today 15:42", "tomorrow 09:00"."""
        local = at.astimezone(self.zone)
        days = (local.date() - self.now.astimezone(self.zone).date()).days
        word = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
        return f"{word} {local:%H:%M}" if word else self.say(at)


def day(on: date) -> str:
    """A day: "5 Nov 2026"."""
    return f"{on.day} {on:%b %Y}"


def weekday(on: date, today: date) -> str:
    """A day near enough to name its weekday: "Friday 6 November", with the year if it is another."""
    year = f" {on.year}" if on.year != today.year and abs(on - today) > NEAR else ""
    return f"{on:%A} {on.day} {on:%B}{year}"


def span(first: date, last: date, today: date) -> str:
    """From a day to a day: "from Thursday 5 to Friday 6 November", "on Thursday 5 November"."""
    if first == last:
        return f"on {weekday(first, today)}"
    start = weekday(first, today)
    if (first.month, first.year) == (last.month, last.year):
        start = f"{first:%A} {first.day}"
    return f"from {start} to {weekday(last, today)}"


def back(last_day: date) -> date:
    """The first working day after the last one away."""
    return last_day + timedelta(days=max(1, 7 - last_day.weekday()) if last_day.weekday() >= 4 else 1)


def count(number: int, what: str) -> str:
    """"no requests", "one request", "two requests"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    said = words[number] if number < len(words) else f"{number:,}"
    return f"{said} {what}{'' if number == 1 else 's'}"


def clause(number: str) -> str:
    """A clause, as it follows what it is about."""
    return f"({number})"


def cut(text: str, most: int) -> str:
    """At most so many characters of a label, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
