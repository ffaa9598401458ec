"""One round of the soak: a run beside its neighbours is wrecked, janitor cleans in one way, a listing decides.

The listing is `ground.neighbour.look`; from janitor only its exit code and what its report names are taken.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openstack.connection import Connection

from ground import applies, bystanders
from ground.cloud import LocalCloud, Project
from ground.connections import user_of
from ground.crude import emptied
from ground.neighbour import Seen, look
from ground.part import run
from ground.venv import ROOT

EXTERNAL = "public"
NAME_VARIABLES = {"small": "name", "kubespray": "cluster_name"}
WAYS = {"mark": "--mark", "log": "--from-log", "name": "names, --since", "journal": "its journal"}
TIMEOUT = 400.0
REPORT = "report.json"


@dataclass(frozen=True, slots=True)
class Task:
    """What one round does. `moment` is when the apply is killed; None lets it finish, and the state is deleted."""

    stack: str
    binary: str
    way: str
    marks: bool
    number: int
    moment: float | None
    visit: float | None
    """When in the apply a neighbour comes, in seconds; None: none does."""

    @property
    def key(self) -> str:
        """Its name in the results."""
        kind = "lost" if self.moment is None else "apply" if self.way == "journal" else "kill"
        return f"{kind}-{self.stack}-{self.binary}-{self.way}-{'marks' if self.marks else 'bare'}-{self.number}"


@dataclass(frozen=True, slots=True)
class Site:
    """A working copy of the stack, for a project of its own."""

    task: Task
    root: Path
    project: Project
    given: Mapping[str, str] = field(default_factory=dict)
    """What its environment has beyond the project's: the region, variables of the stack."""

    @property
    def name(self) -> str:
        """The run's name: what its objects' names begin with, and its mark."""
        return self.project.name

    @property
    def env(self) -> dict[str, str]:
        """What a pipeline's jobs get."""
        names = {f"TF_VAR_{NAME_VARIABLES[self.task.stack]}": self.name}
        names |= {"TF_VAR_run": self.name} if self.task.marks else {}
        return {**os.environ, **self.project.env, **names, **self.given}

    @property
    def log(self) -> Path:
        """The apply's output."""
        return self.root / "apply.log"

    def connect(self) -> Connection:
        """The project's user."""
        return user_of(self.project)


def stage(task: Task, project: Project, folder: Path, given: Mapping[str, str] = MappingProxyType({})) -> Site:
    """Copy the stacks and init."""
    shutil.copytree(ROOT / "terraform", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
    site = Site(task, folder / "examples" / task.stack, project, given)
    run([task.binary, "init", "-input=false", "-no-color"], folder=site.root, env=site.env)
    return site


@contextlib.contextmanager
def staged(
    task: Task, project: Project, folder: Path, given: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[Site, Connection]]:
    """Within the block there are the working copy and the project's user; what the project holds goes at its end."""
    site = stage(task, project, folder, given)
    user = site.connect()
    try:
        with emptied(user):
            yield site, user
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def apply(site: Site, *, until: float | None) -> float:
    """Apply with `-json` output; kill -9 of its whole group after `until` seconds. Returns how long it ran.

    Where the journal is the way, it is janitor that applies, and that is killed, too.
    """
    if site.task.way == "journal":
        return applies.apply(site.root, site.task.binary, site.env, until=until, timeout=TIMEOUT)
    command = [site.task.binary, "apply", "-auto-approve", "-input=false", "-json"]
    begun = time.monotonic()
    with site.log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            cwd=site.root,
            env=site.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(until or TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    if code not in (0, -signal.SIGKILL) or (until is None and code):
        raise RuntimeError(f"the apply ended by itself with {code}:\n{site.log.read_text(encoding='utf-8')[-1500:]}")
    return time.monotonic() - begun


def play(task: Task, cloud: LocalCloud, folder: Path, name: str) -> dict[str, Any]:
    """Play the round; the project and the working copy are gone afterwards. Returns its line of results."""
    begun = time.monotonic()
    with cloud.project(name, folder) as project, staged(task, project, folder) as (site, user):
        line = _wreck_and_clean(site, user)
    return {"key": task.key, **asdict(task), **line, "round_seconds": round(time.monotonic() - begun, 1)}


def _wreck_and_clean(site: Site, user: Connection) -> dict[str, Any]:
    neighbours = bystanders.settle(user, external=EXTERNAL)
    time.sleep(1.1)  # time stamps are cut to seconds, and `--since` must lie between the neighbours and the run
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with ThreadPoolExecutor(1) as pool:
        visit = pool.submit(_visit, site)
        ran = apply(site, until=site.task.moment)
        visitors = visit.result(TIMEOUT)
    told = _told(site)
    if site.task.way == "journal":
        applies.lose(site.root)
    elif site.task.moment is None:
        for state in site.root.glob("terraform.tfstate*"):
            state.unlink()
    wreck = look(user)
    neighbours |= {key: wreck[key] for key in visitors}
    cleaned = clean(site, since)
    return {"ran": round(ran, 1), **told, **cleaned, **judge(site.task, neighbours, wreck, look(user), cleaned)}


def _visit(site: Site) -> set[str]:
    if site.task.visit is None:
        return set()
    time.sleep(site.task.visit)
    return bystanders.drop_in(site.connect(), external=EXTERNAL)


def _told(site: Site) -> dict[str, int]:
    """What the wreck says of itself: the creations that the log tells of, the size of the state."""
    state = site.root / "terraform.tfstate"
    by_janitor = site.task.way == "journal"
    text = applies.said(site.root) if by_janitor else site.log.read_text(encoding="utf-8", errors="replace")
    created = text.count('"type":"apply_complete"')
    return {"reported": created, "state_bytes": state.stat().st_size if state.exists() else 0}


def clean(site: Site, since: str, more: Sequence[str] = ()) -> dict[str, Any]:
    """Run janitor in the task's way; its exit code, its time, and the objects that its report calls unverified."""
    command, env = cleaning(site, since, more)
    begun = time.monotonic()
    done = subprocess.run(
        command,
        cwd=site.root,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    report = site.root / REPORT
    told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
    return {
        "exit": done.returncode,
        "seconds": round(time.monotonic() - begun, 1),
        "unverified": sorted(_named(told)),
        "said": "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:],
        "traceback": "Traceback (most recent call last)" in done.stdout + done.stderr,
    }


def cleaning(site: Site, since: str, more: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
    """The line that starts janitor in the task's way, and its environment.

    By its mark: as a GitLab job would, whose environment says when the pipeline began. A key pair carries no mark, and
    its name proves nothing without that.
    """
    begin = {"CI_PIPELINE_CREATED_AT": since} if site.task.way == "mark" else {}
    options = {
        "mark": ["--mark", site.name],
        "log": ["--from-log", site.log.name],
        "name": ["--since", since],
        "journal": ["--mark", site.name] if site.task.marks else [],
        "state": [],
    }
    env = applies.without_variables(site.env) if site.task.way == "journal" else site.env | begin
    command = [sys.executable, "-m", "janitor", "destroy", "-y", "--binary", shutil.which(site.task.binary) or ""]
    return [*command, *options[site.task.way], *more, "--report", f"json={site.root / REPORT}"], env


def _named(report: Mapping[str, Any]) -> set[str]:
    """The objects that a report calls unverified: themselves, or as candidates of a configured instance."""
    rows = [row for row in report.get("objects", ()) if row["outcome"] == "unverified"]
    themselves = {f"{row['kind']}/{row['id']}" for row in rows if row["id"]}
    return themselves | {f"{one['kind']}/{one['id']}" for row in rows for one in row["holders"]}


def judge(
    task: Task,
    neighbours: Mapping[str, Seen],
    wreck: Mapping[str, Seen],
    now: Mapping[str, Seen],
    cleaned: Mapping[str, Any],
) -> dict[str, Any]:
    """What was found, what was missed, and every promise that was broken."""
    mine = {key: seen for key, seen in {**wreck, **now}.items() if key not in neighbours}
    missed = {key: seen for key, seen in now.items() if key not in neighbours}
    named, code = set(cleaned["unverified"]), cleaned["exit"]
    broken = [f"touched: {seen}" for key, seen in neighbours.items() if now.get(key) != seen]
    if code not in (0, 4):
        broken.append(f"exit code {code}")
    elif code == 0:
        broken += [f"proved, and left {seen}" for seen in missed.values()]
    else:
        broken += [f"left without a word: {seen}" for key, seen in missed.items() if key not in named]
        if not missed and task.visit is None:  # only what is as young as the run may be the run's, for all one knows
            broken.append("exit code 4, and nothing is left")
        if task.way == "mark" or (task.way == "journal" and task.marks):
            broken.append("exit code 4 although everything was marked")
    return {
        "wreck": dict(Counter(seen.kind for seen in mine.values())),
        "found": len(mine) - len(missed),
        "cautious": code == 4 and not missed,
        "missed": sorted(f"{seen.kind} {seen.name or '(no name)'}" for seen in missed.values()),
        "violations": broken,
    }
