"""What a janitor asked the services for, off its own wire (`wiretap`), and what of it went to something dying."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

TAP = Path(__file__).parent / "wiretap"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Request:
    """One that was answered. `began` and `ended` in seconds since the epoch."""

    method: str
    url: str  # host:port/path, and its query
    status: int
    began: float
    ended: float

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    @property
    def is_accepted_delete(self) -> bool:
        return self.method == "DELETE" and 200 <= self.status < 300


def tapped(file: Path) -> Mapping[str, str]:
    """The environment in which a Python writes its requests there."""
    file.unlink(missing_ok=True)
    return {"PYTHONPATH": str(TAP), "WIRETAP": str(file)}


def requests(file: Path) -> list[Request]:
    """What was written; a line that a kill tore is the last one."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True) if file.exists() else []
    return [Request(**json.loads(line)) for line in lines if line.endswith("\n")]


def writes_to_the_dying(asked: Iterable[Request]) -> list[str]:
    """Writes to an object, or to what is below it, that began when its delete had been accepted.

    The same delete once more is none: whoever waits for a backend that forgot may repeat it.
    """
    listed = list(asked)
    dying: dict[str, float] = {}
    for one in listed:
        if one.is_accepted_delete:
            dying[one.path] = min(one.ended, dying.get(one.path, one.ended))
    return [
        f"{one.method} {one.url}, {one.began - since:.2f} s after the delete of {path} was accepted"
        for one in listed
        if one.method in WRITES
        for path, since in dying.items()
        if one.began > since and (one.path.startswith(f"{path}/") or (one.path == path and one.method != "DELETE"))
    ]
