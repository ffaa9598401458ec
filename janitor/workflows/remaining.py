"""The fallback: what is left goes through the engine, with the journal and the display looking on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from janitor.cloud.live import LiveCloud
from janitor.core.case import Case
from janitor.core.model import Outcome, Ref
from janitor.core.outcome import GONE, Result
from janitor.core.plan import Plan
from janitor.engine.crew import ThreadCrew
from janitor.engine.executor import run
from janitor.engine.protocols import Policy
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Looked, Record, judge_of, remember
from janitor.workflows.knowing import Knowledge

ROUNDS = 3
"""What appears or comes back while the last round runs, or has lost its holder, gets another one, as often as this."""

NO_TIMEOUTS: Mapping[str, float] = MappingProxyType({})


def _forget(_entry: dict[str, object]) -> None:
    """A sweep keeps no journal: what carries an identity is found again by it."""


def clean(
    call: Call,
    last: Looked,
    record: Record,
    *,
    doing: str,
    delete: Callable[[Looked], None],
    prove: Callable[[Case, int], Looked],
    apart: frozenset[Ref] = frozenset(),
) -> None:
    """Delete and prove, until nothing new appears, nothing comes back and nobody's holder has gone, or the time is
    over. `prove` looks again, with what is known by then, in which round.

    `apart`: what is deleted later, by somebody else.
    """
    for number in range(ROUNDS):
        case = remember(last.case, last.plan)
        left = last.without(apart)
        if left.plan.steps:
            with call.console.phase(doing):
                delete(left)
            call.go_on()
        with call.console.phase("Proving it by listing again"):
            last = prove(case, number)
        more = last.plan.steps.keys() - record.results.keys() - apart
        again = more or _is_back(last, record) or _is_freed(last, record)
        if not again or time.monotonic() >= call.deadline - _for_proof(call):
            break


def _is_back(last: Looked, record: Record) -> bool:
    """Whether something that had gone is there again: a link does that when somebody writes what he had read before."""
    rows = (record.results.get(ref) for ref in last.plan.steps)
    return any(row is not None and row.outcome in GONE for row in rows)


def _is_freed(last: Looked, record: Record) -> bool:
    """Whether something is blocked by what the listings lack: it went along with another one, or its owner took it."""
    world = last.world
    for ref in last.plan.steps:
        row = record.results.get(ref)
        if row is None or row.outcome is not Outcome.BLOCKED or not row.holders:
            continue
        if any(holder.project_id != ref.scope.project_id for holder in row.holders):
            continue  # no listing of ours would show it
        holders = [Ref(ref.scope, holder.kind, holder.id) for holder in row.holders]
        if all((one.scope, one.kind) in world.listed and one not in world.objects for one in holders):
            return True
    return False


def delete(call: Call, knowledge: Knowledge, looked: Looked, record: Record) -> None:
    """Delete the plan's objects, and write the journal. Results and learnt edges are added to the record."""
    knowledge.book.planned(looked.plan)
    written = {} if call.settings.ignore_config else knowledge.configuration.timeouts
    through(call, knowledge.cloud, looked, record, write=knowledge.book.record, timeouts=written)


def through(
    call: Call,
    cloud: LiveCloud,
    looked: Looked,
    record: Record,
    *,
    write: Callable[[dict[str, object]], None] = _forget,
    timeouts: Mapping[str, float] = NO_TIMEOUTS,
) -> None:
    """Delete the plan's objects through the engine, with the display looking on. `timeouts`: beside the settings'."""
    call.console.expect(len(looked.plan.steps))
    after = time.monotonic() - call.began  # the engine counts from its own begin
    crew = ThreadCrew(call.settings.concurrency)
    try:
        done = run(
            looked.plan,
            cloud,
            crew,
            judge_of(looked),
            policy=Policy(
                concurrency=call.settings.concurrency,
                deadline=crew.now() + _left(call),
                timeouts={**timeouts, **call.settings.timeouts},
            ),
            emit=call.console.event,
            record=write,
            stop=call.stop,
        )
    finally:
        crew.dismiss()
    record.results.update({ref: replace(row, started=row.started + after) for ref, row in done.results.items()})
    record.edges.extend(done.graph.listed())


def _left(call: Call) -> float:
    """Seconds until the run's deadline, with a little kept back."""
    return max(5.0, call.deadline - time.monotonic() - _for_proof(call))


def _for_proof(call: Call) -> float:
    """What is kept back for the proof and the report: no round begins in it."""
    return min(20.0, 0.05 * call.settings.timeout)


def unfinished(first: Plan, record: Record) -> tuple[Result, ...]:
    """The rows of a run that a signal ended: what is known, and what had not had its turn."""
    rows = dict(record.results)
    for ref, step in first.steps.items():
        rows.setdefault(
            ref,
            Result(
                ref,
                Outcome.PLANNED,
                name=step.observed.name,
                address=step.address,
                evidence=step.evidence,
                reason="interrupted before its turn",
            ),
        )
    return tuple(rows[ref] for ref in sorted(rows))
