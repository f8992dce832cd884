"""When what is undecided is reminded of and put to somebody above, and to whom."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import chase, packfile
from handlers.rules.hours import Hours, always, later, next_working, working
from handlers.rules.packtimes import Clocks

LONDON = ZoneInfo("Europe/London")
SCHOOL = Hours(LONDON)
USUAL = Clocks(expire_days=14, remind_hours=9, remind_again_hours=18, escalate_hours=36)
MOMENTS = st.integers(0, 1_500_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def at(day: int, hour: float) -> datetime:
    """In November 2026, whose fifth is a Thursday."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.parametrize(("nudges", "now", "until", "then"), [
    (0, at(5, 9), at(19, 9), at(6, 9)),
    (0, at(6, 9), at(20, 9), at(9, 9)),  # not on a Saturday
    (0, at(5, 20), at(19, 20), at(9, 8)),  # the night does not count
    (1, at(6, 9), at(19, 9), at(9, 9)),  # nine more after the first reminder, however late that was
    (2, at(9, 9), at(19, 9), at(11, 9)),
    (3, at(11, 9), at(19, 9), None),
    (0, at(5, 9), at(5, 17), at(5, 13)),  # it goes live today: after half of the time
    (1, at(5, 13), at(5, 17), at(5, 15)),
    (0, at(5, 18), at(6, 7), None),  # there is no hour of work before it
    (0, at(5, 9), at(6, 9), at(5, 21) + timedelta(hours=11)),
])
def test_when(nudges: int, now: datetime, until: datetime, then: datetime | None) -> None:
    assert chase.due(USUAL, nudges, now, until, [SCHOOL]) == then


def test_the_first_place_that_is_at_work_counts() -> None:
    """In half term the CEO's hours go by, and the school's do not."""
    closed = Hours(LONDON, holiday=lambda day: day < at(9, 0).date())
    assert chase.due(USUAL, 0, at(5, 9), at(19, 9), [closed]) == at(10, 8)
    assert chase.due(USUAL, 0, at(5, 9), at(19, 9), [closed, SCHOOL]) == at(6, 9)
    assert chase.due(USUAL, 0, at(7, 21), at(19, 9), [always(LONDON)]) == at(8, 6), "what is urgent: at any hour"


@given(MOMENTS, st.integers(1, 60 * 24 * 20), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 3))
def test_in_working_hours_and_never_too_late(now: datetime, left: int, remind: int, up: int, nudges: int) -> None:
    clocks = Clocks(expire_days=30, remind_hours=min(remind, up), escalate_hours=max(remind, up))
    until = now + timedelta(minutes=left)
    then = chase.due(clocks, nudges, now, until, [SCHOOL])
    assert then is None or (now < then < until and working(SCHOOL, then))


@given(MOMENTS, st.integers(0, 60 * 24 * 20))
def test_heard_at_work_or_in_time(now: datetime, left: int) -> None:
    """Whoever decides hears of it when they are at work; where it would be too late then, at once."""
    until = now + timedelta(minutes=left)
    heard = chase.heard(SCHOOL, now, until)
    assert heard == now or (working(SCHOOL, heard) and heard + chase.SOON <= until)
    assert heard == next_working(SCHOOL, now) or next_working(SCHOOL, now) + chase.SOON > until


@pytest.mark.parametrize(("remind", "again", "up", "last"), [
    (9, 0, 27, [1]), (9, 18, 27, [2]), (0, 0, 27, [0]), (9, 18, 0, []), (0, 0, 0, []),
])
def test_what_a_pack_leaves_out_is_not_done(remind: int, again: int, up: int, last: list[int]) -> None:
    clocks = Clocks(expire_days=14, remind_hours=remind, remind_again_hours=again, escalate_hours=up)
    looks = [n for n in range(4) if chase.due(clocks, n, at(5, 9), at(19, 9), [SCHOOL]) is not None]
    assert looks == list(range(bool(remind) + bool(again) + bool(up)))
    assert [n for n in looks if chase.is_last(clocks, n)] == last


@given(MOMENTS, st.lists(st.integers(0, 60 * 24 * 4), max_size=12))
def test_each_look_comes_once_however_often_the_clock_stops_or_jumps(now: datetime, jumps: list[int]) -> None:
    """What is due is a row: an hour's outage delays it, and a clock that is put back only waits again."""
    until, nudges = now + timedelta(days=30), 0
    looked: list[datetime] = []
    due = chase.due(USUAL, 0, now, until, [SCHOOL])
    clock = now
    for jump in jumps:
        clock += timedelta(minutes=jump if jump % 3 else -jump)
        if due is not None and due <= clock:
            nudges += 1
            looked.append(clock)
            due = chase.due(USUAL, nudges, clock, until, [SCHOOL])
    assert nudges <= 3
    assert looked == sorted(looked), "each after the one before"
    for first, second in pairwise(looked):
        assert second >= later(SCHOOL, first, timedelta(hours=9)), "never two at once"


@pytest.mark.parametrize(("roles", "school", "named", "held"), [
    (["headteacher"], 1, None, [("ceo", None), ("chair", None)]),
    (["senior_leader"], 1, None, [("headteacher", 1), ("ceo", None), ("chair", None)]),
    (["line_manager"], 1, None, [("headteacher", 1), ("ceo", None), ("chair", None)]),
    (["line_manager"], None, None, [("ceo", None), ("chair", None)]),
    (["ceo", "headteacher"], 1, None, [("chair", None), ("ceo", None)]),
    (["chair"], None, None, []),
    (["headteacher"], 1, "chair", [("chair", None), ("ceo", None)]),
    (["headteacher"], 1, "deputy", [("deputy", 1), ("ceo", None), ("chair", None)]),
    (["headteacher"], None, "deputy", [("ceo", None), ("chair", None)]),
])
def test_who_is_above(roles: list[str], school: int | None, named: str | None, held: list[chase.Held]) -> None:
    assert chase.higher(packfile.read(packs.bundled("lt2")), roles, school, named) == held


@pytest.mark.parametrize("name", packs.names())
def test_somebody_is_above_everybody_who_is_asked_by_name(name: str) -> None:
    assert len(chase.higher(packfile.read(packs.bundled(name)), ["named_person"], 1)) >= 2
