"""Not listed, but perhaps only hidden: a cloud may keep deleted servers for a while, with all that they hold.

One object of the kind is read when its listing lacks it, and answers for all: where it is gone, listings of its kind
hide nothing in this scope; where it is still there, each is read, and deleted for good.
"""

from __future__ import annotations

from janitor.engine.board import Board, gone, hold
from janitor.engine.steps import Phase, Progress


def may_linger(board: Board, one: Progress) -> bool:
    """Whether its listing may only hide it."""
    return bool(one.kind.lingering) and (one.ref.scope, one.ref.kind) not in board.final


def doubt(board: Board, one: Progress) -> bool:
    """Read one of its kind, as before every delete, and let the others wait for that. False: nothing changes."""
    if one.unchanged >= one.kind.readings:
        speak_for_others(board, one, are_gone=False)
        return False
    doubted = board.doubted.setdefault((one.ref.scope, one.ref.kind), [])
    doubted.append(one.ref)
    if doubted[0] == one.ref:
        hold(board, one)
    else:
        one.phase = Phase.DOUBTED
    return True


def speak_for_others(board: Board, one: Progress, *, are_gone: bool) -> None:
    """What the reading of the one that was doubted first means for the others: gone like it, or to be read, too."""
    where = (one.ref.scope, one.ref.kind)
    if board.doubted.get(where, [None])[0] != one.ref:
        return
    if are_gone:
        board.final.add(where)
    for ref in board.doubted.pop(where)[1:]:
        if are_gone:
            gone(board, board.steps[ref])
        else:
            hold(board, board.steps[ref])
