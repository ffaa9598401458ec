"""The credential that we are signed in with, where the state has it: it goes last, after the proof of all the rest.

Nobody can look once it is gone. Keystone answers only after its row is gone, and that answer is the whole proof: the
report says so.
"""

from __future__ import annotations

from dataclasses import replace

from janitor.core.model import Outcome, Ref, World
from janitor.core.outcome import GONE, Result
from janitor.workflows import remaining
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Looked, Record, conclude, hides_something
from janitor.workflows.knowing import Knowledge

WAITS = "it is the credential in use, and goes last: what is left needs it"
WENT = "deleted last, after the proof; its own answer is all that says so, for nobody can look without it"


def part(call: Call, knowledge: Knowledge, first: Looked, last: Looked, record: Record) -> tuple[Looked, str]:
    """Delete the credential in use once nothing else is left. Returns the look as it is now, and what to tell."""
    own = frozenset(ref for ref in knowledge.cloud.credentials if ref in last.plan.steps)
    if not own:
        return last, ""
    rest = conclude(first.without(own).plan, record, last.without(own))
    if any(result.counts and result.outcome not in {*GONE, Outcome.KEPT} for result in rest) or hides_something(last):
        for ref in own:
            step = last.plan.steps[ref]
            record.results[ref] = Result(
                ref, Outcome.PLANNED, step.observed.name, step.address, step.evidence, reason=WAITS
            )
        return last, ""
    with call.console.phase("Deleting the credential in use"):
        remaining.delete(call, knowledge, last.without(frozenset(last.plan.steps) - own), record)
    went = frozenset(ref for ref in own if record.results[ref].outcome in GONE)
    for ref in went:
        record.results[ref] = replace(record.results[ref], reason=WENT)
    names = ", ".join(f"{ref.kind.replace('_', ' ')} {ref.id}" for ref in sorted(went))
    return replace(last, world=_without(last.world, went)), f"{names}: {WENT}" if went else ""


def _without(world: World, went: frozenset[Ref]) -> World:
    objects = {ref: observed for ref, observed in world.objects.items() if ref not in went}
    return replace(world, objects=objects, missing=world.missing | went)
