"""Whether the holder of a lock is provably dead: it ran on this machine, since this machine began, and is no more.

Decides nothing on a guess. A host of another name, a process list that hides some, a lock older than this machine
or container (its name may have been another's before): any of them leaves the holder alive.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from janitor.terraform.lockinfo import LockInfo

BINARIES = frozenset({"terraform", "tofu", "opentofu", "terragrunt", "janitor"})
_PROC = Path("/proc")
_TICK = 1.0
"""Seconds by which two clocks of one machine may disagree on when a process began."""


@dataclass(frozen=True, slots=True)
class Program:
    """A process that runs here."""

    pid: int
    name: str
    began: float


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine tells of its processes. `began` is None where it does not tell of everybody's."""

    host: str
    began: float | None
    programs: tuple[Program, ...]


def is_dead(holder: LockInfo, *, binary: str = "", look: Callable[[], Machine] | None = None) -> bool:
    """Whether this holder cannot be alive. `binary`: the program's name where it is none of the usual."""
    created = holder.created
    if not holder.host or created is None or (holder.host != socket.gethostname() and look is None):
        return False
    machine = (look or this_machine)()
    if machine.began is None or holder.host != machine.host or created < machine.began:
        return False
    older = [program for program in machine.programs if program.began <= created + _TICK]
    if holder.pid is not None:
        return all(program.pid != holder.pid for program in older)
    return not any(program.name in BINARIES | {binary} for program in older)


def this_machine() -> Machine:
    """Read it from /proc; where there is none, nothing can be proved."""
    try:
        booted = time.time() - float((_PROC / "uptime").read_text(encoding="ascii").split()[0])
        programs = tuple(_programs(booted))
    except (OSError, ValueError, IndexError):
        return Machine(socket.gethostname(), None, ())
    first = next((program for program in programs if program.pid == 1), None)
    # Without its first process the list hides those of other users (hidepid).
    return Machine(socket.gethostname(), first.began if first and _sees_its_host() else None, programs)


def _sees_its_host() -> bool:
    """Whether all that runs under this host's name is in our list of processes.

    A container that shares the host's name but not its processes sees too little, and so does each one of a pod.
    """
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return False
    try:
        names, processes = (str((_PROC / "self" / "ns" / kind).readlink()) for kind in ("uts", "pid"))
    except OSError:
        return False
    return processes == "pid:[4026531836]" or names != "uts:[4026531838]"  # those of the machine itself


def _programs(booted: float) -> Iterator[Program]:
    tick = os.sysconf("SC_CLK_TCK")
    for entry in os.scandir(_PROC):
        if not entry.name.isdigit():
            continue
        folder = _PROC / entry.name
        try:
            first = (folder / "cmdline").read_bytes().split(b"\0")[0].decode("utf-8", "replace")
            head, _, stat = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")
        except OSError:
            continue  # it has ended
        name = Path(first).name or head.partition("(")[2]
        yield Program(int(entry.name), name, booted + int(stat.split()[19]) / tick)
