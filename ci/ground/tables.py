"""The tables of `ci/bench`, as Markdown: who took how long and left what, what bounds a run, the figures and goals."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ground.figures import Figure, bound, deletes_of
from ground.markdown import table
from ground.rivals import JANITOR, Measured


def tables(rows: Sequence[Measured], figures: Iterable[Figure], *, cpus: int) -> str:
    """All of them, in the order in which they are read."""
    groups: dict[tuple[int, int, str], list[Measured]] = {}
    for row in rows:
        groups.setdefault((row.latency, row.resources, row.rival), []).append(row)
    return "\n\n".join(
        [
            table(
                (
                    "resources",
                    "ms",
                    "who",
                    "runs",
                    "seconds",
                    "exit code",
                    "memory (MB)",
                    "own CPU (s)",
                    "load",
                    "left",
                ),
                [_took(some) for some in groups.values()],
            ),
            table(
                ("resources", "ms", "longest chain (s)", "of", "busiest", "computed (s)", "its deletes per second"),
                [_bounds(some, cpus) for (_, _, rival), some in groups.items() if rival == JANITOR.name],
            ),
            table(
                ("figure", "where", "seen", "goal", "met"),
                [(one.name, one.where, f"{one.value:g}", str(one.goal or ""), one.met) for one in figures],
            ),
        ]
    )


def spread(values: Sequence[float], form: str = ".1f") -> str:
    """The smallest, the median and the largest; alone, what stands alone."""
    if len(values) == 1:
        return format(values[0], form)
    return " / ".join(format(value, form) for value in (min(values), statistics.median(values), max(values)))


def left(kinds: Mapping[str, int]) -> str:
    """`2 port, 1 volume`, or nothing."""
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "nothing"


def _took(some: Sequence[Measured]) -> tuple[str, ...]:
    one = some[0]
    most = Counter[str]()
    for row in some:
        most |= Counter(row.left)
    return (
        str(one.resources),
        str(one.latency),
        one.rival,
        str(len(some)),
        spread([row.seconds for row in some]),
        ", ".join(str(code) for code in sorted({row.code for row in some})),
        f"{max(row.peak for row in some):.0f}",
        f"{statistics.median(row.cpu for row in some):.1f}",
        f"{statistics.median(row.busy for row in some):.1f}",
        left(most),
    )


def _bounds(some: Sequence[Measured], cpus: int) -> tuple[str, ...]:
    """Of the run in the middle: what could not have gone faster."""
    row = sorted(some, key=lambda row: row.seconds)[len(some) // 2]
    chain, busy = bound(row, cpus)
    rate = deletes_of(row, busy.name) / busy.seconds if busy.seconds else 0.0
    return (
        str(row.resources),
        str(row.latency),
        f"{chain:.1f}",
        f"{row.seconds:.1f}",
        busy.name,
        f"{busy.seconds:.1f}",
        f"{rate:.1f}",
    )
