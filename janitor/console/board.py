"""What is going on right now, kept from events: what is asked to go, what waits for whom, what is done.

Pure: both displays read from it. The engine's events come as anything that has these fields; the engine itself is
not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType
from typing import Protocol

from janitor.core.model import Holder, Ref
from janitor.core.text import clean


class Loudness(IntEnum):
    """How much a person wants to read: -q, nothing, -v."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


class Event(Protocol):
    """What the engine tells; see `engine.protocols.Event`."""

    @property
    def what(self) -> str: ...
    @property
    def ref(self) -> Ref | None: ...
    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def holders(self) -> tuple[Holder, ...]: ...


HEARD_FROM: Mapping[str, Loudness] = MappingProxyType(
    {
        "stuck": Loudness.QUIET,
        "failed": Loudness.QUIET,
        "blocked": Loudness.QUIET,
        "giving-up": Loudness.QUIET,
        "gone": Loudness.NORMAL,
        "absent": Loudness.NORMAL,
        "held": Loudness.NORMAL,
    }
)
"""From which loudness on an event has a line of its own; what is not here needs -v."""


@dataclass(slots=True)
class Task:
    """Something that is asked to go. `waits` says for what, "" while it is simply going."""

    label: str
    began: float
    verb: str = "deleting"
    waits: str = ""


@dataclass(slots=True)
class Board:
    """The counts and the open tasks of the phase that is shown."""

    total: int = 0
    done: int = 0
    failed: set[object] = field(default_factory=set)
    tasks: dict[object, Task] = field(default_factory=dict)
    said: dict[object, str] = field(default_factory=dict)  # what was said last of each object that stays

    def begin(self) -> None:
        """A new phase: other tasks, other counts."""
        self.total = self.done = 0
        self.failed.clear()
        self.tasks.clear()

    def take(self, event: Event, *, now: float) -> None:
        """Follow one event of the engine."""
        if event.ref is None:
            return
        match event.what:
            case "gone" | "absent":
                self.done += 1
                self.failed.discard(event.ref)
                self.tasks.pop(event.ref, None)
            case "failed" | "blocked":
                self.failed.add(event.ref)
                self.tasks.pop(event.ref, None)
            case "stuck":
                self.tasks.pop(event.ref, None)
            case _:
                task = self.tasks.setdefault(event.ref, Task(label(event), now))
                task.waits = waiting(event) if event.what in {"held", "retry"} else ""

    def take_terraform(self, address: str, action: str, status: str, *, now: float) -> None:
        """Follow one line of terraform's progress."""
        if status in {"complete", "errored"}:
            self.done += status == "complete" and action != "read"  # data sources are none of those expected
            if status == "errored":
                self.failed.add(address)
            self.tasks.pop(address, None)
        else:
            verb = {"delete": "deleting", "create": "creating", "read": "reading", "update": "updating"}
            self.tasks.setdefault(address, Task(clean(address), now, verb.get(action, clean(action) or "doing")))

    def is_news(self, event: Event) -> bool:
        """Whether what keeps an object is another thing than the last time; the engine may ask often."""
        if event.what not in {"held", "blocked", "failed"}:
            return True
        words = waiting(event) if event.what == "held" else line(event)
        if self.said.get(event.ref) == words:
            return False
        self.said[event.ref] = words
        return True

    def tally(self) -> str:
        """`41 of 63 done, 2 failed`; empty before anything happened."""
        parts = []
        if self.done or self.total:
            parts.append(f"{self.done} of {self.total} done" if self.total else f"{self.done} done")
        if self.failed:
            parts.append(f"{len(self.failed)} failed")
        return ", ".join(parts)


def label(event: Event) -> str:
    """`server web-1`."""
    if event.ref is None:
        return clean(event.name)
    return f"{clean(event.ref.kind)} {clean(event.name) or clean(event.ref.id)}"


def waiting(event: Event) -> str:
    """`held by port by-hand (id) of project …`, or what the event says."""
    if event.holders:
        return "held by " + ", ".join(clean(holder) for holder in event.holders)
    return clean(event.text)


def line(event: Event) -> str:
    """One event in one line; a text that names the holders already says it alone."""
    identifier = f" ({clean(event.ref.id)})" if event.ref and event.name and event.name != event.ref.id else ""
    text = clean(event.text)
    told = all(clean(holder) in text for holder in event.holders)
    said = (f"{label(event)}{identifier}", "" if told else waiting(event), text)
    return f"{clean(event.what):<9} {': '.join(filter(None, said))}".rstrip()
