"""Working time, by its properties: whatever the calendar, the zone and the night in which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import bank_holidays, packfile
from handlers.rules.hours import (
    HORIZON,
    MIDNIGHT,
    Hours,
    always,
    days_later,
    later,
    minute,
    next_working,
    no_holiday,
    of_pack,
    working,
)
from handlers.rules.packtimes import OpenHours, SchoolHours

LONDON = ZoneInfo("Europe/London")
ZONES = st.sampled_from([LONDON, *map(ZoneInfo, ("Pacific/Auckland", "America/Havana", "Africa/Cairo", "UTC"))])
MOMENTS = st.integers(0, 3_500_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
WORK = st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes))
FORWARD, BACK = datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before the clocks change in London."""


@st.composite
def calendars(draw: st.DrawFn) -> Hours:
    """Some hours on some days, with some holidays."""
    begins = draw(st.integers(0, MIDNIGHT - 60))
    ends = draw(st.integers(begins + 60, MIDNIGHT))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    first = draw(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
    closed = frozenset(first + timedelta(days=n) for n in draw(st.sets(st.integers(0, 60), max_size=40)))
    return Hours(draw(ZONES), begins, ends, days, closed.__contains__)


def local(hours: Hours, at: datetime) -> tuple[date, int]:
    there = at.astimezone(hours.zone)
    return there.date(), there.hour * 60 + there.minute


@given(calendars(), MOMENTS)
@example(always(LONDON), FORWARD)
@example(always(LONDON), BACK)
def test_the_next_moment_of_work(hours: Hours, at: datetime) -> None:
    then = next_working(hours, at)
    day, at_minute = local(hours, then)
    assert then >= at and then.tzinfo is at.tzinfo
    assert day.weekday() in hours.days and not hours.holiday(day)
    assert hours.begins <= at_minute < hours.ends or then.astimezone(hours.zone).utcoffset() != (
        then - timedelta(hours=1)).astimezone(hours.zone).utcoffset(), "in its hours, but where the clocks change"
    assert next_working(hours, then) == then and working(hours, then)
    assert (then == at) == working(hours, at)


@given(calendars(), MOMENTS, WORK, WORK)
@example(always(LONDON), FORWARD, timedelta(hours=1), timedelta(hours=1))
@example(Hours(LONDON, 0, 4 * 60, frozenset(range(7))), BACK, timedelta(hours=2), timedelta(hours=2))
def test_work_adds_up(hours: Hours, at: datetime, some: timedelta, more: timedelta) -> None:
    then = later(hours, at, some)
    assert later(hours, then, more) == later(hours, at, some + more)
    assert then >= at + some and working(hours, then)
    assert later(hours, at, some + more) >= then
    assert later(hours, next_working(hours, at), some) == then, "what is not worked does not count"


@given(calendars(), MOMENTS, st.integers(0, 60 * 24 * 30), WORK)
def test_who_asks_later_hears_later(hours: Hours, at: datetime, minutes: int, work: timedelta) -> None:
    assert later(hours, at + timedelta(minutes=minutes), work) >= later(hours, at, work)


@given(MOMENTS, ZONES, WORK)
def test_day_and_night_every_hour_counts(at: datetime, zone: ZoneInfo, work: timedelta) -> None:
    assert later(always(zone), at, work) == at + work


@given(calendars(), MOMENTS, st.integers(0, 60))
def test_days_of_holidays_do_not_count(hours: Hours, at: datetime, days: int) -> None:
    then = days_later(hours, at, days)
    first, passed = at.astimezone(hours.zone).date(), round((then - at) / timedelta(days=1))
    assert sum(not hours.holiday(first + timedelta(days=n)) for n in range(1, passed + 1)) == days


@pytest.mark.parametrize(("at", "work", "then"), [
    ("2026-11-05T09:00", 9, "2026-11-06T09:00"),  # a school day later
    ("2026-11-06T09:00", 9, "2026-11-09T09:00"),  # not at the weekend
    ("2026-11-05T16:00", 1, "2026-11-06T08:00"),  # never at the very end of a day
    ("2026-11-05T21:00", 0, "2026-11-06T08:00"),
    ("2026-11-05T21:00", 2, "2026-11-06T10:00"),
    ("2026-12-24T16:00", 2, "2026-12-29T09:00"),  # Christmas, Boxing Day on a Saturday, and the day instead
    ("2026-04-02T16:30", 1, "2026-04-07T08:30"),  # Easter, in summer time by then
    ("2026-10-23T16:00", 9, "2026-10-26T16:00"),  # the clocks went back at the weekend
])
def test_in_england(at: str, work: int, then: str) -> None:
    hours = Hours(LONDON, holiday=bank_holidays.is_one)
    begun, over = (datetime.fromisoformat(each).replace(tzinfo=LONDON) for each in (at, then))
    assert later(hours, begun.astimezone(UTC), timedelta(hours=work)) == over


def test_a_school_with_hours_of_its_own() -> None:
    own = SchoolHours(school="Oakfield Primary", begins="08:30", ends="16:00")
    said = OpenHours(days=("mon", "sat"), ends="18:30", schools=(own,))
    high, primary, central = (of_pack(said, name, LONDON, no_holiday) for name in ("High", "OAKFIELD primary", ""))
    assert (primary.begins, primary.ends) == (510, 960)
    assert (high.begins, high.ends) == (central.begins, central.ends) == (480, 1110)
    assert high.days == primary.days == {0, 5}


def test_a_kind_overrides_single_clocks() -> None:
    lt2 = packs.bundled("lt2").decode().replace('[kinds.site]', '[kinds.site]\nclocks = { escalate_hours = 20 }')
    pack = packfile.read(lt2.encode())
    assert pack.clocks_of(pack.kinds["site"]) == pack.clocks.model_copy(update={"escalate_hours": 20})
    assert pack.kinds["media_enquiry"].urgent and not pack.kinds["site"].urgent


def test_a_calendar_without_end_holds_nothing_up() -> None:
    at = datetime(2026, 11, 5, 9, tzinfo=UTC)
    never = Hours(LONDON, holiday=lambda _day: True)
    assert next_working(never, at) - at >= timedelta(days=HORIZON - 1)
    assert days_later(never, at, 14) > at


def test_bank_holidays_of_england() -> None:
    assert {date(2026, 4, 3), date(2026, 8, 31), date(2026, 12, 28)} <= bank_holidays.of_england(2026)
    assert date(2026, 3, 17) not in bank_holidays.of_england(2026), "that is Northern Ireland's"
    assert len(bank_holidays.of_england(2026)) == 9


@pytest.mark.parametrize(("written", "found"), [
    ("08:00", 480), ("24:00", 1440), ("00:00", 0), ("24:01", None), ("8:00", None), ("08.00", None), ("", None),
    ("08:60", None), ("٠٨:٠٠", None), ("-1:00", None),
])
def test_times_of_the_day(written: str, found: int | None) -> None:
    assert minute(written) == found
