"""One call of a command: its settings, the display, and whether somebody asked us to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

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

    def patiently(self, work: Callable[[], _T]) -> _T:
        """Do the work in a thread of its own, so that a signal is answered in time whatever the work waits for.

        Raises what the work raises; Interrupted when a signal came and the work did not end within the grace. A
        thread that hangs in a service's silence is left behind: it is a daemon, and its connection is bounded in time.
        """
        done: list[_T] = []
        failed: list[BaseException] = []

        def target() -> None:
            try:
                done.append(work())
            except BaseException as error:  # noqa: BLE001 - raised again where it belongs
                failed.append(error)

        thread = threading.Thread(target=target, name="workflow", daemon=True)
        thread.start()
        patience = GRACE
        while thread.is_alive() and patience > 0:
            thread.join(TICK)
            if self.stop():
                self.halted.set()
                patience -= TICK
        if failed:
            raise failed[0]
        if not done:
            raise Interrupted("Interrupted by a signal; run it again to go on.")
        return done[0]
