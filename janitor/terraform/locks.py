"""The lock on a state: who holds it, whether anybody does, and holding it ourselves, whichever backend keeps it.

Never breaks a lock, and takes one only to give it back: a lock of another backend than the local one cannot be looked
at, only asked for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from janitor.core.errors import LockHeld, Refused
from janitor.terraform import lockprobe, oslock
from janitor.terraform.backend import Backend, backend_of
from janitor.terraform.httpstate import HttpState
from janitor.terraform.lockinfo import OURS, Hold, LockInfo, LockState, held_by
from janitor.terraform.mortality import is_dead
from janitor.terraform.root import RootModule

__all__ = ["OURS", "Hold", "LockInfo", "LockState", "ask", "break_lock", "hold", "lock_state", "wait_for_lock"]

_POLL = 0.25
_REMOTE_POLL = 2.0
"""Seconds between two questions: a server is asked less often than our own kernel."""

ASKING = "janitor asks who holds it"


def lock_state(root: RootModule) -> LockState:
    """Look without taking it, which only the local backend allows."""
    backend = backend_of(root)
    return oslock.lock_state(root, backend) if backend.type == "local" else LockState(known=False)


def ask(root: RootModule) -> LockState:
    """How it stands with the lock; where it can only be taken, it is, and given back at once."""
    backend = backend_of(root)
    if backend.type == "local":
        return oslock.lock_state(root, backend)
    if backend.type != "http":
        return _judged(root, lockprobe.ask(root, backend))
    server = HttpState(root, backend)
    if why := server.unlockable():
        return LockState(known=False, problem=why)
    ours, state = server.take(ASKING)
    if ours and (problem := server.give_back(ours)):
        return LockState(known=False, problem=problem)
    return _judged(root, state)


def wait_for_lock(
    root: RootModule,
    timeout: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> LockState:
    """Wait until nobody alive holds the lock. Raises LockHeld with the real holder after `timeout` seconds."""
    pause = _POLL if backend_of(root).type == "local" else _REMOTE_POLL
    return _until_free(root, partial(ask, root), timeout, pause=pause, sleep=sleep, now=now)


def _until_free(
    root: RootModule,
    attempt: Callable[[], LockState],
    timeout: float,
    *,
    pause: float,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> LockState:
    """Ask or try again until nobody alive has it. Raises LockHeld after `timeout` seconds."""
    end = now() + timeout
    while (state := attempt()).alive:
        if now() >= end:
            raise LockHeld(held_by(root, state, timeout))
        sleep(min(pause, max(0.01, end - now())))
    return state


@contextmanager
def hold(root: RootModule, *, operation: str = OURS, timeout: float = 0) -> Iterator[Hold]:
    """Hold the state's lock, as terraform would. Raises LockHeld when somebody alive has it after `timeout` seconds."""
    backend = backend_of(root)
    if backend.type == "local":
        with oslock.hold(root, backend, operation=operation, timeout=timeout) as held:
            yield held
    elif backend.type == "http":
        held = _hold_http(root, backend, operation=operation, timeout=timeout)
        try:
            yield held
        finally:
            held.give_back()
    else:
        yield Hold(held=False, problem=f"The lock of the {backend.type} backend is left to {root.flavour}.")


def break_lock(root: RootModule, lock_id: str) -> str:
    """Break the lock with this id, and no other; empty when that was done. Raises LockHeld, Refused."""
    backend = backend_of(root)
    state = ask(root)
    if state.known and state.holder is None and not state.alive:
        return f"The state is not locked: there was no lock {lock_id} to break."
    if state.alive and not state.stays:
        who = state.holder or "somebody who left no name"
        ends = f"one of the {backend.type} backend ends with its holder's connection"
        raise LockHeld(f"The lock was not broken: {who} holds it, and {ends}.")
    if state.holder is not None and state.holder.id != lock_id:
        raise LockHeld(f"The lock was not broken: it is not {lock_id} but that of {state.holder}.")
    if backend.type == "http":
        problem = HttpState(root, backend).give_back(lock_id)
    else:
        problem = lockprobe.force_unlock(root, lock_id).problem
    if problem:
        raise Refused(f"The lock {lock_id} could not be broken: {problem}")
    return ""


def _hold_http(root: RootModule, backend: Backend, *, operation: str, timeout: float) -> Hold:
    server = HttpState(root, backend)
    if why := server.unlockable():
        return Hold(held=False, problem=why)
    ours = ""

    def attempt() -> LockState:
        nonlocal ours
        ours, state = server.take(operation)
        return _judged(root, state)

    state = _until_free(root, attempt, timeout, pause=_REMOTE_POLL)
    if ours:
        return Hold(held=True, give_back=_Once(partial(server.give_back, ours)))
    return Hold(held=False, problem=state.problem or f"a dead command left its lock behind: {state.holder}")


def _judged(root: RootModule, state: LockState) -> LockState:
    """The same state, with a holder that provably died told as dead."""
    name = root.binary.name if root.binary is not None else ""
    if state.alive and state.holder is not None and is_dead(state.holder, binary=name):
        return replace(state, alive=False)
    return state


class _Once:
    """Something that is done at most once, whoever asks and however often; its answer stays."""

    def __init__(self, work: Callable[[], str]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._answer: str | None = None

    def __call__(self) -> str:
        with self._lock:
            if self._answer is None:
                self._answer = self._work()
            return self._answer
