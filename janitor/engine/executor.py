"""The run of a plan: what starts when. One thread owns all state; the crew's hands do the calls.

A step starts when all that depends on it is gone (settled, where only the kinds' order asks for it); what an answer
means is decided in `answers`. The run ends by itself when nothing moves any more, at the deadline, or when it is told
to stop.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from janitor.core.graph import Graph
from janitor.core.model import Ref, Scope
from janitor.core.outcome import Result
from janitor.core.plan import Plan
from janitor.engine.answers import Desk, take
from janitor.engine.attempt import Tried, attempt, look, search
from janitor.engine.board import Board, hold, lay_out, take_writer
from janitor.engine.conflicts import promote
from janitor.engine.ending import LAST_CHANCES, cut_short, give_up
from janitor.engine.protocols import Cloud, Crew, Done, Event, Judge, Policy
from janitor.engine.steps import Phase, Progress, result
from janitor.engine.waits import due, join, next_due

TICK = 0.25  # how late a signal may be noticed, in seconds
GRACE = 3.0  # how long a run that was cut short waits for what is under way
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Execution:
    """What became of every step. `graph` is the plan's with what the refusals taught."""

    results: Mapping[Ref, Result] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)
    requests: int = 0
    unseen: Mapping[tuple[Scope, str], str] = field(default_factory=dict)
    cut: str = ""  # why the run ended early: "interrupted", "deadline", or nothing


def run(
    plan: Plan,
    cloud: Cloud,
    crew: Crew,
    judge: Judge,
    *,
    policy: Policy,
    emit: Callable[[Event], None],
    record: Callable[[dict[str, object]], None],
    stop: Callable[[], bool],
) -> Execution:
    """Carry out the plan. `emit`, `record` and `stop` are called from this thread only, `judge` from the crew's too."""
    board = Board(crew, judge, policy, emit, record, crew.now())
    desk = Desk(board, {})
    lay_out(board, plan)
    cut = _until_still(desk, cloud, stop)
    if cut:
        _let_finish(desk)
        cut_short(board, why=cut)
    give_up(board)
    now = crew.now()
    return Execution(
        results={ref: result(board.steps[ref], begun=board.begun, now=now) for ref in sorted(board.steps)},
        graph=plan.graph.plus(board.learnt),
        requests=board.requests,
        unseen=dict(board.unseen),
        cut=cut,
    )


def _until_still(desk: Desk, cloud: Cloud, stop: Callable[[], bool]) -> str:
    """Go on until nothing moves, not even after the last chances. Returns why it ended early, if it did."""
    board, chances = desk.board, iter(LAST_CHANCES)
    while True:
        now = board.crew.now()
        if not _over(desk):
            if stop():
                return "interrupted"
            if now >= board.policy.deadline:
                return "deadline"
        _start(desk, cloud, now)
        if board.running or board.paused or next_due(desk.watches) < NEVER:
            _wait(desk, now)
        elif not any(chance(board) for chance in chances):
            return ""


def _over(desk: Desk) -> bool:
    return not desk.board.open and not desk.board.running


def _wait(desk: Desk, now: float) -> None:
    """Sleep until a task has finished or the next thing is due."""
    board = desk.board
    until = min(now + TICK, max(now, board.policy.deadline))
    if board.running < board.policy.concurrency:
        until = min(until, next_due(desk.watches), board.paused[0][0] if board.paused else NEVER)
    done = board.crew.next(until)
    if done is not None:
        take(desk, done)
        _heed(board, done)


def _heed(board: Board, done: Done) -> None:
    """Ask a service for less when its answers take ever longer: before it begins to refuse them."""
    match done:
        case Done(("try", Ref() as ref), Tried(took=took)):
            one = board.steps[ref]
            limit = board.limit_of(one.service, ref.scope)
            if limit.drags(took) and limit.halve(board.crew.now()):
                slow = f"{one.service} takes {took:.0f} s for an answer: at most {int(limit.allowed)} at once"
                board.tell("slower", one, text=slow)


def _let_finish(desk: Desk) -> None:
    """Take the answers of what is under way; start nothing."""
    board = desk.board
    until = board.crew.now() + GRACE
    while board.running and (done := board.crew.next(until)) is not None:
        take(desk, done)


def _start(desk: Desk, cloud: Cloud, now: float) -> None:
    """Start what may start: pauses that are over, listings that are due, searches, then deletes along the height."""
    board = desk.board
    while board.paused and board.paused[0][0] <= now:
        one = board.steps[heapq.heappop(board.paused)[1]]
        if one.phase is Phase.PAUSED:
            hold(board, one)
    while board.fading:
        one = board.steps[board.fading.pop()]
        if one.phase is Phase.FADING and one.kind.is_listed:
            join(desk.watches, board, one=one, phase=Phase.FADING)
        elif one.phase is Phase.FADING:
            promote(board, one)  # the reading before its own delete tells whether it is there
    for watch in tuple(due(desk.watches, now)):
        if board.running >= board.policy.concurrency:
            return
        watch.running = True
        board.running += 1
        task = partial(look, cloud, watch.scope, kind=watch.kind, now=board.crew.now)
        board.crew.start(("list", (watch.scope, watch.kind)), task)
    while desk.searches and board.running < board.policy.concurrency:
        _search(board, cloud, board.steps[desk.searches.popleft()])
    while board.running < board.policy.concurrency and (chosen := _next_ready(board)) is not None:
        _try(board, cloud, chosen)


def _next_ready(board: Board) -> Progress | None:
    """The ready step with the longest chain behind it whose service has a free place."""
    while True:
        queues = [
            (queue[0], service)
            for service, queue in board.ready.items()
            if queue and (service not in board.limits or board.limits[service].free)
        ]
        if not queues:
            return None
        (_, ref), service = min(queues)
        heapq.heappop(board.ready[service])
        one = board.steps[ref]
        if one.phase is not Phase.READY:
            continue
        if one.before:
            one.phase = Phase.HELD  # something was learnt while it queued
        elif take_writer(board, one):
            return one


def _try(board: Board, cloud: Cloud, one: Progress) -> None:
    one.phase = Phase.ASKED
    if one.started is None:
        one.started = board.crew.now()
        board.tell("start", one)
    board.limit_of(one.service, one.ref.scope).running += 1
    board.running += 1
    board.write("ask", one.ref, action=one.step.action.value)
    task = partial(attempt, one.step, cloud, board.judge, now=board.crew.now, insists=one.insists)
    board.crew.start(("try", one.ref), task)


def _search(board: Board, cloud: Cloud, one: Progress) -> None:
    if one.phase is not Phase.SEARCHED or one.observed is None or one.answer is None:
        return
    board.limit_of(one.service, one.ref.scope).running += 1
    board.running += 1
    board.crew.start(("search", one.ref), partial(search, cloud, one.observed, one.answer))
