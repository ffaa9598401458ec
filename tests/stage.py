"""The stage of the scenarios: a working copy of an example stack, the real binaries, janitor as a user starts it.

What a scenario claims about the cloud comes from `ground.neighbour.look`, a listing that is not janitor's.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openstack
from ground.cloud import Project
from ground.neighbour import Seen, look
from ground.venv import ROOT

TIMEOUT = 280.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a janitor ended: its code, its report, and what it said."""

    code: int
    report: dict[str, Any]
    text: str
    seconds: float

    def objects(self, **wanted: str) -> list[dict[str, Any]]:
        """The report's objects with these values."""
        return [o for o in self.report.get("objects", ()) if all(o.get(k) == v for k, v in wanted.items())]


@dataclass(slots=True)
class Stage:
    """One working copy in one project. `variables` go to terraform and janitor as TF_VAR_*, as a pipeline gives them."""

    root: Path
    binary: str
    project: Project
    workspace: str = "default"
    variables: dict[str, str] = field(default_factory=dict)
    begun: float = field(default_factory=lambda: time.time() - 1)

    @classmethod
    def of(cls, folder: Path, project: Project, *, stack: str, binary: str, workspace: str = "", **variables: str) -> Stage:
        """Copy the stacks, init, and make the workspace."""
        shutil.copytree(ROOT / "terraform", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
        stage = cls(folder / "examples" / stack, binary, project, workspace or "default", dict(variables))
        stage.terraform("init", "-input=false")
        if workspace:
            stage.terraform("workspace", "new", workspace)
        return stage

    @property
    def env(self) -> dict[str, str]:
        """The environment of the pipeline's jobs."""
        given = {f"TF_VAR_{name}": value for name, value in self.variables.items()}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("CI_", "GITLAB_", "GITHUB_", "JANITOR_"))}
        return clean | self.project.env | given

    @property
    def state(self) -> Path:
        """The local state file of the workspace."""
        if self.workspace == "default":
            return self.root / "terraform.tfstate"
        return self.root / "terraform.tfstate.d" / self.workspace / "terraform.tfstate"

    def terraform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the binary to its end."""
        done = subprocess.run(
            [self.binary, *arguments, "-no-color"] if arguments[0] in {"init", "apply", "plan", "destroy"} else [self.binary, *arguments],
            cwd=self.root, env=self.env, capture_output=True, text=True, timeout=TIMEOUT, check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def apply(self) -> None:
        """Apply to the end, its output kept as a CI would keep it."""
        done = self.terraform("apply", "-auto-approve", "-input=false")
        self.log.write_text(done.stdout, encoding="utf-8")

    @property
    def log(self) -> Path:
        """The apply's output."""
        return self.root / "apply.log"

    def apply_and_kill(self, seconds: float) -> None:
        """Apply with `-json` output and kill -9 the whole group after that time, wherever it is then."""
        command = [self.binary, "apply", "-auto-approve", "-input=false", "-json"]
        with self.log.open("w", encoding="utf-8") as output:
            apply = subprocess.Popen(
                command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
            try:
                apply.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(apply.pid, signal.SIGKILL)
            apply.wait()

    def command(self, *arguments: str) -> list[str]:
        """The line that starts janitor."""
        where = [] if self.workspace == "default" else ["--workspace", self.workspace]
        return [sys.executable, "-m", "janitor", arguments[0], *where, *arguments[1:]]

    def janitor(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run janitor to its end with a JSON report beside its text."""
        path = self.root / "report.json"
        path.unlink(missing_ok=True)
        begun = time.monotonic()
        done = subprocess.run(
            [*self.command(*arguments), "--report", f"json={path}"],
            cwd=self.root, env=self.env | dict(env or {}), stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=TIMEOUT, check=False,
        )  # fmt: skip
        report = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        text = done.stdout + done.stderr
        assert "Traceback" not in text, text
        return Ran(done.returncode, report, text, time.monotonic() - begun)

    def destroy(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """`janitor destroy -y`."""
        return self.janitor("destroy", "-y", *arguments, env=env)

    @property
    def since(self) -> str:
        """The run's begin as `--since` takes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begun))

    def connection(self) -> openstack.connection.Connection:
        """The project's user, without janitor."""
        config = openstack.config.OpenStackConfig(config_files=[str(self.project.clouds_yaml)])
        return openstack.connection.Connection(config=config.get_one(self.project.cloud_name))

    def look(self) -> dict[str, Seen]:
        """What the project holds now."""
        return look(self.connection())
