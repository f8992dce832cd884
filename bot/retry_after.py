"""How long a server asks to be left alone: RFC 9110's Retry-After, in seconds or as a date."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

MOST = 3600.0
"""Seconds. Whoever asks for more is asked again after an hour."""


def wanted(headers: Mapping[str, str]) -> float | None:
    """Seconds from now; None where it says nothing that makes sense. A date is measured by the server's own clock."""
    said = headers.get("Retry-After", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        return _until(said, headers.get("Date", ""))
    return min(seconds, MOST) if math.isfinite(seconds) and seconds >= 0 else None


def _until(said: str, now: str) -> float | None:
    try:
        seconds = (parsedate_to_datetime(said) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, min(seconds, MOST))
