"""SIGINT and SIGTERM set a flag and say so: the workflow stops starting things, ends its journal and reports.

A second signal changes nothing: an impatient CI must not tear the journal. What cannot wait is killed by kill -9, and
loses nothing but time.
"""

from __future__ import annotations

import atexit
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SAID = b"\njanitor: stopping; nothing more is begun, the report follows\n"
STDERR = 2


@dataclass(slots=True)
class Stop:
    """Whether somebody asked us to stop. Plain attributes: a handler that takes a lock can wait for itself."""

    signal: int = 0
    repeated: bool = False

    def __call__(self) -> bool:
        """Asked in every loop that starts or waits for something."""
        return self.signal != 0

    def again(self) -> bool:
        """Whether somebody asked a second time: for what is only begun after the first."""
        return self.repeated

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """The handler; the first signal is remembered, and answered without touching a stream that may be in use."""
        if self.signal:
            self.repeated = True
        else:
            self.signal = number
            with suppress(OSError):
                os.write(STDERR, SAID)

    def install(self) -> None:
        """From now on signals only set the flag. SIGTERM alike: `docker stop` and CI runners send that one."""
        for number in SIGNALS:
            signal.signal(number, self.handle)
        atexit.register(_deafen)


def _deafen() -> None:
    """When all is said, no signal changes the exit code: Python takes handlers away while it clears up, and one that
    arrived then would end janitor as if it had been killed in the middle.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
