"""One round of `ci/soak faults`: a small stack, a cloud in trouble, `janitor destroy`, and a listing that decides.

Everything happens in a region behind proxies, which break nothing while tofu applies. Then the trouble begins, janitor
runs once with a `--timeout`, and once more when the trouble is over. The listing is `ground.neighbour.look`, past the
proxies; from janitor only its exit code, its time and its words are taken.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from openstack.connection import Connection

from ground import bystanders, markdown, rounds
from ground.cloud import LocalCloud, fault_region
from ground.cloud.faults import FaultRegion
from ground.neighbour import Seen, look
from ground.rounds import EXTERNAL, Site, apply, clean, staged
from ground.troubles import KEYSTONE_DOWN, MUST_GO, TROUBLES, down_throughout, under

LATE = 5.0
SPARE = 0.15
"""A run that ends with more than this part of its time left had the time for what it left."""

TIMEOUTS = (60, 120, 180)
LONGEST = {"late by 2 s": 180, "hung": 180}

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """What one round does."""

    number: int
    seed: int
    trouble: str
    binary: str
    direct: bool
    lost: bool
    """Whether the state is lost: then the run is found by its mark."""
    timeout: int

    @property
    def key(self) -> str:
        """Its name in the results."""
        return f"faults-{self.seed}-{self.number}"


def tasks(chosen: argparse.Namespace) -> Iterator[Task]:
    """Every trouble in turn; each of them, in the next turn, in the other mode."""
    for number in range(1, (chosen.count or len(TROUBLES)) + 1):
        dice = Random(f"faults {chosen.seed} {number}")
        turn, place = divmod(number - 1, len(TROUBLES))
        trouble = TROUBLES[place]
        timeout = max(dice.choice(TIMEOUTS), LONGEST.get(trouble, 0))
        direct = (turn + place + chosen.seed) % 2 == 0
        yield Task(number, chosen.seed, trouble, chosen.binary or "tofu", direct, dice.random() < 0.3, timeout)


def play(task: Task, cloud: LocalCloud, folder: Path, name: str) -> Line:
    """Play the round; the project, its region and the working copy are gone afterwards. Returns its line of results."""
    begun = time.monotonic()
    with cloud.project(name, folder) as project, fault_region(name, seed=task.number) as region:
        way = "mark" if task.lost else "state"
        wreck = rounds.Task("small", task.binary, way, marks=True, number=task.number, moment=None, visit=None)
        with staged(wreck, project, folder, region.env(project, folder)) as (site, user):
            line = _trouble_and_clean(task, site, user, region)
    return {"key": task.key, **asdict(task), **line, "round_seconds": round(time.monotonic() - begun, 1)}


def _trouble_and_clean(task: Task, site: Site, user: Connection, region: FaultRegion) -> Line:
    neighbours = bystanders.settle(user, external=EXTERNAL)
    time.sleep(1.1)  # time stamps are cut to seconds, and the neighbours are older than the run
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    apply(site, until=None)
    if task.lost:
        for state in site.root.glob("terraform.tfstate*"):
            state.unlink()
    mine = look(user).keys() - neighbours.keys()
    mode = ["--direct"] if task.direct else []
    begun = len(region.log)
    with under(task.trouble, region, Random(task.number)):
        first = clean(site, since, [*mode, "--timeout", f"{task.timeout}s"])
        hit = sum(call.fault is not None for call in region.log[begun:])
    after = look(user)
    second = clean(site, since, ["--direct", "--timeout", "300s"])
    now = look(user)
    return {
        "exit": first["exit"],
        "seconds": first["seconds"],
        "hit": hit,
        "objects": len(mine),
        "left": sorted(str(after[key]) for key in mine & after.keys()),
        "again": second["exit"],
        "said": first["said"],
        "said_again": second["said"],
        "violations": judge(task, neighbours, (after, now), (first, second)),
    }


def judge(
    task: Task,
    neighbours: Mapping[str, Seen],
    listings: tuple[Mapping[str, Seen], Mapping[str, Seen]],
    runs: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> list[str]:
    """Every promise that was broken by the run in trouble, and by the one after it."""
    (after, now), (first, second) = listings, runs
    left = [seen for key, seen in after.items() if key not in neighbours]
    broken = [f"touched: {seen}" for key, seen in neighbours.items() if after.get(key) != seen or now.get(key) != seen]
    broken += ["a traceback" for run in runs if run["traceback"]]
    if first["seconds"] > task.timeout + LATE:
        broken.append(f"{first['seconds'] - task.timeout:.0f} s later than its deadline of {task.timeout} s")
    if first["exit"] not in ({3} if task.trouble == KEYSTONE_DOWN else {0, 1, 4}):
        broken.append(f"exit code {first['exit']}")
    if first["exit"] == 0:
        broken += [f"proved, and left {seen}" for seen in left]
    elif first["exit"] in {1, 4} and first["seconds"] < task.timeout * (1 - SPARE):
        broken += [f"left, and could go: {seen}" for seen in left if _could_go(task, seen)]
        if not left and not down_throughout(task.trouble):
            broken.append(f"exit code {first['exit']}, and nothing is left")
    if second["exit"] != 0:
        broken.append(f"exit code {second['exit']} when the trouble was over")
    return broken + [f"left in the end: {seen}" for key, seen in now.items() if key not in neighbours]


def _could_go(task: Task, seen: Seen) -> bool:
    down = down_throughout(task.trouble)
    return not down or seen.kind in MUST_GO[down]


def told(line: Line) -> str:
    """A round in one line."""
    how = "direct" if line["direct"] else line["binary"]
    broken = f"; BROKEN: {'; '.join(line['violations'])}" if line["violations"] else ""
    return (
        f"{line['key']}: {line['trouble']}, {how}{', state lost' if line['lost'] else ''}, {line['hit']} calls hit → "
        f"exit {line['exit']} in {line['seconds']} of {line['timeout']} s, {len(line['left'])} of {line['objects']} "
        f"left; again: {line['again']}{broken}"
    )


def table(lines: Iterable[Line]) -> str:
    """Each trouble and what came of it, and the whole, as Markdown."""
    every = sorted(lines, key=lambda line: TROUBLES.index(line["trouble"]))
    groups: dict[str, list[Line]] = {}
    for line in every:
        groups.setdefault(line["trouble"], []).append(line)
    head = ("trouble", "rounds", "objects", "left by the first run", "exit codes", "and after it", "violations")
    return markdown.table(head, [*((name, *_sums(some)) for name, some in groups.items()), ("all", *_sums(every))])


def _sums(lines: list[Line]) -> tuple[str, ...]:
    first, second = (markdown.counted(line[name] for line in lines) for name in ("exit", "again"))
    objects, left = (sum(line["objects"] for line in lines), sum(len(line["left"]) for line in lines))
    broken = sum(len(line["violations"]) for line in lines)
    return str(len(lines)), str(objects), str(left), first, second, str(broken)
