"""One call of a command: its settings, the display, and whether somebody asked us to stop."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from janitor.console import Console
from janitor.core.errors import Interrupted
from janitor.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """What every step of a workflow is handed. `began` is on the monotonic clock."""

    settings: Settings
    console: Console
    stop: Callable[[], bool]
    began: float = field(default_factory=time.monotonic)

    @property
    def deadline(self) -> float:
        """The run's deadline, on the monotonic clock."""
        return self.began + self.settings.timeout

    def go_on(self) -> None:
        """Raise Interrupted when a signal came."""
        if self.stop():
            raise Interrupted("Interrupted by a signal.")

    def sleep(self, seconds: float) -> None:
        """Wait, but for signals."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.go_on()
            time.sleep(0.1)
