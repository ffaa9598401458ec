"""Background processes of a slot: started in sessions of their own, recorded, and ended by their record.

A record holds pid and start time, so that a recycled pid is never signalled.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

PATIENCE = 20.0


class Process(NamedTuple):
    """A process as it was when it started."""

    name: str
    pid: int
    started: str
    """Its start time in clock ticks since boot, as the kernel says it."""

    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        return _started(self.pid) == self.started


def start(name: str, command: Sequence[str], *, records: Path, log: Path, env: Mapping[str, str], keep: int) -> Process:
    """Start `command` in a session of its own, with the open file `keep` handed on to it, and record it."""
    with log.open("ab") as output:
        child = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=records,
            pass_fds=(keep,) if keep >= 0 else (),
        )
    child.returncode = 0  # it outlives this program: nobody waits for it, and nobody is to be warned about that
    process = Process(name, child.pid, _started(child.pid) or "")
    pending = records / f".{name}"
    pending.write_text(json.dumps(process._asdict()), encoding="utf-8")
    pending.replace(records / f"{name}.json")
    return process


def recorded(records: Path) -> list[Process]:
    """Every process which was started here and not ended by `end`."""
    found = []
    for path in sorted(records.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, TypeError):
            found.append(Process(**json.loads(path.read_text(encoding="utf-8"))))
    return found


def end(processes: Iterable[Process], records: Path) -> list[Process]:
    """End `processes` with everything in their sessions; returns those which would not go."""
    left = [process for process in processes if process.alive()]
    for process in left:
        _signal(process, signal.SIGCONT)
        _signal(process, signal.SIGTERM)
    begun = time.monotonic()
    forced = False
    while left and time.monotonic() - begun < PATIENCE:
        if not forced and time.monotonic() - begun > PATIENCE / 2:
            forced = True
            for process in left:
                _signal(process, signal.SIGKILL)
        time.sleep(0.03)
        left = [process for process in left if process.alive()]
    for process in processes:
        if process not in left:
            (records / f"{process.name}.json").unlink(missing_ok=True)
    return left


@contextlib.contextmanager
def paused(but: str, records: Path) -> Iterator[None]:
    """Let every recorded process but one stand still within the block."""
    standing = [process for process in recorded(records) if process.name != but]
    for process in standing:
        _signal(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in standing:
            _signal(process, signal.SIGCONT)


def _signal(process: Process, number: signal.Signals) -> None:
    """Signal the whole session of `process`, if it is still the one that was recorded."""
    if process.alive():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _started(pid: int) -> str | None:
    """The start time of a living process; None when there is none, or only its zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123 - no file in the usual sense
            fields = stat.read().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if fields[0] == "Z" else fields[19]
