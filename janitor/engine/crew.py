"""Hands that work: daemon threads and the monotonic clock. A hung answer never keeps the process from ending.

`concurrent.futures` joins its threads when the interpreter ends, and so would wait for a service that does not answer;
these threads are not waited for.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from janitor.engine.protocols import Done

LONGEST_WAIT = 3600.0  # a lock's timeout has an upper bound of its own


class ThreadCrew:
    """A crew of at most `size` threads, started as they are needed."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._threads = 0
        self._busy = 0
        self._work: SimpleQueue[tuple[object, Callable[[], object]] | None] = SimpleQueue()
        self._done: SimpleQueue[Done] = SimpleQueue()

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def start(self, key: object, task: Callable[[], object]) -> None:
        """Run the task in a thread of the crew. Called from one thread only."""
        self._busy += 1
        if self._busy > self._threads and self._threads < self._size:
            self._threads += 1
            threading.Thread(target=self._hand, name=f"crew-{self._threads}", daemon=True).start()
        self._work.put((key, task))

    def next(self, until: float) -> Done | None:
        """The next finished task, or None when the clock has reached `until`."""
        wait = max(0.0, until - self.now())
        try:
            done = self._done.get(timeout=min(wait, LONGEST_WAIT) if math.isfinite(wait) else LONGEST_WAIT)
        except Empty:
            return None
        self._busy -= 1
        return done

    def dismiss(self) -> None:
        """Let idle threads end; those that hang are left to the end of the process."""
        for _ in range(self._threads):
            self._work.put(None)
        self._threads = 0

    def _hand(self) -> None:
        while (item := self._work.get()) is not None:
            key, task = item
            try:
                done = Done(key, value=task())
            except Exception as error:  # noqa: BLE001 - handed over: the scheduler decides what it means
                done = Done(key, error=error)
            self._done.put(done)
