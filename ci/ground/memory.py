"""`ci/soak clouds|deaths|troubles|load`: seeded rounds in the in-memory clouds of the tests, judged by their ledger.

Needs neither cloud nor terraform. Kept as one JSON line each: a soak that was ended goes on where it was, and a round
with a violation is played again by the next call.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing import Pool, get_context
from typing import Any

from ledger import deaths, load, play, troubles

from ground import markdown
from ground.cache import cache_dir, say
from ground.soak import Results

Line = dict[str, Any]

PLAYS: Mapping[str, Callable[..., Line]] = {"clouds": play.play, "deaths": deaths.play, "troubles": troubles.play}

DESCRIPTION = """\
clouds   random clouds, states, configurations and logs: destroy, rollback and sweep, and a ledger of who made what
deaths   janitor killed at random steps, up to three times in a row: the next run ends with 0
troubles a fifth of all answers wrong, late or lost, or one service down: nothing is left that could go
load     1 000, 10 000 and 100 000 objects destroyed: janitor's own seconds and megabytes; kept nowhere"""

EPILOG = "exit codes: 0 every promise kept · 1 a promise broken"

LOADS = (1_000, 10_000, 100_000)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ci/soak", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("what", choices=(*PLAYS, "load"))
    top.add_argument("--count", type=int, default=100, metavar="N", help="how many rounds (100)")
    top.add_argument("--seed", type=int, default=0, metavar="N", help="of the first one")
    top.add_argument("--size", type=int, default=0, metavar="N", help="objects in each cloud (50 to 500)")
    top.add_argument("--jobs", type=int, default=1, metavar="N", help="rounds at the same time")
    top.add_argument("--again", action="store_true", help="also those that were played before")
    return top


def main(arguments: list[str]) -> int:
    """Play what is not played yet, then print the table."""
    chosen = parser().parse_args(arguments)
    if chosen.what == "load":
        return _load((chosen.size,) if chosen.size else LOADS)
    results = Results(cache_dir() / "soak" / f"memory-{chosen.what}.jsonl")
    kept = _newest(results.rounds())
    seeds = range(chosen.seed, chosen.seed + chosen.count)
    todo = [n for n in seeds if chosen.again or chosen.count == 1 or not _is_done(kept.get(_key(chosen, n)))]
    say(f"{len(todo)} rounds to play, {len(kept)} are kept in {results.path}")
    began = time.monotonic()
    for number, line in enumerate(_played(chosen, todo), 1):
        kept[line["key"]] = line
        results.keep(line)
        for text in line["violations"]:
            say(f"BROKEN: {text}\n  ci/soak {chosen.what} --seed {line['seed']} --count 1 --size {chosen.size}")
        if number % 100 == 0 or number == len(todo):
            say(f"[{number}/{len(todo)}] {number / (time.monotonic() - began):.1f} a second")
    print(table(kept.values()))
    print(f"\n{results.path}")
    return 1 if any(line["violations"] for line in kept.values()) else 0


def _load(sizes: Iterable[int]) -> int:
    """Each size in a process of its own, whose memory nobody had before."""
    rows: list[Mapping[str, Any]] = []
    for size in sizes:
        with get_context("spawn").Pool(1) as pool:
            rows.append(pool.apply(load.measure, (size,)))
        say(", ".join(f"{value} {name}" for name, value in rows[-1].items()))
    print(markdown.table(tuple(rows[0]), [[str(value) for value in row.values()] for row in rows]))
    return 1 if any(row["exit"] or row["left"] for row in rows) else 0


def _played(chosen: argparse.Namespace, seeds: list[int]) -> Iterator[Line]:
    work = [(chosen.what, seed, chosen.size, _key(chosen, seed)) for seed in seeds]
    if chosen.jobs == 1:
        yield from map(_play, work)
        return
    with Pool(chosen.jobs) as pool:
        yield from pool.imap_unordered(_play, work, chunksize=8)


def _play(task: tuple[str, int, int, str]) -> Line:
    what, seed, size, key = task
    return {**PLAYS[what](seed, size=size), "key": key}


def _key(chosen: argparse.Namespace, seed: int) -> str:
    return f"{chosen.what}-{seed}" + (f"-{chosen.size}" if chosen.size else "")


def _newest(lines: Iterable[Line]) -> dict[str, Line]:
    return {line["key"]: line for line in lines}


def _is_done(line: Line | None) -> bool:
    return line is not None and not line["violations"]


def table(lines: Iterable[Line]) -> str:
    """Each way and what came of it, and the whole, as Markdown."""
    every = list(lines)
    groups: dict[str, list[Line]] = {}
    for line in every:
        groups.setdefault(line["way"], []).append(line)
    head = ("way", "rounds", "objects", "deleted", "exit codes", "seconds each", "violations")
    sums = ((way, *_sums(some)) for way, some in sorted(groups.items()))
    return markdown.table(head, [*sums, ("all", *_sums(every))])


def _sums(lines: list[Line]) -> tuple[str, ...]:
    return (
        str(len(lines)),
        str(sum(line["objects"] for line in lines)),
        str(sum(line["deletes"] for line in lines)),
        markdown.counted(line["exit"] for line in lines),
        f"{sum(line['seconds'] for line in lines) / max(1, len(lines)):.2f}",
        str(sum(len(line["violations"]) for line in lines)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
