"""What one hand of the crew does for one step: read, judge, delete, back to back. Runs outside the scheduler's thread.

Sends a delete only for what was read a moment ago, judged ours on that very reading, takes nothing along that is not
ours, and is not already being deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from janitor.core.catalogue import KINDS
from janitor.core.model import Holder, Observed, Ref, Scope, Verdict
from janitor.core.plan import Step
from janitor.engine.protocols import Answer, Cloud, Judge
from janitor.engine.steps import DROPPED, is_dead, is_dying, is_stuck


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt. `observed` is None for a 404; without an answer nothing was sent, and the verdict says why."""

    at: float  # the answer's time on the crew's clock
    observed: Observed | None = None
    verdict: Verdict | None = None
    answer: Answer | None = None
    took: float = 0.0  # seconds, from the reading on


@dataclass(frozen=True, slots=True)
class Listed:
    """One listing of a kind. Only waits for requests that were answered before `began` may believe it."""

    began: float
    took: float
    objects: Sequence[Observed]


@dataclass(frozen=True, slots=True)
class Searched:
    """Who holds an object, by a lookup that the service answered, and what that noted of a delete that failed."""

    holders: tuple[Holder, ...]
    remarks: str = ""


def attempt(step: Step, cloud: Cloud, judge: Judge, *, now: Callable[[], float], insists: bool) -> Tried:
    """Read the object, ask the judge, and ask for its deletion. Raises CloudFault when the reading got no answer."""
    began = now()
    observed = cloud.read(step.ref)
    if observed is None or is_dead(KINDS[step.ref.kind], observed):
        return Tried(now())
    verdict = judge(observed)
    if not verdict.ours or verdict.held_by or (is_dying(observed) and not insists):
        return Tried(now(), observed, verdict)
    answer = cloud.delete(step, observed)
    ended = now()
    return Tried(ended, observed, verdict, answer, took=ended - began)


def look(cloud: Cloud, scope: Scope, *, kind: str, now: Callable[[], float]) -> Listed:
    """List a kind, with the time at which the listing began."""
    began = now()
    objects = cloud.listing(scope, kind)
    return Listed(began, now() - began, objects)


def search(cloud: Cloud, observed: Observed, answer: Answer) -> Searched:
    """Ask who holds a refused object; where its delete was accepted and failed, also what the service says of that."""
    if is_stuck(KINDS[observed.ref.kind], observed):
        return Searched((), cloud.remarks(observed))
    found = tuple(cloud.holders(observed, answer))
    return Searched(found, cloud.remarks(observed) if answer.code == DROPPED else "")


def key(what: str, ref: Ref) -> tuple[str, Ref]:
    """A task's key."""
    return (what, ref)
