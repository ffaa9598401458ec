"""The standard streams may be closed, full or without a reader: no run ends of it, and no result is lost in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NO_TERMINAL = "janitor: There is no terminal to ask on: add --yes, or --dry-run to look first.\n"
FULL = "janitor: The result cannot be written to stdout (No space left on device).\n"
LEAVING = """
import sys
from runs import EMPTY
from janitor.cli import app, running

def workflow(settings, console, *, stop):
    sys.stdin.readline()
    for number in range(50):
        console.note(f"line {number}")
    with open("done", "w") as file:
        file.write("the run went on to its end")
    return EMPTY

running.main_run = workflow
app.main(["destroy", "-y"])
"""


def python(cwd: Path, *arguments: str) -> subprocess.Popen[str]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "HOME": "/dev/null/home", "JANITOR": sys.executable}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(arguments, cwd=cwd, env=env, text=True, **pipes)


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        pytest.param("kinds port > /dev/full", 3, FULL, id="stdout full"),
        pytest.param("plan 2>/dev/full", 3, "", id="stderr full"),
        pytest.param("sweep --mark ci-1 <&- >&-", 2, NO_TERMINAL, id="stdin and stdout closed"),
    ],
)
def test_a_stream_that_cannot_be_used_is_no_bug(line: str, code: int, told: str, tmp_path: Path) -> None:
    process = python(tmp_path, "sh", "-c", f'exec "$JANITOR" -m janitor {line}')
    _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (code, told)


def test_who_stops_listening_stops_no_run(tmp_path: Path) -> None:
    """`janitor destroy -y 2>&1 | head`: both streams lose their reader while objects are deleted."""
    process = python(tmp_path, sys.executable, "-c", LEAVING)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize("raw", [b"openstack_x.y: Creating...\n\xe2\x94", b"\xff\xfeo\x00\n"])
def test_a_log_is_read_from_stdin_wherever_it_was_cut(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "janitor", "plan", "-C", str(tmp_path), "--from-log", "-"],
        input=raw,
        env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8:strict"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert b"There are no credentials" in done.stderr
