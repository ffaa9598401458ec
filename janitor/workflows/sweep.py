"""`janitor sweep`: no workspace at hand. What was asked for is selected, judged like everything else, deleted, proved.

Every target is looked at before anything is deleted anywhere, so that the question shows the whole; a target that
fails stops none of the others, and the exit code is the worst one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from janitor.cloud import batch
from janitor.cloud.live import LiveCloud
from janitor.console import Console
from janitor.core import proof
from janitor.core.case import Case
from janitor.core.catalogue import source_kind
from janitor.core.errors import Interrupted, Refused
from janitor.core.model import World
from janitor.core.outcome import Command, Result, RunReport, Source
from janitor.core.selection import Selection
from janitor.settings import Settings
from janitor.settings.sweeping import Asked
from janitor.workflows import remaining, saved
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Edges, Looked, Record, conclude, look
from janitor.workflows.targets import Target, target_of, targets

AT_ONCE = 4
"""Targets that are looked at together; each one asks with its own threads."""


@dataclass(slots=True)
class Ground:
    """One target, and what this sweep knows of it."""

    target: Target
    first: Looked | None = None
    last: Looked | None = None
    record: Record = field(default_factory=Record)


def run(settings: Settings, asked: Asked, console: Console, *, stop: Callable[[], bool]) -> RunReport:
    """Run it. Raises JanitorError where there is nothing to report on; everything else is in the report."""
    call, began = Call(settings, console, stop), time.time()
    plan = saved.read(asked.plan) if asked.plan else None
    selection = plan.selection if plan else asked.selection
    grounds = call.patiently(lambda: _signed_in(call, asked, plan))
    for ground in grounds:
        if ground.target.cloud is not None:
            ground.target.cloud.end_by(call.deadline)
    with console.phase("Looking at the cloud"):
        call.patiently(lambda: _look_everywhere(grounds, selection))
    if asked.out is not None:
        plans = [ground.first.plan for ground in grounds if ground.first]
        runs = {run for ground in grounds if ground.first for run in ground.first.case.marks}
        saved.save(asked.out, plans, runs=runs)
        console.note(f"the plan is saved: janitor sweep --plan {asked.out} deletes it, and nothing else")
    if settings.dry_run or asked.out is not None:
        return _report(grounds, selection, began=began, rows=_planned(grounds), command=Command.PLAN)
    if not console.confirm(*(ground.first.plan for ground in grounds if ground.first), whose="selected"):
        raise Refused("Nothing was deleted: the question was not answered with yes.")
    interrupted = False
    try:
        call.patiently(lambda: _clean_everywhere(call, grounds, selection))
    except Interrupted:
        interrupted = True
    rows = [row for ground in grounds for row in _rows(ground, interrupted=interrupted)]
    return _report(grounds, selection, began=began, rows=rows, interrupted=interrupted)


def _signed_in(call: Call, asked: Asked, plan: saved.Saved | None) -> list[Ground]:
    with call.console.phase("Signing in"):
        found = [target_of(scope, call.settings) for scope in plan.scopes] if plan else targets(asked, call.settings)
    for target in found:
        if target.problem:
            call.console.warn(target.problem)
    return [Ground(target) for target in found]


def _look_everywhere(grounds: Iterable[Ground], selection: Selection) -> None:
    batch.all_of([partial(_first_look, ground, selection) for ground in grounds], threads=AT_ONCE)


def _first_look(ground: Ground, selection: Selection) -> None:
    if ground.target.cloud is not None:
        ground.first = ground.last = _look(ground.target.cloud, Case(kinds=selection.kinds()), selection)


def _look(cloud: LiveCloud, case: Case, selection: Selection, *, before: World | None = None) -> Looked:
    select = partial(selection.by_clock(cloud.clock_offset).applied, again=before is not None)
    return look(case, Edges(), cloud.scan, cloud.lookup, before=before, select=select)


def _clean_everywhere(call: Call, grounds: Iterable[Ground], selection: Selection) -> None:
    for ground in grounds:
        if ground.first is not None:
            _clean(call, ground, ground.first, selection)


def _clean(call: Call, ground: Ground, first: Looked, selection: Selection) -> None:
    cloud = ground.target.cloud
    if cloud is None or not first.plan.steps:
        return

    def prove(case: Case, _: int) -> Looked:
        ground.last = _look(cloud, case, selection, before=first.world)
        return ground.last

    remaining.clean(
        call,
        first,
        ground.record,
        doing=f"Deleting in {ground.target.scope}",
        delete=lambda left: remaining.through(call, cloud, left, ground.record),
        prove=prove,
    )


def _planned(grounds: Iterable[Ground]) -> list[Result]:
    return [row for ground in grounds if ground.first for row in proof.planned(ground.first.plan)]


def _rows(ground: Ground, *, interrupted: bool) -> tuple[Result, ...]:
    if ground.first is None or ground.last is None:
        return ()
    if interrupted:
        return remaining.unfinished(ground.first.plan, ground.record)
    return conclude(ground.first.plan, ground.record, ground.last)


def _report(
    grounds: list[Ground],
    selection: Selection,
    *,
    began: float,
    rows: Iterable[Result],
    command: Command = Command.SWEEP,
    interrupted: bool = False,
) -> RunReport:
    looked = [ground.last for ground in grounds if ground.last]
    unseen = {where: why for last in looked for where, why in last.world.unseen.items()}
    wanted = {source_kind(kind) for kind in selection.kinds()}
    clouds = [ground.target.cloud for ground in grounds if ground.target.cloud]
    edges = [edge for g in grounds if g.first for edge in (*g.first.plan.graph.listed(), *g.record.edges)]
    return RunReport(
        command=command,
        workspace="",
        scopes=tuple(ground.target.scope for ground in grounds),
        started=began,
        finished=time.time(),
        results=tuple(rows),
        edges=tuple(dict.fromkeys(edges)),
        sources=tuple(_sources(selection)),
        unseen=unseen,
        unseen_counts=any(source_kind(kind) in wanted for _, kind in unseen),
        requests=sum(cloud.requests for cloud in clouds),
        interrupted=interrupted,
        refused=" ".join(ground.target.problem for ground in grounds if ground.target.problem),
        notes=tuple(dict.fromkeys(note for cloud in clouds for note in cloud.notes)),
    )


def _sources(selection: Selection) -> Iterable[Source]:
    yield from (Source("mark", mark) for mark in sorted(selection.marks))
    yield from (Source("name", name) for name in sorted(selection.names))
    yield from (Source("tag", key if value is None else f"{key}={value}") for key, value in selection.tags)
    yield from (Source("producer", f"{producer}={key}") for producer, key in selection.producers)
