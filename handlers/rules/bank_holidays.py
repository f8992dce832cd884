"""The bank holidays of England, from the `holidays` library."""

from datetime import date
from functools import cache


@cache
def of_england(year: int) -> frozenset[date]:
    """Those of a year, with the days that stand in for what falls on a weekend."""
    import holidays

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_one(day: date) -> bool:
    """Whether this day is one."""
    return day in of_england(day.year)
