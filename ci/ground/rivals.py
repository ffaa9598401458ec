"""Who empties the stack in `ci/bench`, and how each is started: janitor, the binaries, OpenStack's cleanup, a script.

Each one works on a fresh apply of the same stack in a project of its own; what it leaves is listed afterwards.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ground import effort, timelines, venv
from ground.cache import cache_dir, once, step
from ground.cloud import LocalCloud
from ground.neighbour import look, put_port
from ground.rounds import Site
from ground.timelines import Bar

CLIENT = "python-openstackclient==10.5.0"
HELP_RUNS = 7
SAMPLE = 0.05
SAID = 12_000
REPORT, LOG = "report.json", "rival.log"

Timeline = Callable[[str, float], list[Bar]]
"""From what a rival printed, and when it was started (seconds since the epoch), to when each object went."""


@dataclass(frozen=True, slots=True)
class Rival:
    """One of them. `command` is what is started in the stack's folder, `binary` what has applied the stack."""

    key: str
    name: str
    command: Callable[[Site], list[str]]
    timeline: Timeline | None = None  # None: janitor's report tells it, or nothing does
    binary: str = "tofu"
    prepare: Callable[[Site], None] = lambda _site: None

    @property
    def is_here(self) -> bool:
        """Whether this machine has what it needs."""
        return shutil.which(self.binary) is not None


@dataclass(frozen=True, slots=True)
class Measured:
    """What it took, and what it left. `peak` (MB) and `cpu` are of the process itself, without its children."""

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
    stack: str = "kubespray"
    latency: int = 0
    key: str = ""
    """Of its trial."""
    bars: tuple[Bar, ...] = ()
    worked: Mapping[str, float] = field(default_factory=dict)
    """The processor time of each process of the cloud meanwhile."""
    cpu: float = 0.0


def _janitor(site: Site, *options: str) -> list[str]:
    binary = shutil.which(site.task.binary) or site.task.binary
    command = [sys.executable, "-m", "janitor", "destroy", "-y", "--binary", binary]
    return [*command, *options, "--report", f"json={REPORT}"]


def _direct(site: Site) -> list[str]:
    return _janitor(site, "--direct")


def _hold(site: Site) -> None:
    """A port that an interrupted job left on the network, in a group of the stack: the binary polls for ten minutes."""
    cloud = site.connect()
    mine = {"project_id": cloud.current_project_id}
    network = next(iter(cloud.network.networks(**mine)))
    group = min(one.name for one in cloud.network.security_groups(**mine) if one.name != "default")
    put_port(cloud, network=network.name, group=group)


def _destroy(site: Site) -> list[str]:
    return [site.task.binary, "destroy", "-auto-approve", "-input=false", "-json"]


def _cleanup(_site: Site) -> list[str]:
    return [str(client()), "project", "cleanup", "--auth-project", "--auto-approve"]


def _crude(_site: Site) -> list[str]:
    return [sys.executable, "-m", "ground.crude"]


def _told_by_terraform(said: str, begun: float) -> list[Bar]:
    return timelines.of_terraform(said.splitlines(), begun)


def _told_by_crude(said: str, begun: float) -> list[Bar]:
    return timelines.of_crude(said.splitlines(), begun)


JANITOR = Rival("janitor", "janitor destroy --direct", _direct)
FALLBACK = Rival("fallback", "janitor destroy, tofu hangs on a port", _janitor, prepare=_hold)
TOFU = Rival("tofu", "tofu destroy", _destroy, _told_by_terraform)
TERRAFORM = Rival("terraform", "terraform destroy", _destroy, _told_by_terraform, binary="terraform")
CLEANUP = Rival("openstack", "openstack project cleanup", _cleanup)
CRUDE = Rival("crude", "a crude script", _crude, _told_by_crude)
RIVALS: Mapping[str, Rival] = {rival.key: rival for rival in (JANITOR, FALLBACK, TOFU, TERRAFORM, CLEANUP, CRUDE)}


def client() -> Path:
    """OpenStack's command line from PyPI, in an environment of its own."""

    def build(folder: Path) -> None:
        with step(CLIENT):
            venv.install(venv.make(folder, with_pip=False), CLIENT)

    return once(cache_dir() / "openstackclient", venv.fingerprint(CLIENT, sys.version), build) / "bin" / "openstack"


def warm(rivals: list[Rival], *folders: Path) -> None:
    """Compile what any of the rivals could import: whoever came first would pay for the others."""
    pythons = {Path(sys.executable), *([client().with_name("python")] if CLEANUP in rivals else ())}
    where = "import sysconfig; print(sysconfig.get_path('stdlib'), sysconfig.get_path('purelib'), sep='\\n')"
    with step("compiling what the rivals import"):
        for python in sorted(pythons):
            found = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.split("\n")
            command = [python, "-m", "compileall", "-qq", "-x", "/tests?/", *filter(None, found), *folders]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def measure(rival: Rival, site: Site, cloud: LocalCloud) -> Measured:
    """Run it to its end on an applied stack."""
    state = json.loads((site.root / "terraform.tfstate").read_text(encoding="utf-8"))
    resources = sum(len(r["instances"]) for r in state["resources"] if r["mode"] == "managed")
    command = rival.command(site)
    before, epoch, begun = effort.spent(cloud), time.time(), time.monotonic()
    with (site.root / LOG).open("wb") as log:
        process = subprocess.Popen(
            command, cwd=site.root, env=site.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        peak, cpu = _watch(process)
    seconds = time.monotonic() - begun
    worked, busy = effort.between(before, effort.spent(cloud)), os.getloadavg()[0]
    left = Counter(seen.kind for seen in look(site.connect()).values())
    report = site.root / REPORT
    told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    said = (site.root / LOG).read_text(encoding="utf-8", errors="replace")
    start = report.stat().st_mtime - told["seconds"] - epoch if told else 0.0  # it is written when the run has ended
    bars = rival.timeline(said, epoch) if rival.timeline else timelines.of_report(told, start=max(0.0, start))
    return Measured(
        rival=rival.name,
        seconds=round(seconds, 3),
        code=process.returncode,
        peak=peak,
        resources=resources,
        left=dict(left),
        report=told,
        said=said[-SAID:],
        busy=busy,
        bars=tuple(bars),
        worked=worked,
        cpu=round(cpu, 2),
    )


def _watch(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Wait for its end; returns the most memory that it held at once, in MB, and its processor time, by the kernel."""
    status, peak, cpu = Path(f"/proc/{process.pid}/status"), 0.0, 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            text = status.read_text(encoding="utf-8")
            peak = max([peak, *(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("VmHWM"))])
            cpu = max(cpu, effort.computed(process.pid))
        time.sleep(SAMPLE)
    return peak, cpu


def help_seconds() -> float:
    """How long `janitor --help` takes: the median of a few."""
    program = Path(sys.executable).with_name("janitor")
    times = []
    for _ in range(HELP_RUNS):
        begun = time.monotonic()
        subprocess.run([program, "--help"], env=os.environ, stdout=subprocess.DEVNULL, check=True)
        times.append(time.monotonic() - begun)
    return statistics.median(times)
