"""Which share of a list is ours, when several jobs sweep the same list: by a stable hash, nobody has to talk."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Shard:
    """Share `index` (from 1) of `total`. What is in it depends on each key alone, not on the list."""

    index: int = 1
    total: int = 1

    def has(self, *key: str) -> bool:
        """Whether this key belongs to the share: exactly one of the `total` shares says yes."""
        return share_of(self.total, *key) == self.index


def share_of(total: int, *key: str) -> int:
    """Which of so many shares, from 1, a key belongs to."""
    digest = sha256("\0".join(key).encode()).digest()
    return int.from_bytes(digest[:8]) % total + 1
