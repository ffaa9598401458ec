"""The `-json` stream of apply and destroy → events. A line that is no event is None; nothing here decides anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from janitor.core.times import moment_or_none
from janitor.terraform.shapes import Object, mapping

_LONGEST = 1e9


class What(StrEnum):
    """The kinds of events that janitor looks at."""

    START = "apply_start"
    PROGRESS = "apply_progress"
    COMPLETE = "apply_complete"
    ERRORED = "apply_errored"
    PLANNED = "planned_change"
    SUMMARY = "change_summary"
    DIAGNOSTIC = "diagnostic"
    LOCK = "state_lock_acquire"
    OTHER = "other"  # refresh, provisioners, version: movement, nothing more


@dataclass(frozen=True, slots=True)
class ApplyEvent:
    """One line of the stream. `action`: create, delete, update, read …; for a summary its operation."""

    what: What
    at: float | None = None
    address: str = ""
    type: str = ""
    action: str = ""
    id: str = ""
    elapsed: float = 0.0
    severity: str = ""
    text: str = ""  # of a diagnostic: its summary and, in one line, its detail

    @property
    def moves(self) -> bool:
        """Whether it shows progress: `apply_progress` only says that time passes."""
        return self.what is not What.PROGRESS


def event_of(line: bytes | str) -> ApplyEvent | None:
    """The event of one line, None for plain text, torn lines and JSON of others."""
    try:
        body = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event_of_body(body) if isinstance(body, dict) and "@level" in body else None


def event_of_body(body: Object) -> ApplyEvent:
    """The event of a decoded line."""
    kind = _text(body.get("type"))
    what = What(kind) if kind in set(What) else What.OTHER
    at = moment(_text(body.get("@timestamp")))
    if what is What.DIAGNOSTIC:
        diagnostic = mapping(body.get("diagnostic"))
        text = one_line(_text(diagnostic.get("summary")), _text(diagnostic.get("detail")))
        return ApplyEvent(
            what, at, _text(diagnostic.get("address")), severity=_text(diagnostic.get("severity")), text=text
        )
    if what is What.SUMMARY:
        changes = mapping(body.get("changes"))
        return ApplyEvent(what, at, action=_text(changes.get("operation")), text=_text(body.get("@message")))
    hook = mapping(body.get("hook") or body.get("change"))
    resource = mapping(hook.get("resource"))
    elapsed = hook.get("elapsed_seconds")
    return ApplyEvent(
        what,
        at,
        address=_text(resource.get("addr")),
        type=_text(resource.get("resource_type")),
        action=_text(hook.get("action")),
        id=_text(hook.get("id_value")) if hook.get("id_key") == "id" else "",
        elapsed=float(elapsed) if isinstance(elapsed, int | float) and 0 <= elapsed <= _LONGEST else 0.0,
        text=_text(body.get("@message")) if what is What.LOCK else "",
    )


def one_line(*texts: str, longest: int = 600) -> str:
    """Texts of a service as part of a sentence: one line, bounded."""
    joined = ": ".join(" ".join(text.split()) for text in texts if text.strip())
    return joined if len(joined) <= longest else f"{joined[: longest - 1]}…"


def moment(text: str) -> float | None:
    """Seconds since the epoch of a time stamp."""
    head, dot, tail = text.replace("Z", "+00:00").partition(".")
    if dot:  # Python 3.11 reads six digits of a second, GitHub writes seven and Go up to nine
        digits = tail[: len(tail) - len(tail.lstrip("0123456789"))]
        head = f"{head}.{digits[:6].ljust(6, '0')}{tail[len(digits) :]}"
    return moment_or_none(head)


def _text(value: object) -> str:
    """Text, and numbers as text; nothing else was meant to be one."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
