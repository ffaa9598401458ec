"""What every workspace command opens first: the root module, its workspace, its plugins, and its journal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from janitor.cloud.session import Session
from janitor.core.errors import UsageError
from janitor.core.model import ApplyLog
from janitor.journal import JournalKey
from janitor.settings import Settings
from janitor.terraform import backends, locks
from janitor.terraform.applylog import decoded, read_log
from janitor.terraform.backend import backend_of, identity
from janitor.terraform.lockinfo import Hold, LockState
from janitor.terraform.root import RootModule, open_root
from janitor.terraform.runner import Initialised, init_if_needed
from janitor.workflows.booking import Book
from janitor.workflows.call import Call


def root_of(settings: Settings) -> RootModule:
    """The root module, with the words of this call. Raises Refused, UsageError."""
    return open_root(
        settings.chdir,
        workspace=settings.workspace,
        binary=settings.binary,
        environment=settings.environment,
        variables=[f"{key}={value}" for key, value in settings.var.items()],
        var_files=settings.var_file,
        backend_config=[f"{key}={value}" for key, value in settings.backend_config.items()],
    )


def workspaces(root: RootModule, settings: Settings, prepared: Initialised) -> tuple[str, ...]:
    """The backend's workspaces; with -y and several of them, which one is meant has to be said."""
    if settings.state is not None:
        return ()
    backends.check_workspace(root, backend_of(root))
    known = backends.workspaces(root, unready=prepared.ran.problem if prepared.ran is not None else "")
    if settings.yes and settings.workspace is None and len(known) > 1:
        raise UsageError(
            f"The backend has the workspaces {', '.join(known)}: with --yes, say which one is meant with --workspace."
        )
    return known


def break_lock(root: RootModule, call: Call) -> None:
    """Break the one lock that was named, where the backend keeps locks that outlive their holder."""
    lock_id = call.settings.break_lock
    if lock_id is None or backend_of(root).type == "local":
        return
    call.console.warn(locks.break_lock(root, lock_id) or f"the lock {lock_id} was broken, as asked (--break-lock)")


def lock(root: RootModule, call: Call, known: tuple[str, ...]) -> LockState:
    """Wait until nobody alive holds the state's lock; where it cannot be asked for, say so. Raises LockHeld.

    With --state nobody asks the backend; and a workspace that it does not know would be made by asking.
    """
    if backend_of(root).type != "local" and (call.settings.state is not None or root.workspace not in known):
        return LockState(known=False)
    state = locks.wait_for_lock(root, call.settings.lock_timeout, sleep=call.sleep)
    if state.problem:
        call.console.warn(state.problem)
    if state.in_the_way:
        call.console.warn(f"the lock of a dead command is in the way of terraform and of the state: {state.holder}")
    return state


@contextmanager
def holding(root: RootModule, call: Call) -> Iterator[Hold]:
    """Hold the state's lock, where it is asked for its state at all and lets us. Raises LockHeld."""
    if call.settings.state is not None and backend_of(root).type != "local":
        yield Hold(held=False)
        return
    with locks.hold(root, timeout=call.settings.lock_timeout) as held:
        try:
            yield held
        finally:
            if problem := held.give_back():
                call.console.warn(f"our lock on the state could not be given back: {problem}")


def initialised(root: RootModule, call: Call) -> Initialised:
    """`init` where it never ran, and where there is a binary: a fresh clone in a cleanup job has no `.terraform`."""
    if root.binary is None or call.settings.state is not None:
        return Initialised()
    return init_if_needed(root, stop=call.halted)


def log(path: Path) -> ApplyLog:
    """An apply's output; `-` is standard input."""
    if str(path) == "-":
        return read_log("-", text=decoded(sys.stdin.buffer.read()))
    return read_log(path)


def book(root: RootModule, settings: Settings, session: Session) -> Book:
    """The journal of this workspace in this scope. One that lies in the root module belongs to that module alone."""
    backend = identity(root, backend_of(root), seen_from_root=settings.journal is None)
    scope = f"{session.auth_url} {session.scope.region} {session.scope.project_id}"
    return Book.open(settings, JournalKey(backend, root.workspace, scope))


def warn_of_expiry(call: Call, session: Session) -> None:
    """Say aloud when a token that nobody can renew ends before the deadline."""
    ends = session.token_expires
    if not session.renewable and ends is not None and ends < time.time() + call.settings.timeout:
        minutes = max(0.0, ends - time.time()) / 60
        call.console.warn(f"the token ends in {minutes:.0f} min and cannot be renewed: what is left then stays unseen")
