"""A plan that does not come to its end: bounded in time, and gone with all that it started on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import programs
import pytest
from roots import MakeRoot, clean_environment, tree

from janitor.terraform.evaluate import evaluate

SLOW = """#!/bin/sh
echo $$ >> "$PIDS"
sleep 300 &
echo $! >> "$PIDS"
wait
"""
FAR = 'module "far" {\n  source = "git::file:///nowhere/far.git"\n}\n'
"""`init` asks git for it: a program that the configuration starts."""
READ = programs.ALONE + programs.output_of("git")
"""The plan itself starts one, through a provider."""
either = pytest.mark.parametrize("text", [pytest.param(FAR, id="init"), pytest.param(READ, id="a data source")])


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which that program hangs, with a child of its own; `PIDS` says who they are."""
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(SLOW, encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    env = clean_environment()
    pids = tmp_path / "pids"
    more = programs.environment(tmp_path)
    yield {"PATH": f"{program.parent}:{env['PATH']}", "PIDS": str(pids), "TMPDIR": str(tmp_path / "tmp")} | more
    for pid in started(pids):
        with_no_word(pid)


def with_no_word(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def started(pids: Path) -> list[int]:
    return [int(word) for word in pids.read_text().split()] if pids.exists() else []


def alive(pids: Path) -> list[int]:
    return [pid for pid in started(pids) if Path(f"/proc/{pid}").exists() and "Z" not in state(pid)]


def state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "Z"


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    begin = time.monotonic()
    yield
    assert time.monotonic() - begin < seconds


def wait_for(pids: Path) -> None:
    end = time.monotonic() + 30
    while len(started(pids)) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    assert len(alive(pids)) >= 2


@either
def test_a_plan_is_bounded_in_time_and_ends_with_its_children(
    make_root: MakeRoot, tofu: str, slow: dict[str, str], text: str
) -> None:
    root = make_root(text, binary=tofu, environment=slow)
    before = tree(root.path)
    with patience(20):
        found = evaluate(root, timeout=5)
    assert "no plan on an empty state" in found.problems[-1]
    assert found.evaluator == "static"
    assert started(Path(slow["PIDS"])), "git was asked"
    assert alive(Path(slow["PIDS"])) == []
    assert tree(root.path) == before


@pytest.mark.parametrize(
    ("command", "number", "text"),
    [
        pytest.param(["lint"], signal.SIGTERM, FAR, id="lint"),
        pytest.param(["graph", "--offline"], signal.SIGINT, READ, id="graph, a data source"),
        pytest.param(["lint"], signal.SIGTERM, READ, id="lint, a data source", marks=pytest.mark.thorough),
        pytest.param(["graph", "--offline"], signal.SIGINT, FAR, id="graph", marks=pytest.mark.thorough),
        pytest.param(["lint"], signal.SIGINT, FAR, id="lint SIGINT", marks=pytest.mark.thorough),
    ],
)
def test_a_signal_ends_the_plan_with_its_children_and_the_copy(
    make_root: MakeRoot, tofu: str, slow: dict[str, str], command: list[str], number: signal.Signals, *, text: str
) -> None:
    root = make_root(text, binary=tofu, environment=slow)
    before = tree(root.path)
    line = [sys.executable, "-m", "janitor", *command, "-C", str(root.path), "--evaluate", "binary", "--binary", tofu]
    janitor = subprocess.Popen(line, env=dict(root.environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for(Path(slow["PIDS"]))
        assert list(Path(slow["TMPDIR"]).glob("janitor-*"))
        janitor.send_signal(number)
        output, _ = janitor.communicate(timeout=15)
    finally:
        janitor.kill()
    assert janitor.returncode == 130, output.decode()
    assert b"Traceback" not in output
    assert alive(Path(slow["PIDS"])) == []
    assert list(Path(slow["TMPDIR"]).glob("janitor-*")) == []
    assert tree(root.path) == before


@either
@pytest.mark.parametrize("command", ["lint", "graph"])
def test_nothing_is_started_where_nobody_asked_for_a_plan(
    make_root: MakeRoot, tofu: str, slow: dict[str, str], command: str, text: str
) -> None:
    more = ["--offline"] if command == "graph" else []
    root = make_root(text, binary=tofu, environment=slow)
    line = [sys.executable, "-m", "janitor", command, "-C", str(root.path), "--binary", tofu, *more]
    with patience(30):
        subprocess.run(line, env=dict(root.environment), capture_output=True, check=False, timeout=60)
    assert started(Path(slow["PIDS"])) == []
