"""Small wordings that every card shares: lists, times, sites, clauses."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

SITES = {
    "facebook": "Facebook", "instagram": "Instagram", "x": "X", "twitter": "X", "linkedin": "LinkedIn",
    "tiktok": "TikTok", "youtube": "YouTube", "threads": "Threads", "bluesky": "Bluesky", "website": "the website",
}


def listed(words: Iterable[str]) -> str:
    """"a", "a and b", "a, b and c"."""
    each = list(words)
    return " and ".join(filter(None, [", ".join(each[:-1]), *each[-1:]]))


def site(platform: str) -> str:
    """A site's name as people write it."""
    return SITES.get(platform.lower(), platform)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """A time in the trust's zone: "Thursday 5 November 2026, 15:42"."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"


def clause(number: str) -> str:
    """A clause, as it follows what it is about."""
    return f"({number})"


def cut(text: str, most: int) -> str:
    """At most so many characters of a label, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"
