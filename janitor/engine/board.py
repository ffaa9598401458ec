"""The scheduler's whole state and its bookkeeping: who waits for whom, what is ready, what has ended.

Only the scheduler's thread touches a board, so there are no locks. Edges only hold back what is on the board: one
from an object that is not there (kept, foreign) is left to the judge and to the service's own refusal.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from janitor.core.model import Denial, Edge, EdgeSource, Holder, Outcome, Ref, Scope
from janitor.core.plan import Action, Plan
from janitor.engine.limits import Limit, limit
from janitor.engine.protocols import Crew, Event, Judge, Policy
from janitor.engine.steps import SETTLED, Phase, Progress, as_holder, progress

SLOW = 5  # what a step behind an asynchronous delete weighs against one that is gone with its answer

OUTCOMES: Mapping[Phase, Outcome] = {
    Phase.KEPT: Outcome.KEPT,
    Phase.BLOCKED: Outcome.BLOCKED,
    Phase.FAILED: Outcome.FAILED,
    Phase.CUT: Outcome.PLANNED,
}


@dataclass(slots=True)
class Board:
    """Steps by ref, the edges between them, and the queues."""

    crew: Crew
    judge: Judge
    policy: Policy
    emit: Callable[[Event], None]
    record: Callable[[dict[str, object]], None]
    begun: float
    dice: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - jitter, not a secret
    steps: dict[Ref, Progress] = field(default_factory=dict)
    after: dict[Ref, set[Ref]] = field(default_factory=lambda: defaultdict(set))
    carries: dict[Ref, set[Ref]] = field(default_factory=lambda: defaultdict(set))
    ready: dict[str, list[tuple[int, Ref]]] = field(default_factory=dict)
    paused: list[tuple[float, Ref]] = field(default_factory=list)
    fading: list[Ref] = field(default_factory=list)  # just lost their carrier
    limits: dict[str, Limit] = field(default_factory=dict)
    writing: dict[Ref, Ref] = field(default_factory=dict)
    parked: dict[Ref, list[Ref]] = field(default_factory=lambda: defaultdict(list))
    learnt: list[Edge] = field(default_factory=list)
    unseen: dict[tuple[Scope, str], str] = field(default_factory=dict)
    doubted: dict[tuple[Scope, str], list[Ref]] = field(default_factory=dict)  # not listed; the first one is read
    final: set[tuple[Scope, str]] = field(default_factory=set)  # kinds whose listings hide nothing that lives
    open: int = 0  # steps that have not ended
    running: int = 0  # tasks of the crew under way
    requests: int = 0

    def tell(self, what: str, one: Progress | None = None, *, text: str = "", holders: tuple[Holder, ...] = ()) -> None:
        """Hand an event to whoever watches."""
        ref, name = (one.ref, one.name) if one else (None, "")
        self.emit(Event(what, self.crew.now(), ref, name, text, holders))

    def write(self, op: str, ref: Ref, **more: object) -> None:
        """Hand a line to the journal: ids, statuses and codes, never a body."""
        scope = ref.scope
        where = {"cloud": scope.cloud, "region": scope.region, "project_id": scope.project_id}
        at = round(self.crew.now() - self.begun, 3)
        self.record({"op": op, "kind": ref.kind, "id": ref.id, **where, "at": at, **more})

    def limit_of(self, service: str, scope: Scope) -> Limit:
        """The limit of a service where this scope lives."""
        return self.limits.setdefault(service_key(service, scope), limit(self.policy.per_service))


class Ending(NamedTuple):
    """How one step ends without being gone."""

    one: Progress
    phase: Phase
    reason: str
    holders: tuple[Holder, ...] = ()
    outcome: Outcome | None = None


def service_key(service: str, scope: Scope) -> str:
    """One service of one region."""
    return f"{scope.cloud}/{scope.region}/{service}"


def lay_out(board: Board, plan: Plan) -> None:
    """Put the plan on the board. Circles that are observed end as a set; weaker ones lose their weakest edge."""
    graph, _, circles = plan.graph.only(plan.steps).acyclic()
    for ref in sorted(plan.steps):
        board.steps[ref] = progress(plan.steps[ref])
    board.open = len(board.steps)
    for edge in graph.listed():
        connect(board, edge)
    _carry(board)
    _measure(board)
    for circle in circles:
        block_circle(board, circle)
    for one in tuple(board.steps.values()):
        wake(board, one)


def connect(board: Board, edge: Edge) -> None:
    """The dependency waits for the dependent."""
    before = board.steps[edge.dependency].before
    before[edge.dependent] = min(edge.source, before.get(edge.dependent, edge.source))
    board.after[edge.dependent].add(edge.dependency)


def disconnect(board: Board, dependent: Ref, dependency: Ref) -> None:
    """The dependency waits no longer."""
    board.steps[dependency].before.pop(dependent, None)
    board.after[dependent].discard(dependency)


def wake(board: Board, one: Progress) -> None:
    """Queue a step that nothing holds back."""
    if one.phase is Phase.HELD and not one.before:
        one.phase = Phase.READY
        queue = board.ready.setdefault(service_key(one.service, one.ref.scope), [])
        heapq.heappush(queue, (-one.height, one.ref))


def hold(board: Board, one: Progress) -> None:
    """Back to waiting for others; straight into the queue when there is nobody to wait for."""
    one.phase = Phase.HELD
    free_writer(board, one)
    wake(board, one)


def rest(board: Board, one: Progress, *, until: float) -> None:
    """Wait for the clock."""
    one.phase = Phase.PAUSED
    free_writer(board, one)
    heapq.heappush(board.paused, (until, one.ref))


def take_writer(board: Board, one: Progress) -> bool:
    """Claim the step's parent for this one request; False (and parked) while somebody else writes to it."""
    writer = one.step.writer
    if writer is None:
        return True
    if board.writing.setdefault(writer, one.ref) == one.ref:
        return True
    one.phase = Phase.HELD
    board.parked[writer].append(one.ref)
    return False


def free_writer(board: Board, one: Progress) -> None:
    """Let the next writer of the same parent have its turn."""
    writer = one.step.writer
    if writer is None or board.writing.get(writer) != one.ref:
        return
    del board.writing[writer]
    for ref in board.parked.pop(writer, ()):
        wake(board, board.steps[ref])


def gone(board: Board, one: Progress, *, reason: str = "") -> None:
    """Proved: what waited for it may go. DELETED when a delete of ours may have done it, else ABSENT."""
    ours = one.sent > 0 or one.along
    _close(board, one, Phase.GONE, outcome=Outcome.DELETED if ours else Outcome.ABSENT, reason=reason)
    board.tell("gone" if ours else "absent", one, text=reason)
    for dependency in sorted(board.after.pop(one.ref, ())):
        waiting = board.steps[dependency]
        if waiting.before.pop(one.ref, None) is not None and not waiting.before:
            revive(board, waiting)
    for ref in sorted(board.carries.pop(one.ref, ())):
        child = board.steps[ref]
        if child.phase not in {Phase.CARRIED, Phase.BLOCKED} or child.carrier != one.ref:
            continue
        if child.phase is Phase.BLOCKED:
            _reopen(board, child)
        child.along = True
        derived = child.kind.derived
        if derived is not None and derived.kind == one.ref.kind:
            gone(board, child)  # it stood in a body that is gone
        else:
            child.phase = Phase.FADING
            child.started = child.started if child.started is not None else board.crew.now()
            child.answered_at = board.crew.now()
            board.fading.append(ref)


def revive(board: Board, one: Progress) -> None:
    """Nothing of ours holds it back any more: queue it, even when it had been given up."""
    if one.phase is Phase.BLOCKED and one.carrier is None:
        _reopen(board, one)
        one.phase = Phase.HELD
    if one.phase is Phase.HELD and not _is_parked(board, one):
        wake(board, one)


def end(
    board: Board,
    one: Progress,
    phase: Phase,
    *,
    reason: str,
    holders: tuple[Holder, ...] = (),
    outcome: Outcome | None = None,
) -> None:
    """A step that does not go: what is observed to wait for it is blocked, what only prefers an order goes on."""
    _end_all(board, [Ending(one, phase, reason, holders, outcome)])


def _end_all(board: Board, endings: Iterable[Ending]) -> None:
    pending = deque(endings)
    while pending:
        ending = pending.popleft()
        one = ending.one
        if one.phase in SETTLED:
            continue
        one.holders = ending.holders
        _close(board, one, ending.phase, outcome=ending.outcome or OUTCOMES[ending.phase], reason=ending.reason)
        board.tell(ending.phase.value, one, text=ending.reason, holders=ending.holders)
        holder = as_holder(one)
        for dependency in sorted(board.after.get(one.ref, ())):
            waiting = board.steps[dependency]
            source = waiting.before.get(one.ref)
            if source is EdgeSource.KIND:
                disconnect(board, one.ref, dependency)
                revive(board, waiting)
            elif source is EdgeSource.OBSERVED and waiting.phase is Phase.HELD:
                pending.append(Ending(waiting, Phase.BLOCKED, f"held by {holder}", (holder,)))
        for ref in sorted(board.carries.get(one.ref, ())):
            if board.steps[ref].phase is Phase.CARRIED:
                why = f"goes with {holder}, which stays"
                pending.append(Ending(board.steps[ref], Phase.BLOCKED, why, (holder,)))


def keep(board: Board, one: Progress, *, why: str, denial: Denial | None) -> None:
    """The judge says no: it is never deleted. Only what is ambiguous counts against the run."""
    one.counts = denial is Denial.AMBIGUOUS
    end(board, one, Phase.KEPT, reason=why or "not ours any more")


def block_circle(board: Board, circle: Iterable[Ref]) -> None:
    """Objects that hold each other end together, and each one names the others."""
    members = [board.steps[ref] for ref in sorted(set(circle))]
    endings = []
    for one in members:
        others = tuple(as_holder(other) for other in members if other is not one)
        reason = "in a circle with " + ", ".join(str(other) for other in others)
        endings.append(Ending(one, Phase.BLOCKED, reason, others))
    _end_all(board, endings)


def again(board: Board, one: Progress) -> None:
    """Give a step that had ended its second chance."""
    _reopen(board, one)
    one.retried = True
    one.attempts, one.unchanged, one.troubled_since = 0, 0, None
    hold(board, one)


def alone(board: Board, one: Progress) -> None:
    """From now on it goes by a request of its own, not with its carrier."""
    if one.carrier is None:
        return
    board.carries[one.carrier].discard(one.ref)
    one.carrier = None
    one.step = replace(one.step, action=Action.UNDO if one.kind.undo else Action.DELETE, carrier=None)


def _reopen(board: Board, one: Progress) -> None:
    board.open += 1
    one.outcome, one.reason, one.holders, one.ended, one.passing = None, "", (), None, False


def _close(board: Board, one: Progress, phase: Phase, *, outcome: Outcome, reason: str) -> None:
    if one.phase not in SETTLED:
        board.open -= 1
    one.phase, one.outcome, one.reason, one.ended = phase, outcome, reason, board.crew.now()
    if phase is Phase.GONE:
        one.holders = ()
    free_writer(board, one)


def _is_parked(board: Board, one: Progress) -> bool:
    return one.step.writer is not None and one.ref in board.parked.get(one.step.writer, ())


def _carry(board: Board) -> None:
    """Children by carrier; what stands in the body of another child of the same carrier goes with that one."""
    for one in board.steps.values():
        if one.carrier is None:
            continue
        if one.carrier not in board.steps:
            one.carrier, one.phase = None, Phase.HELD
            continue
        derived = one.kind.derived
        for parent in one.step.observed.linked(derived.kind) if derived else ():
            body = board.steps.get(Ref(one.ref.scope, derived.kind, parent)) if derived else None
            if body is not None and body.carrier == one.carrier:
                one.carrier = body.ref
        disconnect(board, one.ref, one.carrier)  # what goes along never holds what takes it along
        board.carries[one.carrier].add(one.ref)


def _measure(board: Board) -> None:
    """Heights: the longest chain behind each step, so that the critical path starts first."""
    for ref in board.steps:
        stack = [ref]
        while stack:
            one = board.steps[stack[-1]]
            behind = (*board.after.get(one.ref, ()), *board.carries.get(one.ref, ()))
            unknown = [r for r in behind if board.steps[r].height == 0 and r not in stack]
            if one.height == 0 and unknown and len(stack) <= len(board.steps):
                stack.extend(unknown[:1])
                continue
            tallest = max((board.steps[r].height for r in behind), default=0)
            one.height = tallest + (1 if one.kind.sync else SLOW)
            stack.pop()
