"""Time that a test owns: one clock for the crew, the workflows and the cloud, and a run that can be killed anywhere.

The workflows read the clock from `time`, and hire their crew themselves; inside `living` both are this clock's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import StringIO
from types import ModuleType
from typing import Any
from unittest.mock import patch

from engine.instant import InstantCrew

from janitor.console import Console, Loudness
from janitor.core.catalogue.reading import epoch
from janitor.workflows.call import Call

NOON = epoch("2026-11-21T12:00:00Z") or 0.0
"""What the wall's clock says when a run begins; the crew's clock says 1000."""

HANDS = 8
"""A scan asks with so many threads, here one after the other: what one waits for costs it a share of that."""

PACKAGES = ("janitor.workflows.", "janitor.cloud.live")


class Killed(BaseException):
    """What nothing catches: the end of a janitor that got no word to say."""


class Hands(InstantCrew):
    """The crew of every round of a run, and its clock. Each step that can be seen from outside is counted.

    `dies_at`: the step at which janitor is killed; whatever was sent before that is carried out.
    """

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.begun = self.clock
        self.steps = 0
        self.dies_at: int | None = None

    def hired(self, _size: int) -> Hands:
        """What the workflows take for a new crew: nobody waits any more for what the one before had begun."""
        self._under_way.clear()
        return self

    def dismiss(self) -> None:
        """Nobody is paid by the hour."""

    def step(self) -> None:
        """Something happened that the world can see."""
        self.steps += 1
        if self.steps == self.dies_at:
            raise Killed

    def wall(self) -> float:
        """Seconds since the epoch."""
        return NOON + self.clock - self.begun


class Clock(ModuleType):
    """What stands in for the module `time`."""

    def __init__(self, hands: Hands) -> None:
        super().__init__("time")
        self._hands = hands

    def time(self) -> float:
        return self._hands.wall()

    def monotonic(self) -> float:
        return self._hands.clock

    def sleep(self, seconds: float) -> None:
        self._hands.clock += max(0.0, seconds) / HANDS  # a scan's: the other hands work on meanwhile


@contextmanager
def living(hands: Hands, **instead: object) -> Iterator[None]:
    """Let the workflows and a live cloud's scan live by this clock, with these in the place of what they name so."""
    named = {"time": Clock(hands), "ThreadCrew": hands.hired, **instead}
    with ExitStack() as stack:
        for module in sorted(sys.modules):
            if not module.startswith(PACKAGES):
                continue
            for name in named.keys() & vars(sys.modules[module]).keys():
                if name != "time" or sys.modules[module].time is time:
                    stack.enter_context(patch.object(sys.modules[module], name, named[name]))
        yield


@dataclass(frozen=True)
class InstantCall(Call):
    """A call whose waits take no time, and whose work is done by whoever asks for it."""

    hands: Hands = None  # type: ignore[assignment]

    def sleep(self, seconds: float) -> None:
        self.hands.clock += seconds
        self.go_on()

    def patiently(self, work: Any) -> Any:
        return work()

    def beside(self, work: Any) -> Any:
        return work


def call(settings: Any, hands: Hands) -> InstantCall:
    console = Console(StringIO(), loudness=Loudness.QUIET, yes=True, clock=hands.now)
    return InstantCall(settings, console, lambda: False, began=hands.clock, hands=hands)
