"""`ci/bench`: the figures of janitor on the demo's stack, as ratios within one run, next to what they should be."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from ground import records
from ground.cache import cache_dir, say, step
from ground.cloud import Fault, LocalCloud, Project, fault_region
from ground.connections import user_of
from ground.crude import clear
from ground.drawing import picture
from ground.figures import Alone, figures
from ground.large import read_both
from ground.rivals import RIVALS, Measured, Rival, help_seconds, measure, warm
from ground.rounds import Task, apply, stage
from ground.scanning import scan_empty
from ground.subject import frozen
from ground.tables import tables
from ground.trials import Trial, parser, trials

CPUS = os.cpu_count() or 1


def main(arguments: list[str]) -> int:
    """Measure, keep the figures, print the tables. 1 only says that a trial could not be measured."""
    chosen = parser().parse_args(arguments)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    name = f"{'full' if chosen.full else chosen.stack}-{now.replace(':', '')}.json"
    path = chosen.json or cache_dir() / "bench" / name
    wanted = [trial for trial in trials(chosen) if RIVALS[trial.rival].is_here]
    rows = records.read(path)
    todo = [trial for trial in wanted if trial.key not in {row.key for row in rows}]
    say(f"{len(todo)} trials to play, {len(rows)} are kept in {path}")
    cloud, missing = LocalCloud.up(), 0
    with frozen() as subject:
        warm([RIVALS[key] for key in sorted({trial.rival for trial in wanted})], subject, Path(__file__).parent)
        alone = Alone(help_seconds(), scan_empty(cloud), *read_both())
        for number, trial in enumerate(todo, 1):
            say(f"[{number}/{len(todo)}] {trial.key}")
            try:
                rows.append(_play(trial, cloud))
            except Exception as error:  # noqa: BLE001 - whatever it was: the next call with this file plays it again
                say(f"{trial.key} could not be measured: {type(error).__name__}: {error}")
                missing += 1
            records.write(path, now, rows, figures(rows, alone, cpus=CPUS))
    print(tables(rows, figures(rows, alone, cpus=CPUS), cpus=CPUS))
    path.with_suffix(".svg").write_text(picture(rows, f"janitor and others, {now}"), encoding="utf-8")
    say(f"{path}\n{path.with_suffix('.svg')}")
    return 1 if missing else 0


def _play(trial: Trial, cloud: LocalCloud) -> Measured:
    """A fresh apply in a project of its own, the rival on it, and a broom behind it."""
    rival, folder = RIVALS[trial.rival], Path(tempfile.mkdtemp(prefix="janitor-bench-"))
    with cloud.project(f"bench-{secrets.token_hex(3)}", folder) as project:
        try:
            measured = _measure(trial, rival, project, cloud)
        finally:
            clear(user_of(project))
            shutil.rmtree(folder, ignore_errors=True)
    return replace(measured, stack=trial.stack.name, latency=trial.latency, key=trial.key)


def _measure(trial: Trial, rival: Rival, project: Project, cloud: LocalCloud) -> Measured:
    """Apply and measure in the same region: a state names the one that it was made in."""
    task = Task(trial.stack.example, rival.binary, "name", marks=False, number=0, moment=None, visit=None)
    folder = project.clouds_yaml.parent
    with ExitStack() as leaving:
        given = dict(trial.stack.variables)
        region = leaving.enter_context(fault_region("bench")) if trial.latency else None
        if region:
            given |= region.env(project, folder)
        site = stage(task, project, folder, given)
        with step(f"applying {trial.stack.name} with {rival.binary}"):
            apply(site, until=None)
        rival.prepare(site)
        if region:
            region.rules = [Fault(latency=trial.latency / 1000)]
        with step(rival.name):
            measured = measure(rival, site, cloud)
        if region:
            region.rules = []
        return measured


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
