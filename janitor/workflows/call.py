"""One call of a command: its settings, the display, and whether somebody asked us to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from janitor.console import Console
from janitor.core.errors import Interrupted
from janitor.settings import Settings

_T = TypeVar("_T")

GRACE = 5.0
"""Seconds after a signal in which the work may end by itself: CI runners kill after 7.5 (GitHub), 10 (docker stop)."""

TICK = 0.1


@dataclass(frozen=True, slots=True)
class Call:
    """What every step of a workflow is handed. `began` is on the monotonic clock."""

    settings: Settings
    console: Console
    stop: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)
    halted: threading.Event = field(
        default_factory=threading.Event
    )  # set once `stop` is true: for waits in other threads

    @property
    def deadline(self) -> float:
        """The run's deadline, on the monotonic clock."""
        return self.began + self.settings.timeout

    def go_on(self) -> None:
        """Raise Interrupted when a signal came."""
        if self.halted.is_set() or self.stop():
            raise Interrupted("Interrupted by a signal; run it again to go on.")

    def sleep(self, seconds: float) -> None:
        """Wait, but for signals."""
        self.halted.wait(seconds)
        self.go_on()

    def beside(self, work: Callable[[], _T]) -> Callable[[], _T]:
        """Begin the work in a thread of its own; what is returned waits for it and gives, or raises, what it did."""
        under_way = _UnderWay(work, name="beside")

        def ended() -> _T:
            while not under_way.ended(TICK):
                self.go_on()
            return under_way.outcome()

        return ended

    def patiently(self, work: Callable[[], _T]) -> _T:
        """Do the work in a thread of its own, so that a signal is answered in time whatever the work waits for.

        Raises what the work raises; Interrupted when a signal came and the work did not end within the grace. A
        thread that hangs in a service's silence is left behind: it is a daemon, and its connection is bounded in time.
        """
        under_way = _UnderWay(work, name="workflow")
        patience = GRACE
        while not under_way.ended(TICK) and patience > 0:
            if self.stop():
                self.halted.set()
                patience -= TICK
        return under_way.outcome()


class _UnderWay(Generic[_T]):
    """Work in a daemon thread, and what it gave or raised."""

    def __init__(self, work: Callable[[], _T], *, name: str) -> None:
        self._work = work
        self._done: list[_T] = []
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ended(self, seconds: float) -> bool:
        """Wait that long at most; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def outcome(self) -> _T:
        """What it gave. Raises what it raised, Interrupted while it has not ended."""
        if self._failed:
            raise self._failed[0]
        if not self._done:
            raise Interrupted("Interrupted by a signal; run it again to go on.")
        return self._done[0]

    def _run(self) -> None:
        try:
            self._done.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            self._failed.append(error)
