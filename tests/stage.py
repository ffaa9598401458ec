"""The stage of the scenarios: a working copy of an example stack, the real binaries, janitor as a user starts it.

What a scenario claims about the cloud comes from `ground.neighbour.look`, a listing that is not janitor's.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from documents import run_document, times_fit
from mortals import mortally
from openstack.connection import Connection
from requested import Request, requests, tapped, writes_to_the_dying

from ground.cloud import Project
from ground.connections import user_of
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
    asked: Sequence[Request] = ()

    def objects(self, **wanted: str) -> list[dict[str, Any]]:
        """The report's objects with these values."""
        return [o for o in self.report.get("objects", ()) if all(o.get(k) == v for k, v in wanted.items())]


@dataclass(slots=True)
class Running:
    """A janitor that is under way."""

    process: subprocess.Popen[bytes]
    report: Path
    text: Path
    wire: Path
    begun: float = field(default_factory=time.monotonic)

    def signal(self, number: int) -> None:
        """Send it a signal; what its end costs is measured from here."""
        self.begun = time.monotonic()
        self.process.send_signal(number)

    def end(self, timeout: float = TIMEOUT) -> Ran:
        """Wait for its end; one that does not end is killed. None of its writes may go to what is being deleted."""
        try:
            code = self.process.wait(timeout)
        finally:
            self.process.kill()
        report = run_document(self.report.read_text(encoding="utf-8")) if self.report.exists() else {}
        text = self.text.read_text(encoding="utf-8")
        assert not report or times_fit(report), report
        assert "Traceback" not in text, text
        asked = requests(self.wire)
        assert writes_to_the_dying(asked) == []
        return Ran(code, report, text, time.monotonic() - self.begun, asked)


@dataclass(slots=True)
class Stage:
    """One working copy in one project. `variables` become TF_VAR_* for terraform and janitor, as in a pipeline."""

    root: Path
    binary: str
    project: Project
    workspace: str = "default"
    variables: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)  # environment on top, as that of a region of its own
    begun: float = field(default_factory=lambda: time.time() - 1)
    called: str = ""  # a second janitor beside the first keeps its report, its words and its requests apart
    mortal: bool = False  # janitor is held to the permissions of files, also where root runs the tests

    @classmethod
    def of(
        cls, folder: Path, project: Project, *, stack: str, binary: str, workspace: str = "", **variables: str
    ) -> Stage:
        """Copy the stacks, init, and make the workspace."""
        shutil.copytree(ROOT / "terraform", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
        stage = cls(folder / "examples" / stack, binary, project, workspace or "default", dict(variables))
        return stage._begin()

    @classmethod
    def small(
        cls,
        folder: Path,
        project: Project,
        *,
        files: Iterable[Path],
        binary: str,
        workspace: str = "",
        **variables: str,
    ) -> Stage:
        """A root module of a few files and modules, for what needs no whole stack: it is applied within seconds."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            if file.is_dir():
                shutil.copytree(file, folder / file.name)
            else:
                shutil.copy(file, folder)
        return cls(folder, binary, project, workspace or "default", dict(variables))._begin()

    def _begin(self) -> Stage:
        self.terraform("init", "-input=false")
        if self.workspace != "default":
            self.terraform("workspace", "new", self.workspace)
        return self

    @property
    def env(self) -> dict[str, str]:
        """The environment of the pipeline's jobs."""
        given = {f"TF_VAR_{name}": value for name, value in self.variables.items()}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("CI_", "GITLAB_", "GITHUB_", "JANITOR_"))}
        return clean | self.project.env | given | self.more

    @property
    def state(self) -> Path:
        """The local state file of the workspace."""
        if self.workspace == "default":
            return self.root / "terraform.tfstate"
        return self.root / "terraform.tfstate.d" / self.workspace / "terraform.tfstate"

    def terraform(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the binary to its end."""
        plain = ["-no-color"] if arguments[0] in {"init", "apply", "plan", "destroy"} else []
        done = subprocess.run(
            [self.binary, *arguments, *plain],
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

    def apply_and_kill(self, seconds: float, *, word: str = "") -> None:
        """Apply with `-json` output and kill -9 the whole group after that time, or as soon as its log has the word."""
        command = [self.binary, "apply", "-auto-approve", "-input=false", "-json"]
        deadline = time.monotonic() + seconds
        with self.log.open("w", encoding="utf-8") as output:
            apply = subprocess.Popen(
                command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
            while apply.poll() is None and time.monotonic() < deadline and not (word and word in self.log.read_text()):
                time.sleep(0.02)
            if apply.poll() is None:
                os.killpg(apply.pid, signal.SIGKILL)
            apply.wait()

    def command(self, *arguments: str) -> list[str]:
        """The line that starts janitor."""
        where = [] if self.workspace == "default" else ["--workspace", self.workspace]
        line = [sys.executable, "-m", "janitor", arguments[0], *where, *arguments[1:]]
        return mortally(*line) if self.mortal else line

    def janitor(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """Run janitor to its end with a JSON report beside its text."""
        return self.start(*arguments, env=env).end()

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        """Start janitor; it is told where to report, and its text goes into a file."""
        report = self.root / f"{self.called}report.json"
        beside = self.root.parent / f"{self.root.name}.{self.called}janitor"
        text, wire = beside.with_suffix(".out"), beside.with_suffix(".wire")
        report.unlink(missing_ok=True)
        with text.open("w", encoding="utf-8") as output:
            process = subprocess.Popen(
                [*self.command(*arguments), "--report", f"json={report}"],
                cwd=self.root, env=self.env | tapped(wire) | dict(env or {}), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT,
            )  # fmt: skip
        return Running(process, report, text, wire)

    def destroy(self, *arguments: str, env: Mapping[str, str] | None = None) -> Ran:
        """`janitor destroy -y`."""
        return self.janitor("destroy", "-y", *arguments, env=env)

    @property
    def since(self) -> str:
        """The run's begin as `--since` takes it."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begun))

    def connection(self) -> Connection:
        """The project's user, without janitor."""
        return user_of(self.project)

    def look(self) -> dict[str, Seen]:
        """What the project holds now."""
        return look(self.connection())

    @property
    def lock_info(self) -> Path:
        """What the holder of the state's lock wrote about itself."""
        return self.state.with_name(f".{self.state.name}.lock.info")

    def applying(self) -> subprocess.Popen[bytes]:
        """An apply under way, in a session of its own."""
        with self.log.open("w", encoding="utf-8") as output:
            return subprocess.Popen(
                [self.binary, "apply", "-auto-approve", "-input=false", "-no-color"], cwd=self.root, env=self.env,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def patience(self, limit: str, *kinds: str) -> None:
        """Let objects of these kinds take no longer than that, by `tf-janitor.toml`."""
        limits = "".join(f'{kind} = "{limit}"\n' for kind in kinds)
        (self.root / "tf-janitor.toml").write_text(f"[timeouts]\n{limits}", encoding="utf-8")

    def beside(self, workspace: str, **variables: str) -> Stage:
        """Another workspace of the same working copy. Each of the two is selected by its environment from now on."""
        other = Stage(self.root, self.binary, self.project, workspace, dict(variables))
        other.terraform("workspace", "new", workspace)
        for stage in self, other:
            stage.more["TF_WORKSPACE"] = stage.workspace
        return other

    def listed(self) -> list[str]:
        """The addresses that the state knows."""
        return self.terraform("state", "list").stdout.split()

    def drift(self) -> str:
        """What a plan would change; nothing when the cloud is as the state says."""
        plan = self.terraform("plan", "-detailed-exitcode", "-input=false", check=False)
        return "" if plan.returncode == 0 else plan.stdout + plan.stderr
