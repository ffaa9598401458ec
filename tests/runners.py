"""The runners of the jobs that `janitor ci` prints: how each reads its file, what it sets, and how it cancels.

What they do is told by their sources, and re-done here, since none of them can be had on loopback. A script of GitLab's
is read by a bash with `-eo pipefail` in a process group of its own (runner: shells/bash.go, helpers/process), a step of
GitHub's is a file for `bash -e` (actions/runner: ScriptHandler), a container of Kubernetes' starts its command itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from threading import Thread
from typing import Any

import pytest
import yaml

from ground.killing import kill_all

IMAGE = "registry.example.org/janitor:0.1.0"
VARIANTS = [
    ("gitlab",),
    ("gitlab", "--state", "http", "--image", "$CI_REGISTRY_IMAGE/janitor:0.1.0"),
    ("github", "--chdir", "infra/e2e/"),
    ("github", "--state", "http", "--image", IMAGE),
]
KUBERNETES = [("kubernetes", "--image", IMAGE), ("kubernetes", "--image", IMAGE, "--shards", "100")]
RUN = "ci-4711"

every_variant = pytest.mark.parametrize("variant", VARIANTS, ids=" ".join)


def scripts(runner: str, text: str) -> dict[str, str]:
    """Each script in the jobs by its name, as its runner hands it to a shell."""
    document = yaml.safe_load(text)
    if runner == "gitlab":
        parts = ("script", "after_script")
        return {
            f"{name} {part}": "\n".join(job[part]) for name, job in document.items() for part in parts if part in job
        }
    return {step["name"]: step["run"] for job in document["jobs"].values() for step in job["steps"] if "run" in step}


def gitlab_job(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends merged in: maps key by key, everything else from the job itself."""
    own = document[name]
    above = gitlab_job(document, own["extends"]) if "extends" in own else {}
    variables = above.get("variables", {}) | own.get("variables", {})
    return above | own | {"variables": variables}


def gitlab_variables(job: Mapping[str, Any], predefined: Mapping[str, str]) -> dict[str, str]:
    """What a job's shell sees: the predefined variables, and the job's own, which may be made of them."""
    own = {name: Template(str(value)).substitute(predefined) for name, value in job["variables"].items()}
    return {**predefined, **own}


def github_variables(levels: Sequence[Mapping[str, Any]], contexts: Mapping[str, str]) -> dict[str, str]:
    """The variables of a step: the workflow's, the job's, its own. An expression must be one of `contexts`."""

    def evaluated(text: object) -> str:
        return re.sub(r"\$\{\{ (.+?) \}\}", lambda found: contexts[found[1]], str(text))

    return {name: evaluated(value) for level in levels for name, value in level.get("env", {}).items()}


def first(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """To the process that the runner has started, alone."""
    process.send_signal(number)


def group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    """To its whole process group, also when the process itself has ended."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def tree(process: subprocess.Popen[str], _number: signal.Signals) -> None:
    """The end of it and of all that it started."""
    if process.poll() is None:
        kill_all(process.pid)


Signals = tuple[tuple[Callable[..., None], signal.Signals, float], ...]
GITHUB: Signals = ((first, signal.SIGINT, 7.5), (first, signal.SIGTERM, 2.5), (tree, signal.SIGKILL, 10))
"""actions/runner, ProcessInvoker: then it kills the process tree."""
GITLAB: Signals = ((group, signal.SIGTERM, 600), (group, signal.SIGKILL, 10))
"""gitlab-runner, helpers/process/killer.go and killer_unix.go: GracefulTimeout and KillTimeout, both configurable."""
KUBERNETES_STOPS: Signals = ((first, signal.SIGTERM, 30), (tree, signal.SIGKILL, 10))
"""A pod's terminationGracePeriodSeconds, where it says none itself; the manifest says 60."""


@dataclass(slots=True)
class Script:
    """A script under way. It has ended when nobody holds its output any more: a runner waits for that."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)
    reader: Thread = field(init=False)

    def __post_init__(self) -> None:
        """Read what it says, as a runner does."""
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(self.process.stdout)

    def ended(self, seconds: float) -> bool:
        """Wait so long for its end."""
        self.reader.join(seconds)
        return not self.reader.is_alive()

    def end(self, seconds: float = 240) -> int:
        """Wait for its end; its exit code."""
        assert self.ended(seconds), "".join(self.said)
        assert "Traceback" not in "".join(self.said), "".join(self.said)
        return self.process.wait(10)

    @property
    def text(self) -> str:
        """What it has said."""
        return "".join(self.said)

    def wait_for(self, happened: Callable[[], bool], seconds: float = 90) -> None:
        """Until that has happened, while it runs."""
        deadline = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < deadline, self.text
            assert self.reader.is_alive(), self.text
            time.sleep(0.05)

    def cancelled(self, sequence: Signals) -> tuple[list[signal.Signals], float]:
        """Cancel it as a runner does; which signals that took, and how long."""
        sent, begun = [], time.monotonic()
        for whom, number, patience in sequence:
            whom(self.process, number)
            sent.append(number)
            if self.ended(patience):
                break
        self.end(0)
        return sent, time.monotonic() - begun


def started(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], script: str = "") -> Script:
    """Start a command in a process group of its own, with nothing but this environment; `script` is its stdin."""
    process = subprocess.Popen(
        list(command), cwd=folder, env=dict(environment), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, process_group=0,
    )  # fmt: skip
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(script)
        process.stdin.close()
    return Script(process)


@contextlib.contextmanager
def runs_alive(alive: list[int]) -> Iterator[tuple[str, list[int], list[str]]]:
    """An address that answers as both services do: the runs that are asked for by a status, and who asked with what.

    Skips the test where a program is missing that the jobs ask with.
    """
    for program in ("curl", "jq"):
        if shutil.which(program) is None:
            pytest.skip(f"missing: {program}")
    tokens: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers.get("PRIVATE-TOKEN") or self.headers.get("Authorization") or "")
            found = [{"id": number} for number in alive] if "status=pending" in self.path else []
            page = found[:100]
            hub = {"total_count": len(found), "workflow_runs": page}
            body = json.dumps(hub if "/actions/" in self.path else page).encode()
            self.send_response(200 if alive else 403)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", alive, tokens
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
