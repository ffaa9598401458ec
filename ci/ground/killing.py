"""kill -9 of janitor with everything that it started: what a CI runner does whose patience is over.

Terraform has a process group of its own, so janitor's children are looked for, and their groups killed one by one.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path


def kill_all(pid: int) -> None:
    """SIGKILL for the process, then for the group of each child that it had."""
    groups = list(_groups(pid))
    os.kill(pid, signal.SIGKILL)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _groups(pid: int) -> Iterator[int]:
    own = os.getpgid(pid)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            _, parent, group = stat.read_text(encoding="utf-8").rpartition(") ")[2].split()[:3]
            if int(parent) == pid and int(group) != own:
                yield int(group)
