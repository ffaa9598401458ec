"""How much one service is asked at once: halved when it says "too much" or drags, regained slowly; and since when it is
silent.

Pure bookkeeping: decides nothing about who is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 1.0
REST = 1.0  # seconds within which several refusals count as one
SLOW = 10.0  # seconds: what is quicker than that is never too slow …
STRETCHED = 4.0  # … and what is slower is, at so many times of the quickest


@dataclass(slots=True)
class Limit:
    """The limit of one service and what is under way there."""

    most: float
    allowed: float
    running: int = 0
    halved_at: float = float("-inf")
    silent_since: float | None = None  # nobody has got a usable answer since then
    quickest: float = float("inf")  # seconds of one reading and what follows it

    @property
    def free(self) -> bool:
        """Whether one more request may be sent."""
        return self.running < int(self.allowed)

    def halve(self, now: float) -> bool:
        """Ask less from now on; True when the limit really fell."""
        if now - self.halved_at < REST or self.allowed <= LEAST:
            return False
        self.halved_at = now
        self.allowed = max(LEAST, self.allowed / 2)
        return True

    def drags(self, seconds: float) -> bool:
        """Whether an answer took far longer than this service has shown to need: it has too much to do."""
        self.quickest = min(self.quickest, seconds)
        return seconds > max(SLOW, STRETCHED * self.quickest)

    def silent(self, now: float) -> float:
        """One more question without an answer: since when that is so."""
        if self.silent_since is None:
            self.silent_since = now
        return self.silent_since

    def speak(self) -> None:
        """It answered somebody."""
        self.silent_since = None

    def recover(self) -> None:
        """One good answer: a whole round of them regains one place."""
        self.allowed = min(self.most, self.allowed + 1.0 / max(1.0, self.allowed))


def limit(most: int) -> Limit:
    """A fresh limit."""
    return Limit(most=float(most), allowed=float(most))
