"""The lock on a state: who holds it, whether anybody does, and holding it ourselves. Local backend.

The lock is the operating system's, on the state file; the `.NAME.lock.info` beside it only tells about its holder and
outlives a `kill -9`. Never breaks a lock that is alive.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import struct
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from janitor.core.errors import LockHeld
from janitor.terraform.backend import backend_of, state_path
from janitor.terraform.events import moment, one_line
from janitor.terraform.root import RootModule

_POLL = 0.25
OURS = "janitor destroy"
"""The operation of a lock that janitor itself took: one left behind says nothing about an apply."""

# struct flock of 64-bit systems, and where the type and the holder's process stand in it.
_LAYOUT, _TYPE, _PID = ("qqihh", 3, 2) if sys.platform == "darwin" else ("hhqqi4x", 0, 4)


@dataclass(frozen=True, slots=True)
class LockInfo:
    """What a holder wrote about itself."""

    id: str
    who: str = ""
    operation: str = ""
    created: float | None = None

    @property
    def is_apply(self) -> bool:
        """Whether it was taken to change things: `OperationTypeApply`, which a destroy is, too."""
        return self.operation == "OperationTypeApply"

    def __str__(self) -> str:
        when = f" since {datetime.fromtimestamp(self.created, UTC):%Y-%m-%d %H:%M:%S} UTC" if self.created else ""
        what = self.operation.removeprefix("OperationType") or "unknown"
        return f"{self.who or 'somebody'} ({what}{when}, ID {self.id})"


@dataclass(frozen=True, slots=True)
class LockState:
    """How it stands with a lock. `known` is False where the backend cannot be asked without taking it."""

    known: bool = True
    alive: bool = False
    holder: LockInfo | None = None
    pid: int | None = None  # of the holder, where the system tells

    @property
    def left_behind(self) -> bool:
        """Whether a holder died without giving it back: its command was interrupted."""
        return self.known and not self.alive and self.holder is not None


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether we hold the lock; why not is a sentence."""

    held: bool
    problem: str = ""


def lock_state(root: RootModule) -> LockState:
    """Ask without taking it."""
    backend = backend_of(root)
    if backend.type != "local":
        return LockState(known=False)
    path = state_path(root, backend)
    alive, pid = _probe(path)
    return LockState(alive=alive, holder=_info(_info_path(path)), pid=pid)


def wait_for_lock(
    root: RootModule,
    timeout: float,
    *,
    sleep: Callable[[float], None] = time.sleep,
    now: Callable[[], float] = time.monotonic,
) -> LockState:
    """Wait until nobody alive holds the lock. Raises LockHeld with the real holder after `timeout` seconds."""
    end = now() + timeout
    while True:
        state = lock_state(root)
        if not state.alive:
            return state
        if now() >= end:
            raise LockHeld(_held_by(root, state, timeout))
        sleep(min(_POLL, max(0.01, end - now())))


@contextmanager
def hold(root: RootModule, *, operation: str = OURS, timeout: float = 0) -> Iterator[Hold]:
    """Hold the state's lock, as terraform would. Raises LockHeld when somebody alive has it after `timeout` seconds."""
    backend = backend_of(root)
    path = state_path(root, backend)
    if backend.type != "local":
        yield Hold(held=False, problem=f"The lock of the {backend.type} backend is left to {root.flavour}.")
        return
    if not path.parent.is_dir():
        yield Hold(held=False, problem=f"{path.parent} does not exist: there is nothing to lock.")
        return
    existed = path.exists()
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        yield Hold(held=False, problem=f"{path.name} cannot be locked: {error.strerror}.")
        return
    try:
        _acquire(root, descriptor, timeout=timeout)
        info = _info_path(path)
        _write_info(info, path.name, operation=operation)
        try:
            yield Hold(held=True)
        finally:
            info.unlink(missing_ok=True)
            if not existed and path.exists() and path.stat().st_size == 0:
                path.unlink()  # made by us, and nobody wrote to it: it would read as a lost state
    finally:
        os.close(descriptor)


def _acquire(root: RootModule, descriptor: int, *, timeout: float) -> None:
    end = time.monotonic() + timeout
    while not _try(descriptor):
        if time.monotonic() >= end:
            raise LockHeld(_held_by(root, lock_state(root), timeout))
        time.sleep(_POLL)


def _try(descriptor: int) -> bool:
    try:
        if sys.platform == "linux":
            # An ordinary lock belongs to the process, and ends when it closes *any* descriptor of the file.
            request = struct.pack(_LAYOUT, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, request)
        else:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _probe(path: Path) -> tuple[bool, int | None]:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False, None
    values = [0] * 5
    values[_TYPE] = fcntl.F_WRLCK
    try:
        answer = struct.unpack(_LAYOUT, fcntl.fcntl(descriptor, fcntl.F_GETLK, struct.pack(_LAYOUT, *values)))
    finally:
        os.close(descriptor)
    if answer[_TYPE] == fcntl.F_UNLCK:
        return False, None
    return True, answer[_PID] if answer[_PID] > 0 else None


def _held_by(root: RootModule, state: LockState, waited: float) -> str:
    holder = str(state.holder) if state.holder else "somebody who left no name"
    process = f", process {state.pid}" if state.pid else ""
    return one_line(
        f"The state of workspace {root.workspace!r} is locked by {holder}{process}, and was so for {waited:.0f} s; "
        "wait for it to end, or give a longer --lock-timeout."
    )


def _info_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock.info")


def _info(path: Path) -> LockInfo | None:
    try:
        body = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        return LockInfo(id="unknown")
    if not isinstance(body, dict):
        return LockInfo(id="unknown")
    return LockInfo(
        id=one_line(str(body.get("ID") or "unknown")),
        who=one_line(str(body.get("Who") or "")),
        operation=one_line(str(body.get("Operation") or "")),
        created=moment(str(body.get("Created") or "")),
    )


def _write_info(path: Path, state: str, *, operation: str) -> None:
    user = "unknown"
    with suppress(OSError, KeyError):
        user = getpass.getuser()
    body = {
        "ID": str(uuid.uuid4()),
        "Operation": operation,
        "Info": "",
        "Who": f"{user}@{socket.gethostname()}",
        "Version": "",
        "Created": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "Path": state,
    }
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(body, file)
