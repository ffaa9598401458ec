"""A table in Markdown, and how a cell counts: what every table of this folder is written with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows under their head."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def counted(codes: Iterable[int]) -> str:
    """`0 (9), 4 (1)`."""
    return ", ".join(f"{code} ({count})" for code, count in sorted(Counter(codes).items()))
