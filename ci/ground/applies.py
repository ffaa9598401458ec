"""An apply that janitor itself runs, killed with everything that it started; its state is lost, too.

What is left is the journal, and what terraform said into the file beside it.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from ground.killing import kill_all

BEGINS = 120.0
"""Seconds within which janitor hands over to terraform, on a busy machine."""


def apply(root: Path, binary: str, env: Mapping[str, str], *, until: float | None, timeout: float) -> float:
    """Run it; kill -9 of everything `until` seconds after terraform has begun. Returns how long that ran."""
    command = [sys.executable, "-m", "janitor", "apply", "-y", "--binary", shutil.which(binary) or binary]
    with (root / "apply.log").open("w", encoding="utf-8") as output:
        janitor = subprocess.Popen(
            command, cwd=root, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        begun = _begun(root, janitor)
        try:
            janitor.wait(until or timeout)
        except subprocess.TimeoutExpired:
            kill_all(janitor.pid)
        code = janitor.wait()
    if code not in (0, -signal.SIGKILL) or (until is None and code):
        text = (root / "apply.log").read_text(encoding="utf-8")
        raise RuntimeError(f"janitor apply ended by itself with {code}:\n{text[-1500:]}")
    return time.monotonic() - begun


def said(root: Path) -> str:
    """What terraform said, as far as it came."""
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in _logs(root))


def lose(root: Path) -> None:
    """Lose the state and everything that would tell of it: nothing but the journal stays."""
    for path in root.glob("*terraform.tfstate*"):  # the lock's description, too
        path.unlink()
    (root / "apply.log").unlink(missing_ok=True)


def without_variables(env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a job that was told nothing of the run."""
    return {name: value for name, value in env.items() if not name.startswith("TF_VAR_")}


def _begun(root: Path, janitor: subprocess.Popen[bytes]) -> float:
    end = time.monotonic() + BEGINS
    while time.monotonic() < end and janitor.poll() is None and not _logs(root):
        time.sleep(0.02)
    return time.monotonic()


def _logs(root: Path) -> list[Path]:
    return sorted((root / ".janitor").glob("*.apply.jsonl"))
