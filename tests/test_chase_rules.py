"""When what is undecided is reminded of and put to somebody above, and to whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import packs
from handlers.rules import chase, packfile
from handlers.rules.pack import Clocks
from handlers.rules.reading import working

LONDON = ZoneInfo("Europe/London")
USUAL = Clocks(expire_days=14)
MOMENTS = st.integers(0, 1_500_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def at(day: int, hour: float) -> datetime:
    """In November 2026, whose fifth is a Thursday."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour)


@pytest.mark.parametrize(("nudges", "now", "until", "then"), [
    (0, at(5, 9), at(19, 9), at(6, 9)),
    (0, at(6, 9), at(20, 9), at(9, 8)),  # not on a Saturday
    (0, at(5, 20), at(19, 20), at(9, 8)),  # nor on Friday night
    (1, at(6, 9), at(19, 9), at(9, 8)),  # 48 hours after the reminder, however late that was
    (1, at(9, 8), at(19, 9), at(11, 8)),
    (2, at(11, 8), at(19, 9), None),
    (0, at(5, 9), at(5, 17), at(5, 13)),  # it goes live today: after half of the time
    (1, at(5, 13), at(5, 17), at(5, 15)),
    (0, at(5, 18), at(6, 7), None),  # there is no hour of work before it
    (0, at(5, 9), at(6, 9), at(5, 21) + timedelta(hours=11)),
])
def test_when(nudges: int, now: datetime, until: datetime, then: datetime | None) -> None:
    assert chase.due(USUAL, nudges, now, until, LONDON) == then


@given(MOMENTS, st.integers(1, 60 * 24 * 20), st.integers(0, 1000), st.integers(0, 1000), st.integers(0, 3))
def test_in_working_hours_and_never_too_late(now: datetime, left: int, remind: int, up: int, nudges: int) -> None:
    clocks = Clocks(expire_days=30, remind_hours=min(remind, up), escalate_hours=max(remind, up))
    until = now + timedelta(minutes=left)
    then = chase.due(clocks, nudges, now, until, LONDON)
    assert then is None or (now < then < until and working(then, LONDON))


@pytest.mark.parametrize(("remind", "up", "last"), [(24, 72, [1]), (0, 72, [0]), (24, 0, []), (0, 0, [])])
def test_what_a_pack_leaves_out_is_not_done(remind: int, up: int, last: list[int]) -> None:
    clocks = Clocks(expire_days=14, remind_hours=remind, escalate_hours=up)
    looks = [n for n in range(3) if chase.due(clocks, n, at(5, 9), at(19, 9), LONDON) is not None]
    assert looks == list(range(bool(remind) + bool(up)))
    assert [n for n in looks if chase.is_last(clocks, n)] == last


@pytest.mark.parametrize(("roles", "school", "held"), [
    (["headteacher"], 1, [("ceo", None), ("chair", None)]),
    (["senior_leader"], 1, [("headteacher", 1), ("ceo", None), ("chair", None)]),
    (["line_manager"], 1, [("headteacher", 1), ("ceo", None), ("chair", None)]),
    (["line_manager"], None, [("ceo", None), ("chair", None)]),
    (["ceo", "headteacher"], 1, [("chair", None), ("ceo", None)]),
    (["chair"], None, []),
])
def test_who_is_above(roles: list[str], school: int | None, held: list[chase.Held]) -> None:
    assert chase.higher(packfile.read(packs.bundled("lt2")), roles, school) == held


@pytest.mark.parametrize("name", packs.names())
def test_somebody_is_above_everybody_who_is_asked_by_name(name: str) -> None:
    assert len(chase.higher(packfile.read(packs.bundled(name)), ["named_person"], 1)) >= 2
