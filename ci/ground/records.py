"""The file of one bench: what was measured, trial by trial, so that a bench that was ended goes on where it was."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from ground.figures import Figure
from ground.rivals import Measured
from ground.timelines import Bar


def read(path: Path) -> list[Measured]:
    """The rows that were kept there."""
    if not path.exists():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return [Measured(**row | {"bars": tuple(Bar(**bar) for bar in row["bars"])}) for row in kept]


def write(path: Path, at: str, rows: Iterable[Measured], figures: Iterable[Figure]) -> None:
    """Keep them, and the figures; the file is never half there."""
    document = {
        "at": at,
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "figures": [_figure(one) for one in figures],
        "rows": [asdict(row) for row in rows],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pending = path.with_name(path.name + ".new")
    pending.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    pending.replace(path)


def _figure(one: Figure) -> dict[str, object]:
    goal = str(one.goal) if one.goal else None
    return {"name": one.name, "where": one.where, "value": one.value, "goal": goal, "met": one.met}
