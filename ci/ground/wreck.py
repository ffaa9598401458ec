"""An apply that is killed half-way: what a cancelled CI job leaves behind.

tofu runs in a process group of its own, which gets SIGKILL as soon as its own output tells of enough objects.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ground.part import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CREATED = re.compile(r"^(\S+): Creation complete after", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Wreck:
    """What is left of the apply."""

    created: int
    seconds: float
    state_bytes: int
    in_state: int


def stage(binary: str, root: Path, workspace: str, environment: Mapping[str, str]) -> None:
    """Prepare the working copy: init, and a workspace of its own."""
    run([binary, "init", "-input=false", "-no-color"], folder=root, env=environment)
    run([binary, "workspace", "new", workspace], folder=root, env=environment)


def apply_and_kill(binary: str, root: Path, log: Path, environment: Mapping[str, str], *, after: int) -> Wreck:
    """Apply until `after` objects were reported as created, then kill -9 the whole process group."""
    begun = time.monotonic()
    command = [binary, "apply", "-auto-approve", "-input=false", "-no-color"]
    with log.open("w", encoding="utf-8") as output:
        apply = subprocess.Popen(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while apply.poll() is None and _created(log) < after:
                time.sleep(0.05)
        finally:
            if apply.poll() is None:
                os.killpg(apply.pid, signal.SIGKILL)
            ended = apply.wait()
    if ended != -signal.SIGKILL:
        tail = "\n".join(log.read_text(encoding="utf-8").splitlines()[-15:])
        raise RuntimeError(f"The apply ended by itself ({ended}) before it could be killed:\n{tail}")
    states = [path.read_bytes() for path in root.glob("terraform.tfstate.d/*/terraform.tfstate")]
    resources = sum(len(json.loads(state)["resources"]) for state in states if state)
    return Wreck(_created(log), time.monotonic() - begun, sum(map(len, states)), resources)


def _created(log: Path) -> int:
    return len(CREATED.findall(log.read_text(encoding="utf-8", errors="replace")))
