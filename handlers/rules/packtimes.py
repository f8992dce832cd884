"""A pack's times: how long things may take, and when people are at work."""

from typing import Annotated, Literal

from pydantic import Field, Strict

from handlers.rules.packpart import Count, Flag, Name, Part

Hours = Annotated[int, Strict(), Field(ge=0, le=1000)]
"""0: never."""
TimeOfDay = Annotated[str, Field(max_length=5)]
"""As "08:00"."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Clocks(Part):
    """How long things may take, in hours of work, and in days of which holidays do not count.

    `remind_hours`, `remind_again_hours`: then whoever has not decided is reminded; `escalate_hours`: then whoever is
    above is asked as well, or the role `escalate_to`.
    """

    expire_days: Count
    remind_hours: Hours = 9
    remind_again_hours: Hours = 0
    escalate_hours: Hours = 27
    escalate_to: Name | None = None
    publish_days: Count = 7
    remind_publish_hours: Annotated[Count, Field(le=24 * 14)] = 9


class SchoolHours(Part):
    """When one school opens and closes, where that is at other times than at the others."""

    school: Annotated[str, Field(min_length=1, max_length=120)]
    begins: TimeOfDay = "08:00"
    ends: TimeOfDay = "17:00"


class OpenHours(Part):
    """When people are at work, so that the bot may be heard of by itself: from when to when, on which days."""

    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ("mon", "tue", "wed", "thu", "fri")
    begins: TimeOfDay = "08:00"
    ends: TimeOfDay = "17:00"
    bank_holidays: Flag = True
    """Whether the bank holidays of England are holidays."""
    schools: Annotated[tuple[SchoolHours, ...], Field(max_length=200)] = ()
