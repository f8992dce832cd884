"""How times are said: as short as is clear, in the trust's zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.words import Calendar

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 5, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "now", "stays", "passes"),
    [
        (datetime(2026, 11, 5, 14, 20, tzinfo=UTC), NOW, "Thu 5 Nov 14:20", "today 14:20"),
        (datetime(2026, 11, 6, 9, 0, tzinfo=UTC), NOW, "Fri 6 Nov 09:00", "tomorrow 09:00"),
        (datetime(2026, 11, 4, 23, 59, tzinfo=UTC), NOW, "Wed 4 Nov 23:59", "yesterday 23:59"),
        (datetime(2027, 1, 4, 9, 0, tzinfo=UTC), NOW, "Mon 4 Jan 09:00", "Mon 4 Jan 09:00"),
        (datetime(2027, 6, 1, 8, 0, tzinfo=UTC), NOW, "Tue 1 Jun 2027 09:00", "Tue 1 Jun 2027 09:00"),
        (datetime(2025, 11, 5, 9, 0, tzinfo=UTC), NOW, "Wed 5 Nov 2025 09:00", "Wed 5 Nov 2025 09:00"),
        # In summer the day begins an hour before it does in UTC.
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "Thu 2 Jul 00:30",
         "tomorrow 00:30"),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "Sun 29 Mar 02:30",
         "today 02:30"),
    ],
)  # fmt: skip
def test_a_time(at: datetime, now: datetime, stays: str, passes: str) -> None:
    calendar = Calendar(LONDON, now)
    assert (calendar.say(at), calendar.tell(at)) == (stays, passes)


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_no_two_days_are_said_alike(away: timedelta) -> None:
    """Whoever reads it knows the year: what is said without one is the nearest such day."""
    at = NOW + away
    said = Calendar(LONDON, NOW).say(at)
    assert len(said) <= len("Thu 15 Nov 2026 14:20")
    if str(at.astimezone(LONDON).year) not in said:
        assert abs(at - NOW) < timedelta(days=183)
