"""Durations and points in time as people write and read them: `90s`, `1h30m`, `2026-11-21T10:00:00Z`, `2h` ago.

Reads text, never a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_DURATION = re.compile(
    r"(?:(?P<d>\d+(?:\.\d+)?)d)?(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s)?"
)
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_MINUTE, _HOUR = 60, 3600


def duration(text: str) -> float:
    """Seconds of `90s`, `5m`, `1h30m`, `2d`. Raises ValueError, also for a number without a unit."""
    match = _DURATION.fullmatch(text.strip().lower())
    if match is None or not match.group(0):
        raise ValueError(f"{text!r} is not a duration like 90s, 5m or 1h30m")
    return sum(float(match.group(unit) or 0) * seconds for unit, seconds in _UNITS.items())


def duration_or_none(text: str) -> float | None:
    """The same, None where the text is no duration."""
    try:
        return duration(text)
    except ValueError:
        return None


def moment(text: str) -> float:
    """Seconds since the epoch of an ISO 8601 time; without a zone it is UTC, as OpenStack prints times."""
    try:
        parsed = datetime.fromisoformat(text.strip())
        epoch = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is not a time like 2026-11-21T10:00:00Z") from None
    return epoch


def moment_or_none(text: str) -> float | None:
    """The same, None where the text is no time."""
    try:
        return moment(text)
    except ValueError:
        return None


def since(text: str, *, now: float) -> float:
    """Seconds since the epoch of an ISO 8601 time, or of an age before `now`."""
    if _DURATION.fullmatch(text.strip().lower()) and text.strip():
        if duration(text) > now:
            raise ValueError(f"{text!r} is longer ago than any clock can say")
        return now - duration(text)
    found = moment_or_none(text)
    if found is None or found < 0:
        raise ValueError(f"{text!r} is neither a time like 2026-11-21T10:00:00Z nor an age like 2h")
    return found


def iso(epoch: float) -> str:
    """The time in UTC, with a `Z`."""
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def spell(seconds: float) -> str:
    """`0.4 s`, `12.3 s`, `4m10s`, `1h05m`: short enough for a progress line."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{max(seconds, 0.0):.1f} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}m{whole % _MINUTE:02d}s"
    return f"{whole // _HOUR}h{whole % _HOUR // _MINUTE:02d}m"
