"""kill -9 of janitor with everything that it started: what a CI runner does whose patience is over.

Terraform has a process group of its own, and a runner starts janitor by a shell: so it is looked for who descends from
whom, and all of them are killed one by one.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path


def kill_all(pid: int) -> None:
    """SIGKILL for the process, then for each one that descends from it."""
    below = _descendants(pid)
    os.kill(pid, signal.SIGKILL)
    for process in below:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _descendants(pid: int) -> list[int]:
    """From the top down, so that nobody is left to start another."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            parent = stat.read_text(encoding="utf-8").rpartition(") ")[2].split()[1]
            children.setdefault(int(parent), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, ()))
    return found[1:]
