"""The way of a request that a test writes by hand: one step, to whoever is headteacher there."""

from datetime import datetime
from typing import Any


def to_head(school: int | None, since: datetime | None) -> list[dict[str, Any]]:
    """Open since then; None: not asked yet."""
    return [to("headteacher", school, since)]


def to(
    role: str, school: int | None, since: datetime | None = None, step: int = 0, together: bool = False,
    person: int | None = None,
) -> dict[str, Any]:
    """One ask, as `storage.asks.add` takes it."""
    return {
        "step": step, "role": role, "school_id": school, "person_id": person, "together": together,
        "clause": "7.3.5", "open": since is not None, "since": since,
    }
