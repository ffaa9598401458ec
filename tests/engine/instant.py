"""Hands that work at once and a clock that jumps: an hour of retries takes a moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from random import Random

from janitor.engine.protocols import Done


class InstantCrew:
    """A task is carried out when it is started; its answer arrives a seeded moment later, as over a network."""

    def __init__(self, seed: int = 0, *, latency: float = 0.05, begin: float = 1000.0) -> None:
        self.clock = begin
        self.most = 0
        self._latency = latency
        self._dice = Random(seed)  # noqa: S311 - latency, not a secret
        self._under_way: list[tuple[float, int, Done]] = []
        self._count = 0
        self.is_working = False
        self._late = 0.0

    def now(self) -> float:
        return self.clock + (self._late if self.is_working else 0.0)

    def hang(self, seconds: float) -> None:
        """The answer comes so much later: that of the task at work, or to whoever waits for it without a crew."""
        if self.is_working:
            self._late += seconds
        else:
            self.clock += seconds

    def start(self, key: object, task: Callable[[], object]) -> None:
        self.is_working, self._late = True, 0.0
        try:
            done = Done(key, value=task())
        except Exception as error:  # noqa: BLE001 - handed over, as the real crew does
            done = Done(key, error=error)
        finally:
            self.is_working = False
        self._count += 1
        arrives = self.clock + self._latency * self._dice.uniform(0.2, 2.0) + self._late
        heapq.heappush(self._under_way, (arrives, self._count, done))
        self.most = max(self.most, len(self._under_way))

    def next(self, until: float) -> Done | None:
        if self._under_way and self._under_way[0][0] <= until:
            self.clock, _, done = heapq.heappop(self._under_way)
            return done
        self.clock = max(self.clock, until)
        return None
