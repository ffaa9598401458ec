"""How much the cloud itself computed while a rival worked: what the services cost, no client can save.

A service of the local cloud is one Python process, bound by its lock: while it computes, nothing else of it moves.
The machine's cores are shared by all of them and the database.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from ground.cloud import LocalCloud
from ground.cloud.faults import NAMES_OF_KINDS
from ground.cloud.services import ALL

TICKS = os.sysconf("SC_CLK_TCK")


class Busiest(NamedTuple):
    """What bounds a run: `name` is a process, or `machine` where all of them together need the cores for longer."""

    name: str
    seconds: float


def spent(cloud: LocalCloud) -> dict[str, float]:
    """The processor time of each process of the cloud since it began, in seconds."""
    return {process.name: computed(process.pid) for process in cloud.slot.alive()}


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each computed meanwhile; one that was started in between is not known to have."""
    return {name: round(after[name] - before[name], 3) for name in sorted(before) if name in after}


def busiest(worked: Mapping[str, float], cpus: int) -> Busiest:
    """The process, or the whole machine, that could not have been done sooner. The database has many threads."""
    single = [Busiest(name, seconds) for name, seconds in worked.items() if name.partition("-")[0] in ALL]
    return max([*single, Busiest("machine", sum(worked.values()) / cpus)], key=lambda one: one.seconds)


def types_of(process: str) -> frozenset[str]:
    """The service types, as the catalogue of kinds calls them, that a process answers for."""
    service = ALL.get(process.partition("-")[0])
    return frozenset(NAMES_OF_KINDS.get(kind, kind) for kind, _ in service.catalog) if service else frozenset()


def computed(pid: int) -> float:
    """The processor time of a process since it began, in seconds, without its children's."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
