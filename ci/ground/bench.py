"""`ci/bench`: the figures of janitor on the demo's stack, as ratios within one run, next to what they should be."""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ground.cache import cache_dir, say, step
from ground.cloud import LocalCloud
from ground.crude import clear
from ground.rivals import CLEANUP, CRUDE, JANITOR, RIVALS, TOFU, Measured, Rival, client, help_seconds, measure
from ground.rounds import NAME_VARIABLES, Task, apply, stage
from ground.scanning import Scanned, scan_empty

GOALS: Mapping[str, tuple[str, float]] = {
    "faster than tofu destroy": ("at least", 7.0),
    "times the crude script": ("at most", 2.0),
    "requests per managed resource": ("at most", 3.0),
    "seconds of janitor --help": ("at most", 0.25),
    "MB of memory": ("at most", 150.0),
    "seconds to scan every kind of an empty project": ("at most", 1.5),
    "requests of that for each kind": ("at most", 1.0),
}


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="ci/bench", description=__doc__)
    top.add_argument("--json", type=Path, metavar="PATH", help="where the figures go; default: the cache folder")
    top.add_argument("--stack", choices=sorted(NAME_VARIABLES), default="kubespray")
    top.add_argument("--only", action="append", choices=[r.name.split()[0] for r in RIVALS], help="repeatable")
    return top


def main(arguments: list[str]) -> int:
    """Measure, keep the figures, print the tables. What they are is no failure of this program."""
    chosen = parser().parse_args(arguments)
    cloud = LocalCloud.up()
    helping = help_seconds()
    rivals = [rival for rival in RIVALS if not chosen.only or rival.name.split()[0] in chosen.only]
    if CLEANUP in rivals:
        client()
    rows = [_one(rival, cloud, chosen.stack) for rival in rivals]
    figures = ratios(rows, helping, scan_empty(cloud))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    path = chosen.json or cache_dir() / "bench" / f"{chosen.stack}-{now.replace(':', '')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = {"cpus": os.cpu_count(), "python": platform.python_version()}
    kept = {"at": now, "stack": chosen.stack, "machine": machine, "figures": figures, "rows": [asdict(r) for r in rows]}
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    print(tables(rows, figures))
    say(str(path))
    return 0


def _one(rival: Rival, cloud: LocalCloud, stack: str) -> Measured:
    """A fresh apply in a project of its own, the rival on it, and a broom behind it."""
    folder = Path(tempfile.mkdtemp(prefix="janitor-bench-"))
    name = f"bench-{secrets.token_hex(3)}"
    task = Task(stack, "tofu", "name", marks=False, number=0, moment=None, visit=None)
    with cloud.project(name, folder) as project:
        site = stage(task, project, folder)
        try:
            with step(f"applying {stack} for {rival.name}"):
                apply(site, until=None)
            with step(rival.name):
                return measure(rival, site)
        finally:
            clear(site.connect())
            shutil.rmtree(folder, ignore_errors=True)


def ratios(rows: list[Measured], helping: float, scanned: Scanned) -> dict[str, float]:
    """The figures that have a goal, of what was measured."""
    by_name = {row.rival: row for row in rows}
    janitor = by_name.get(JANITOR.name)
    figures = {
        "seconds of janitor --help": helping,
        "seconds to scan every kind of an empty project": scanned.seconds,
        "requests of that for each kind": scanned.requests / scanned.kinds,
    }
    if janitor is not None:
        figures["requests per managed resource"] = janitor.report.get("requests", 0) / janitor.resources
        figures["MB of memory"] = janitor.peak
        if tofu := by_name.get(TOFU.name):
            figures["faster than tofu destroy"] = tofu.seconds / janitor.seconds
        if crude := by_name.get(CRUDE.name):
            figures["times the crude script"] = janitor.seconds / crude.seconds
    return {name: round(figures[name], 2) for name in GOALS if name in figures}


def tables(rows: list[Measured], figures: Mapping[str, float]) -> str:
    """What each took and left, and the figures beside their goals, as Markdown."""
    head = ["who", "seconds", "exit code", "memory (MB)", "load", "left"]
    body = [
        [row.rival, f"{row.seconds:.1f}", str(row.code), f"{row.peak:.0f}", f"{row.busy:.1f}", _left(row.left)]
        for row in rows
    ]
    goals = [[n, str(v), f"{GOALS[n][0]} {GOALS[n][1]:g}", "yes" if _met(n, v) else "NO"] for n, v in figures.items()]
    return "\n\n".join([_table(head, body), _table(["figure", "seen", "goal", "met"], goals)])


def _left(left: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(left.items())) or "nothing"


def _met(name: str, value: float) -> bool:
    word, goal = GOALS[name]
    return value >= goal if word == "at least" else value <= goal


def _table(head: list[str], body: list[list[Any]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
