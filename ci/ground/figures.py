"""The figures of `ci/bench` that have a goal, computed from what was measured in one run. Pure.

Ratios are of medians, of runs on the same stack behind the same latency: nothing here compares across machines.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ground import effort, timelines
from ground.large import Read
from ground.rivals import CLEANUP, CRUDE, FALLBACK, JANITOR, TERRAFORM, TOFU, Measured
from ground.scanning import Scanned

AT_LEAST, AT_MOST = "at least", "at most"
ABOUT_60, ABOUT_300 = range(50, 100), range(250, 400)
ANY = range(1_000_000)


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should be, on stacks of `size` resources."""

    word: str
    limit: float
    size: range = ANY

    def met_by(self, value: float) -> bool:
        """Whether that is good enough."""
        return value >= self.limit if self.word == AT_LEAST else value <= self.limit

    def __str__(self) -> str:
        return f"{self.word} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One of them, where it was measured, and its goal there, if it has one."""

    name: str
    value: float
    where: str = ""
    goal: Goal | None = None

    @property
    def met(self) -> str:
        """In a word."""
        if self.goal is None:
            return ""
        return "yes" if self.goal.met_by(self.value) else "NO"


GOALS: Mapping[str, tuple[Goal, ...]] = {
    "faster than tofu destroy": (Goal(AT_LEAST, 10.0, ABOUT_60),),
    "faster than terraform destroy": (Goal(AT_LEAST, 10.0, ABOUT_60),),
    "times the crude script": (Goal(AT_MOST, 1.5, ABOUT_60), Goal(AT_MOST, 1.2, ABOUT_300)),
    "times openstack project cleanup": (Goal(AT_MOST, 1.0),),
    "times the longest chain or the busiest service": (Goal(AT_MOST, 1.3, ABOUT_300),),
    "requests per managed resource": (Goal(AT_MOST, 2.5),),
    "MB of memory": (Goal(AT_MOST, 150.0),),
    "objects left": (Goal(AT_MOST, 0.0),),
    "objects left when tofu hangs": (Goal(AT_MOST, 0.0),),
    "times as long for twice the resources": (Goal(AT_MOST, 2.1),),
    "seconds of janitor --help": (Goal(AT_MOST, 0.25),),
    "seconds to scan every kind of an empty project": (Goal(AT_MOST, 1.5),),
    "requests of that for each kind": (Goal(AT_MOST, 1.0),),
    "seconds of processor to read a state of 10 000 resources": (Goal(AT_MOST, 2.0),),
    "MB of memory for that": (Goal(AT_MOST, 150.0),),
    "seconds of processor to evaluate 5 000 lines of HCL": (Goal(AT_MOST, 3.0),),
}

Place = tuple[int, int]
"""Resources and milliseconds: where rows compare."""


class Alone(NamedTuple):
    """What is measured without rivals: `janitor --help`, a scan of every kind, and the readers of large files."""

    helping: float
    scanned: Scanned
    state: Read
    configuration: Read


def figures(rows: Sequence[Measured], alone: Alone, *, cpus: int) -> list[Figure]:
    """All that the rows allow, place by place, then those that have none."""
    found: list[Figure] = []
    places = sorted({(row.resources, row.latency) for row in rows}, key=lambda place: (place[1], place[0]))
    for place in places:
        here = [row for row in rows if (row.resources, row.latency) == place]
        found += [_figure(name, value, place) for name, value in _at(here, cpus)]
    for place, value in _growth(rows, places):
        found.append(_figure("times as long for twice the resources", value, place))
    everywhere = {
        "seconds of janitor --help": alone.helping,
        "seconds to scan every kind of an empty project": alone.scanned.seconds,
        "requests of that for each kind": alone.scanned.requests / alone.scanned.kinds,
        "seconds of processor to read a state of 10 000 resources": alone.state.seconds,
        "MB of memory for that": alone.state.memory,
        "seconds of processor to evaluate 5 000 lines of HCL": alone.configuration.seconds,
    }
    return found + [Figure(name, round(value, 2), goal=GOALS[name][0]) for name, value in everywhere.items()]


def seconds_of(rival: str, rows: Iterable[Measured]) -> float | None:
    """The median of a rival's runs among the rows; None where it did not run."""
    taken = [row.seconds for row in rows if row.rival == rival]
    return statistics.median(taken) if taken else None


def bound(row: Measured, cpus: int) -> tuple[float, effort.Busiest]:
    """What no order of the same work could beat: the longest chain of a janitor's run, and the busiest service."""
    return timelines.length(timelines.longest_chain(row.report)), effort.busiest(row.worked, cpus)


def deletes_of(row: Measured, process: str) -> int:
    """How many of janitor's own deletes a process of the cloud answered; `machine`: all."""
    types = effort.types_of(process)
    asked = [one for one in row.report.get("objects", ()) if one["outcome"] == "deleted" and one["requests"]]
    return sum(process == "machine" or timelines.service_of(one["kind"]) in types for one in asked)


def _at(here: Sequence[Measured], cpus: int) -> Iterator[tuple[str, float]]:
    """The figures of one place."""
    mine = [row for row in here if row.rival == JANITOR.name]
    if not mine:
        return
    seconds = statistics.median(row.seconds for row in mine)
    for name, binary in (("tofu", TOFU), ("terraform", TERRAFORM)):
        if taken := seconds_of(binary.name, here):
            yield f"faster than {name} destroy", taken / seconds
    if taken := seconds_of(CRUDE.name, here):
        yield "times the crude script", seconds / taken
    if taken := seconds_of(CLEANUP.name, here):
        yield "times openstack project cleanup", seconds / taken
    bounds = [max(chain, busy.seconds) for chain, busy in (bound(row, cpus) for row in mine)]
    if all(bounds):
        ratios = [row.seconds / limit for row, limit in zip(mine, bounds, strict=True)]
        yield "times the longest chain or the busiest service", statistics.median(ratios)
    yield "requests per managed resource", max(row.report.get("requests", 0) / row.resources for row in mine)
    yield "MB of memory", max(row.peak for row in mine)
    yield "objects left", max(sum(row.left.values()) for row in mine)
    if after := [row for row in here if row.rival == FALLBACK.name]:
        yield "objects left when tofu hangs", max(sum(row.left.values()) for row in after)


def _growth(rows: Sequence[Measured], places: Sequence[Place]) -> Iterator[tuple[Place, float]]:
    """From each size to the next one, as if that were its double, by the power law through the two."""
    for smaller, larger in pairwise(places):
        before, now = (_janitors(rows, place) for place in (smaller, larger))
        if smaller[1] == larger[1] and before and now:
            yield larger, 2 ** (math.log(now / before) / math.log(larger[0] / smaller[0]))


def _janitors(rows: Sequence[Measured], place: Place) -> float | None:
    return seconds_of(JANITOR.name, [row for row in rows if (row.resources, row.latency) == place])


def _figure(name: str, value: float, place: Place) -> Figure:
    goal = next((goal for goal in GOALS[name] if place[0] in goal.size), None)
    return Figure(name, round(value, 2), f"{place[0]}, {place[1]} ms", goal)
