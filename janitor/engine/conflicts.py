"""A refusal becomes knowledge: edges to the holders that go anyway, new steps for holders of ours, or a named block.

A holder is deleted only when the judge calls it ours; a foreign one is named and never touched. A circle of
observed edges is blocked as a set; an observed edge that closes a circle with weaker ones breaks the weakest.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from janitor.core.catalogue import KINDS, source_kind
from janitor.core.model import Edge, EdgeSource, Holder, Observed, Order, Ref, Scope, Verdict
from janitor.core.plan import Action, Step
from janitor.engine.board import Board, alone, block_circle, connect, disconnect, end, hold, wake
from janitor.engine.steps import SETTLED, Phase, Progress, progress

UNSUCCESSFUL = SETTLED - {Phase.GONE}


def resolve(board: Board, one: Progress, *, holders: Iterable[Holder]) -> bool:
    """Act on the holders of a refused step; False when none of them explains why it cannot go."""
    foreign: list[Holder] = []
    ours: list[Progress] = []
    for holder in sorted((h for h in holders if not h.passing), key=lambda h: (h.kind, h.id)):
        known = _known(board, one.ref.scope, holder) or _adopted(board, holder)
        if known is None:
            foreign.append(holder)
        elif known.phase is not Phase.GONE and known is not one:
            ours.append(known)
    if not foreign and not ours:
        return False
    board.tell("held", one, holders=tuple(holders))
    for other in ours:
        learn(board, Edge(other.ref, one.ref, EdgeSource.OBSERVED))
    if one.phase in SETTLED:
        return True  # the edge closed a circle
    stuck = [other for other in ours if other.phase in UNSUCCESSFUL]
    if foreign or stuck:
        named = (*foreign, *(_named(other) for other in stuck))
        end(board, one, Phase.BLOCKED, reason=_because(one, named), holders=named)
    else:
        hold(board, one)
    return True


def learn(board: Board, edge: Edge) -> None:
    """Add an observed edge. What would have gone along, but holds its own carrier, gets a delete of its own."""
    dependent = board.steps[edge.dependent]
    board.learnt.append(edge)
    if dependent.carrier is not None and dependent.phase in {Phase.CARRIED, Phase.BLOCKED}:
        carrier = dependent.carrier
        if carrier == edge.dependency or _path(board, edge.dependency, carrier):
            promote(board, dependent)
    connect(board, edge)
    while circle := _path(board, edge.dependency, edge.dependent):
        pairs = list(pairwise(circle))
        weakest = max(pairs, key=lambda pair: (board.steps[pair[1]].before[pair[0]], pair))
        if board.steps[weakest[1]].before[weakest[0]] is EdgeSource.OBSERVED:
            block_circle(board, circle)
            return
        disconnect(board, *weakest)
        wake(board, board.steps[weakest[1]])


def promote(board: Board, one: Progress) -> None:
    """What did not go with its carrier is deleted by itself."""
    alone(board, one)
    if one.phase in SETTLED:
        return
    one.unchanged = 0
    hold(board, one)


def adopt(board: Board, observed: Observed, verdict: Verdict) -> Progress:
    """A new step for an object of ours that nobody had planned, ordered by what its own body says."""
    ref, kind = observed.ref, KINDS[observed.ref.kind]
    scope = ref.scope
    writer = next((Ref(scope, link.kind, link.id) for link in observed.links if link.kind == kind.parent), None)
    one = progress(
        Step(
            ref=ref,
            action=Action.UNDO if kind.undo else Action.DELETE,
            observed=observed,
            address=verdict.address,
            evidence=verdict.evidence,
            why=verdict.why,
            writer=writer,
        )
    )
    board.steps[ref] = one
    board.open += 1
    for link in observed.links:
        other = board.steps.get(Ref(scope, link.kind, link.id))
        if other is None or other.phase is Phase.GONE:
            continue
        if link.order in {Order.HOLDS, Order.WITH}:
            learn(board, Edge(ref, other.ref, EdgeSource.OBSERVED))
        elif link.order is Order.HELD:
            learn(board, Edge(other.ref, ref, EdgeSource.OBSERVED))
    wake(board, one)
    return one


def _adopted(board: Board, holder: Holder) -> Progress | None:
    observed = holder.observed
    if observed is None:
        return None
    verdict = board.judge(observed)
    return adopt(board, observed, verdict) if verdict.ours and not verdict.held_by else None


def _known(board: Board, scope: Scope, holder: Holder) -> Progress | None:
    """The step of a holder, also where a port is planned as the interface or the attachment that it is."""
    observed = holder.observed
    exact = board.steps.get(observed.ref if observed else Ref(scope, holder.kind, holder.id))
    if exact is not None or holder.kind not in KINDS:
        return exact
    source = source_kind(holder.kind)
    twins = (k for k in sorted(KINDS) if source_kind(k) == source)
    return next((board.steps[r] for k in twins if (r := Ref(scope, k, holder.id)) in board.steps), None)


def _path(board: Board, start: Ref, goal: Ref) -> list[Ref]:
    """A way along the edges from `start` to `goal` and, by the edge just learnt, back to `start`."""
    if start == goal:
        return []
    came: dict[Ref, Ref] = {start: start}
    stack = [start]
    while stack:
        here = stack.pop()
        for following in sorted(board.after.get(here, ())):
            if following in came or here not in board.steps[following].before:
                continue
            came[following] = here
            if following == goal:
                return [*_back(came, goal), start]
            stack.append(following)
    return []


def _back(came: dict[Ref, Ref], goal: Ref) -> list[Ref]:
    way = [goal]
    while came[way[-1]] != way[-1]:
        way.append(came[way[-1]])
    return way[::-1]


def _named(other: Progress) -> Holder:
    observed = other.observed or other.step.observed
    return Holder(other.ref.kind, other.ref.id, observed.name, observed.project_id, observed)


def _because(one: Progress, holders: Iterable[Holder]) -> str:
    names = ", ".join(str(holder) for holder in holders)
    said = f" ({one.answer.code or one.answer.status})" if one.answer is not None else ""
    return f"held by {names}{said}; goes once that is gone"
