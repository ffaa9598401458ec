"""When each object went in a run of `ci/bench`, as janitor's report, terraform's `-json` log or the crude script say.

Pure. From janitor's own timeline also the longest chain of deletions that waited for each other: no order of work is
faster than that while each deletion takes what it took.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from janitor.core.catalogue import KINDS, kind_of_type
from janitor.core.text import clean

SAME_MOMENT = 0.02
"""Clocks of one program: an end and a begin that are closer than this are one moment."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One object: from the first request for its end until it was known to be gone. Seconds since the rival's start."""

    kind: str
    name: str
    began: float
    seconds: float

    @property
    def ended(self) -> float:
        """When it was known to be gone."""
        return self.began + self.seconds


def of_report(report: Mapping[str, Any], *, start: float = 0.0) -> list[Bar]:
    """What janitor deleted, and terraform's part as a whole; `start`: when the report's clock began."""
    gone = [row for row in report.get("objects", ()) if row["outcome"] == "deleted"]
    bars = [Bar(row["kind"], _called(row), start + row["started"], row["seconds"]) for row in gone if row["started"]]
    terraform = report.get("terraform", {})
    if terraform.get("ran"):
        bars.append(Bar("terraform", "terraform destroy", start + terraform["started"], terraform["seconds"]))
    return sorted(bars, key=_by_time)


def of_terraform(lines: Iterable[str], begun: float) -> list[Bar]:
    """What `destroy -json` told of; `begun`: when it was started, in seconds since the epoch."""
    starts: dict[str, float] = {}
    bars = []
    for event in _objects(lines):
        hook = event.get("hook")
        if event.get("type") not in ("apply_start", "apply_complete") or not isinstance(hook, dict):
            continue
        resource = hook["resource"]
        moment = datetime.fromisoformat(event["@timestamp"]).timestamp() - begun
        if event["type"] == "apply_start":
            starts[resource["addr"]] = moment
        elif (began := starts.pop(resource["addr"], None)) is not None:
            known = kind_of_type(resource["resource_type"])
            kind = known.name if known else resource["resource_type"]
            bars.append(Bar(kind, clean(resource["addr"]), began, moment - began))
    return sorted(bars, key=_by_time)


def of_crude(lines: Iterable[str], begun: float) -> list[Bar]:
    """What the crude script wrote of its calls; an accepted call is all that it knows."""
    calls = [call for call in _objects(lines) if "called" in call]
    bars = [Bar(call["kind"], clean(call["called"]), call["began"] - begun, call["seconds"]) for call in calls]
    return sorted(bars, key=_by_time)


def longest_chain(report: Mapping[str, Any]) -> list[Bar]:
    """The deletions along janitor's edges that waited for each other and took the longest together.

    Only an edge that was waited for counts: the dependent was gone when the work on its dependency began.
    """
    gone = [row for row in report.get("objects", ()) if row["outcome"] == "deleted" and row["id"]]
    order = sorted(gone, key=lambda row: (row["started"] + row["seconds"], row["started"]))
    rows = {_key(row): row for row in order}
    sooner: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for edge in report.get("edges", ()):
        sooner.setdefault(_key(edge["to"]), []).append(_key(edge["from"]))
    best: dict[tuple[str, ...], list[Bar]] = {}
    for key, row in rows.items():
        waited = [best[one] for one in sooner.get(key, ()) if one in best and _was_waited_for(rows[one], row)]
        before = max(waited, key=length, default=[])
        best[key] = [*before, Bar(row["kind"], _called(row), row["started"], row["seconds"])]
    return max(best.values(), key=length, default=[])


def length(chain: Iterable[Bar]) -> float:
    """The seconds of all its deletions together."""
    return sum(bar.seconds for bar in chain)


def service_of(kind: str) -> str:
    """The service that has objects of that kind; "" where the catalogue knows no such kind."""
    return KINDS[kind].service if kind in KINDS else ""


def _was_waited_for(dependent: Mapping[str, Any], dependency: Mapping[str, Any]) -> bool:
    return bool(dependent["started"] + dependent["seconds"] <= dependency["started"] + SAME_MOMENT)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    scope = row["scope"]
    return (scope["cloud"], scope["region"], scope["project"]["id"], row["kind"], row["id"])


def _called(row: Mapping[str, Any]) -> str:
    return str(row["name"] or row["address"] or row["id"])


def _by_time(bar: Bar) -> tuple[float, float, str]:
    return (bar.began, bar.seconds, bar.name)


def _objects(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The lines that are JSON objects; a program's other words are none."""
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event
