"""Waiting by listings: one per kind, scope and round serves every wait of that kind.

Decides from a listing what is gone, what moved, and what has not moved for too long. Only a listing that began after
our last request to an object was answered says anything about it. Sends nothing to any object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janitor.core.model import Observed, Ref, Scope
from janitor.engine.attempt import Listed
from janitor.engine.board import Board, free_writer
from janitor.engine.protocols import Policy
from janitor.engine.retry import calmer, share
from janitor.engine.steps import WAITED_FOR, Phase, Progress, is_busy, is_dead, is_dying

FADED = 2  # unchanged readings after which what should have gone along is deleted by itself
DROPPED = 2  # readings without a sign of an accepted delete after which it counts as dropped
BREATH = 1.0  # a listing is under way at most half of the time: one that takes long rests as long


class Finding(StrEnum):
    """What a round of listings means for one step."""

    GONE = "gone"
    PASSED = "passed"  # the status that refused the delete is over
    CAME_BACK = "came back"  # it was being deleted, and is not any more
    STAYED = "stayed"  # it should have gone with its carrier
    SILENT = "silent"  # no change for too long


@dataclass(slots=True)
class Watch:
    """The waits of one kind in one scope."""

    scope: Scope
    kind: str
    due: float
    interval: float
    waiting: set[Ref] = field(default_factory=set)
    running: bool = False
    faults: int = 0  # in a row …
    troubled_since: float | None = None  # … since then
    took: float = 0.0


Watches = dict[tuple[Scope, str], Watch]


def join(watches: Watches, board: Board, *, one: Progress, phase: Phase) -> None:
    """Let a step wait. The first listing comes soon, and the rhythm starts again."""
    now, policy = board.crew.now(), board.policy
    one.phase = phase
    if phase is Phase.BUSY:
        free_writer(board, one)
    if one.waiting_since is None:
        one.waiting_since = now
    soon = now if phase is Phase.FADING else now + policy.poll / 2
    where = (one.ref.scope, one.ref.kind)
    watch = watches.get(where)
    if watch is None:
        watch = watches[where] = Watch(one.ref.scope, one.ref.kind, soon, policy.poll)
    watch.due = min(watch.due, max(soon, now + BREATH * watch.took)) if watch.waiting else soon
    watch.interval = policy.poll
    watch.waiting.add(one.ref)


def due(watches: Watches, now: float) -> Iterator[Watch]:
    """The watches whose next listing may start."""
    for where in sorted(watches):
        watch = watches[where]
        if watch.waiting and not watch.running and watch.due <= now:
            yield watch


def next_due(watches: Watches) -> float:
    """When the next listing is due."""
    return min((w.due for w in watches.values() if w.waiting and not w.running), default=float("inf"))


def read_round(watch: Watch, board: Board, *, listed: Listed) -> list[tuple[Progress, Finding]]:
    """Believe a listing: what it means for each step that waits, and when the next one is due."""
    seen = {observed.ref: observed for observed in listed.objects if observed.ref in watch.waiting}
    findings: list[tuple[Progress, Finding]] = []
    moved = unready = False
    for ref in sorted(watch.waiting):
        one = board.steps[ref]
        if one.phase not in WAITED_FOR:
            watch.waiting.discard(ref)
        elif listed.began < one.answered_at:
            unready = True
        else:
            before = one.unchanged
            finding = _finding(one, seen, policy=board.policy, now=board.crew.now())
            moved = moved or finding is Finding.GONE or one.unchanged < before
            if finding is not None:
                findings.append((one, finding))
                watch.waiting.discard(ref)
    _set_rhythm(watch, board.policy, listed=listed, now=board.crew.now(), moved=moved or unready)
    return findings


def _set_rhythm(watch: Watch, policy: Policy, *, listed: Listed, now: float, moved: bool) -> None:
    watch.running, watch.faults, watch.troubled_since, watch.took = False, 0, None, listed.took
    watch.interval = policy.poll if moved else calmer(policy, watch.interval)
    watch.due = now + max(watch.interval, BREATH * listed.took)


def _finding(one: Progress, seen: Mapping[Ref, Observed], *, policy: Policy, now: float) -> Finding | None:
    observed = seen.get(one.ref)
    if observed is None or is_dead(one.kind, observed):
        return Finding.GONE
    was_dying = one.saw_dying
    one.note(observed)
    if one.phase is Phase.BUSY and not is_busy(one.kind, observed):
        return Finding.PASSED
    if one.phase is Phase.ACCEPTED and _dropped(one, observed, was_dying=was_dying):
        return Finding.CAME_BACK
    if one.phase is Phase.FADING and one.unchanged >= FADED and not is_dying(observed):
        return Finding.STAYED
    if overdue(one, policy, now=now):
        return Finding.STAYED if one.phase is Phase.FADING else Finding.SILENT
    return None


def _dropped(one: Progress, observed: Observed, *, was_dying: bool) -> bool:
    """Its delete was accepted, and its status says nothing of it any more, or never did: the service let it drop."""
    if is_dying(observed) or is_busy(one.kind, observed) or not observed.status:
        return False
    return was_dying or one.unchanged >= DROPPED


def overdue(one: Progress, policy: Policy, *, now: float) -> bool:
    """Whether a step has not changed for too long, or has waited for more than its share of the run.

    A timeout that was given for the kind is the only limit then: who knows his cloud's pace knows better.
    """
    given = policy.timeouts.get(one.kind.name)
    if given is None and one.unchanged >= one.kind.readings:
        return True
    if one.waiting_since is None:
        return False
    patience = share(one.kind.timeout if given is None else given, left=policy.deadline - one.waiting_since)
    return now - one.waiting_since > patience
