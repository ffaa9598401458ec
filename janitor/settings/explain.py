"""Settings as a table for people: what each one is, and where it came from. Never the values that may be secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from janitor.core import times
from janitor.settings.table import FIELDS
from janitor.settings.values import Settings

SECRET = frozenset({"backend_config", "var"})
"""Passwords and tokens stand in these: their names are shown, their values are not."""

ONE_CALL = frozenset({"timeouts", "yes", "dry_run"})
"""Shown row by row, or no setting of anything but the call."""

MOMENTS = frozenset({"since"})
DURATIONS = frozenset({"timeout", "stall_after", "lock_timeout", "rollback_timeout"})


@dataclass(frozen=True, slots=True)
class Explained:
    """One setting: `value` in words, `source` as `option --mark` or `default`."""

    name: str
    value: str
    source: str


def explained(settings: Settings) -> Iterator[Explained]:
    """Every setting that has a value, in the table's order; one row for each kind whose timeout was given."""
    for name in ("chdir", *(field for field in FIELDS if field not in ONE_CALL), "since"):
        value = _in_words(name, getattr(settings, name))
        if value:
            yield Explained(name.replace("_", "-"), value, str(settings.origin(name)))
    for kind in sorted(settings.timeouts):
        yield Explained(f"timeouts.{kind}", times.spell(settings.timeouts[kind]), str(settings.origin("timeouts")))


def _in_words(name: str, value: object) -> str:
    if value is None or value is False or value in ((), {}, frozenset()):
        return ""
    if name in SECRET and isinstance(value, Mapping):
        return ", ".join(f"{key}=…" for key in sorted(value))
    if name in MOMENTS and isinstance(value, float):
        return times.iso(value)
    if name in DURATIONS and isinstance(value, float):
        return times.spell(value)
    return _plain(value)


def _plain(value: object) -> str:
    if value is True:
        return "yes"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={_plain(value[key])}" for key in sorted(value))
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ", ".join("=".join(_plain(part) for part in pair) for pair in value)
    if isinstance(value, tuple | frozenset):
        return ", ".join(sorted(_plain(item) for item in value))
    return str(value) if not isinstance(value, Path) else value.as_posix()
