"""A project, what is in it, and sweeps of it: as somebody makes them who has no workspace."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import stock
from documents import run_document
from requested import requests, tapped, writes_to_the_dying
from stage import Ran

from ground.cloud import Project
from ground.neighbour import Seen, look

FOREIGN = ("CI", "GIT", "JANITOR_", "JOB_")


def plain_environment() -> dict[str, str]:
    """This process's environment, without what a CI would say."""
    return {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}


class Place:
    """A project, what is in it, and sweeps of it."""

    def __init__(self, project: Project, folder: Path) -> None:
        self.project, self.folder = project, folder
        self.cloud: Any = stock.connection(project)

    def look(self) -> dict[str, Seen]:
        return look(self.cloud)

    def names(self) -> set[str]:
        return {seen.name for seen in self.look().values()}

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        return plain_environment() | self.project.env | dict(more or {})

    def sweep(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        return swept(self.folder, self.environment(env), *arguments)


def swept(folder: Path, environment: Mapping[str, str], *arguments: str) -> Ran:
    """Run `janitor sweep` in a folder of its own, to its end."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    wire = folder / "janitor.wire"
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "janitor", "sweep", *arguments, "--report", f"json={report}"],
        cwd=folder, env={**environment, **tapped(wire)}, stdin=subprocess.DEVNULL, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=240,
    )  # fmt: skip
    assert "Traceback" not in done.stdout, done.stdout
    asked = requests(wire)
    assert writes_to_the_dying(asked) == []
    told = run_document(report.read_text(encoding="utf-8")) if report.exists() else {}
    return Ran(done.returncode, told, done.stdout, time.monotonic() - begun, asked)
