"""Who empties the stack in `ci/bench`, and how each is started: janitor, the binary, OpenStack's own cleanup, a script.

Each one works on a fresh apply of the same stack in a project of its own; what it leaves is listed afterwards.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground import venv
from ground.cache import cache_dir, once, step
from ground.neighbour import look
from ground.rounds import Site

CLIENT = "python-openstackclient==10.5.0"
HELP_RUNS = 7
SAMPLE = 0.05
SAID = 12_000


@dataclass(frozen=True, slots=True)
class Rival:
    """One of them. `command` is what is started in the stack's folder."""

    name: str
    command: Callable[[Site], list[str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What it took, and what it left. `peak` is of the process itself, without its children, in MB."""

    rival: str
    seconds: float
    code: int
    peak: float
    resources: int
    left: Mapping[str, int]
    report: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""
    """The end of what it printed: of janitor, when each object went."""
    busy: float = 0.0
    """The machine's load while it ran, the cloud's own included: rows with a different one do not compare."""


def _janitor(_site: Site) -> list[str]:
    return [sys.executable, "-m", "janitor", "destroy", "-y", "--direct", "--report", "json=report.json"]


def _tofu(site: Site) -> list[str]:
    return [site.task.binary, "destroy", "-auto-approve", "-input=false", "-no-color"]


def _cleanup(_site: Site) -> list[str]:
    return [str(client()), "project", "cleanup", "--auth-project", "--auto-approve"]


def _crude(_site: Site) -> list[str]:
    return [sys.executable, "-m", "ground.crude"]


JANITOR = Rival("janitor destroy --direct", _janitor)
TOFU = Rival("tofu destroy", _tofu)
CLEANUP = Rival("openstack project cleanup", _cleanup)
CRUDE = Rival("a crude script", _crude)
RIVALS = (JANITOR, TOFU, CLEANUP, CRUDE)


def client() -> Path:
    """OpenStack's command line from PyPI, in an environment of its own."""

    def build(folder: Path) -> None:
        with step(CLIENT):
            venv.install(venv.make(folder, with_pip=False), CLIENT)

    return once(cache_dir() / "openstackclient", venv.fingerprint(CLIENT, sys.version), build) / "bin" / "openstack"


def measure(rival: Rival, site: Site) -> Measured:
    """Run it to its end on an applied stack."""
    state = json.loads((site.root / "terraform.tfstate").read_text(encoding="utf-8"))
    resources = sum(len(r["instances"]) for r in state["resources"] if r["mode"] == "managed")
    command = rival.command(site)
    begun = time.monotonic()
    with (site.root / "rival.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=site.root, env=site.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        peak = _watch(process)
    seconds = time.monotonic() - begun
    report = site.root / "report.json"
    left = Counter(seen.kind for seen in look(site.connect()).values())
    told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    said = (site.root / "rival.log").read_text(encoding="utf-8", errors="replace")[-SAID:]
    busy = os.getloadavg()[0]
    return Measured(rival.name, seconds, process.returncode, peak, resources, dict(left), told, said, busy)


def _watch(process: subprocess.Popen[bytes]) -> float:
    """Wait for its end; returns the most memory that it held at once, in MB, as the kernel counts it."""
    status, peak = Path(f"/proc/{process.pid}/status"), 0.0
    while process.poll() is None:
        try:
            text = status.read_text(encoding="utf-8")
        except OSError:
            text = ""
        peak = max([peak, *(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))])
        time.sleep(SAMPLE)
    return peak


def help_seconds() -> float:
    """How long `janitor --help` takes: the median of a few."""
    program = Path(sys.executable).with_name("janitor")
    times = []
    for _ in range(HELP_RUNS):
        begun = time.monotonic()
        subprocess.run([program, "--help"], env=os.environ, stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - begun)
    return statistics.median(times)
