"""The fallback: what is left goes through the engine, with the journal and the display looking on."""

from __future__ import annotations

import time
from dataclasses import replace

from janitor.core.model import Outcome
from janitor.core.outcome import Result
from janitor.core.plan import Plan
from janitor.engine.crew import ThreadCrew
from janitor.engine.executor import run
from janitor.engine.protocols import Policy
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Looked, Record, judge_of
from janitor.workflows.knowing import Knowledge


def delete(call: Call, knowledge: Knowledge, looked: Looked, record: Record) -> None:
    """Delete the plan's objects. Results and learnt edges are added to the record."""
    knowledge.book.planned(looked.plan)
    call.console.expect(len(looked.plan.steps))
    after = time.monotonic() - call.began  # the engine counts from its own begin
    crew = ThreadCrew(call.settings.concurrency)
    try:
        done = run(
            looked.plan,
            knowledge.cloud,
            crew,
            judge_of(looked),
            policy=Policy(
                concurrency=call.settings.concurrency,
                deadline=crew.now() + _left(call),
                timeouts=call.settings.timeouts,
            ),
            emit=call.console.event,
            record=knowledge.book.record,
            stop=call.stop,
        )
    finally:
        crew.dismiss()
    record.results.update({ref: replace(row, started=row.started + after) for ref, row in done.results.items()})
    record.edges.extend(done.graph.listed())


def _left(call: Call) -> float:
    """Seconds until the run's deadline, with a little kept back for the proof and the report."""
    return max(5.0, call.deadline - time.monotonic() - min(20.0, 0.05 * call.settings.timeout))


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
