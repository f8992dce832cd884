"""From when on a new version of a document may hold."""

from calendar import monthrange
from datetime import date


def earliest(today: date, months: int) -> date:
    """The first day on which what staff are told of today may hold: so many months on, the same day of the month."""
    count = today.year * 12 + today.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def too_soon(effective: date, today: date, months: int, first: bool) -> date | None:
    """The earliest day, where a version would hold before staff could be told; None where it may.

    A trust's first version may hold from any day: it did before the bot came, and tells staff of no change.
    """
    soonest = earliest(today, months)
    return soonest if effective < soonest and not first else None
