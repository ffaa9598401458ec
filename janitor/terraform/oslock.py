"""The local backend's lock: the operating system's, on the state file.

The `.NAME.lock.info` beside it only tells about its holder and outlives a `kill -9`; the lock itself never does.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from janitor.core.errors import LockHeld
from janitor.terraform.backend import Backend, state_path
from janitor.terraform.lockinfo import Hold, LockInfo, LockState, describe, held_by, info_of
from janitor.terraform.root import RootModule

_POLL = 0.25

# struct flock of 64-bit systems, and where the type and the holder's process stand in it.
_LAYOUT, _TYPE, _PID = ("qqihh", 3, 2) if sys.platform == "darwin" else ("hhqqi4x", 0, 4)


def lock_state(root: RootModule, backend: Backend) -> LockState:
    """Ask without taking it."""
    path = state_path(root, backend)
    alive, pid = _probe(path)
    return LockState(alive=alive, holder=_info(_info_path(path)), pid=pid)


@contextmanager
def hold(root: RootModule, backend: Backend, *, operation: str, timeout: float) -> Iterator[Hold]:
    """Hold it, as terraform would. Raises LockHeld when somebody alive has it after `timeout` seconds."""
    path = state_path(root, backend)
    try:
        descriptor, made = _open(path)
    except (FileNotFoundError, NotADirectoryError):
        yield Hold(held=False, problem=f"{path.parent} does not exist: there is nothing to lock.")
        return
    except OSError as error:
        yield Hold(held=False, problem=f"{path.name} cannot be locked: {error.strerror}.")
        return
    try:
        _acquire(root, backend, descriptor, timeout=timeout)
        info = _info_path(path)
        with contextlib.suppress(OSError):  # talk: a folder that nobody may write to does not undo the lock
            _write_info(info, path.name, operation=operation)
        try:
            yield Hold(held=True, shared=True)
        finally:
            with contextlib.suppress(OSError):
                info.unlink(missing_ok=True)
            if made:
                _take_away(path, descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> tuple[int, bool]:
    """Its descriptor, and whether the file was made for it. Raises OSError."""
    try:
        return os.open(path, os.O_RDWR), False
    except FileNotFoundError:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600), True


def _take_away(path: Path, descriptor: int) -> None:
    """Remove the empty file that we made: it would read as a lost state.

    Not when somebody else has it open: he waits for the lock, and would write his state into a file without a name.
    """
    with contextlib.suppress(OSError):
        ours = os.fstat(descriptor)
        if sys.platform == "linux" and ours.st_size == 0 and os.path.samestat(ours, path.stat()):
            # A lease for writing is given to the only one who has the file open. It sends SIGIO, which would end us.
            fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            path.unlink()


def _acquire(root: RootModule, backend: Backend, descriptor: int, *, timeout: float) -> None:
    end = time.monotonic() + timeout
    while not _try(descriptor):
        if time.monotonic() >= end:
            raise LockHeld(held_by(root, lock_state(root, backend), timeout))
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


def _info_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock.info")


def _info(path: Path) -> LockInfo | None:
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return LockInfo(id="unknown")
    return info_of(text) or LockInfo(id="unknown")


def _write_info(path: Path, state: str, *, operation: str) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(describe(operation=operation, path=state), file)
