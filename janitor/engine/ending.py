"""How a run ends: its last chances when nothing moves, what is said of steps that never had their turn.

Never reports an accepted delete as done: without a proof it is FAILED, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Callable

from janitor.core.model import EdgeSource, Outcome
from janitor.engine.board import Board, again, alone, disconnect, end, rest, revive
from janitor.engine.steps import SETTLED, Phase, Progress, as_holder

PREFERENCES = frozenset({EdgeSource.STATE, EdgeSource.CONFIG, EdgeSource.KIND})


def without_preferences(board: Board) -> bool:
    """Drop what is only an order to prefer from everything that has not moved; True when that freed something.

    What is blocked loses it, too: once its holder has gone after all, nothing else may keep it.
    """
    freed = False
    for ref in sorted(board.steps):
        one = board.steps[ref]
        if one.phase not in {Phase.HELD, Phase.BLOCKED}:
            continue
        for dependent in [r for r, source in one.before.items() if source in PREFERENCES]:
            disconnect(board, dependent, ref)
            freed = freed or one.phase is Phase.HELD
        if one.phase is Phase.HELD:
            revive(board, one)
    if freed:
        board.tell("giving-up", text="nothing moves: once more without the order of state and configuration")
    return freed


def second_chances(board: Board) -> bool:
    """Try once more what a foreign holder blocked, it may have gone, and what a service in trouble did not answer."""
    given = False
    for ref in sorted(board.steps):
        one = board.steps[ref]
        if one.retried or one.before or (one.carrier is not None and not one.along):
            continue
        if one.phase is Phase.BLOCKED or (one.phase is Phase.FAILED and one.passing):
            troubled = one.passing
            alone(board, one)
            again(board, one)
            given = True
            if troubled:
                rest(board, one, until=board.crew.now() + board.policy.backoff_max / 2)
    if given:
        board.tell("giving-up", text="nothing moves: once more what was blocked or got no answer")
    return given


LAST_CHANCES: tuple[Callable[[Board], bool], ...] = (without_preferences, second_chances)


def cut_short(board: Board, *, why: str) -> None:
    """Name what the signal or the deadline left undone, by how far it had come."""
    for ref in sorted(board.steps):
        one = board.steps[ref]
        if one.phase in SETTLED:
            continue
        if one.phase is Phase.ASKED:
            _leave(board, one, Phase.FAILED, f"asked, no answer ({why})")
        elif one.accepted or one.phase in {Phase.ACCEPTED, Phase.FADING}:
            _leave(board, one, Phase.FAILED, f"accepted, not proved gone ({why})")
        elif one.begun:
            _leave(board, one, Phase.FAILED, f"begun, not finished ({why})")
        else:
            turn = "interrupted before its turn" if why == "interrupted" else f"{why} before its turn"
            _leave(board, one, Phase.CUT, turn)


def give_up(board: Board) -> None:
    """What is still held when nothing moves any more is blocked by what did not go."""
    for ref in sorted(board.steps):
        one = board.steps[ref]
        if one.phase in SETTLED:
            continue
        waits_for = [board.steps[r] for r in sorted(one.before)]
        if one.carrier is not None:
            waits_for.append(board.steps[one.carrier])
        holders = tuple(as_holder(other) for other in waits_for)
        names = ", ".join(str(holder) for holder in holders)
        end(board, one, Phase.BLOCKED, reason=f"held by {names}", holders=holders)


def _leave(board: Board, one: Progress, phase: Phase, reason: str) -> None:
    """End one step and nothing behind it: each says for itself how far it came."""
    board.open -= 1
    one.phase, one.reason, one.ended = phase, reason, board.crew.now()
    one.outcome = Outcome.FAILED if phase is Phase.FAILED else Outcome.PLANNED
    board.tell(phase.value, one, text=reason)
