"""What the tests of the command line share: a folder of their own, an environment that means nothing, `janitor`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from janitor.cli.app import main

MEANING = ("OS_", "TF_", "JANITOR_", "CI_", "GITLAB_", "GITHUB_")


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: object
    out: str
    err: str


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A folder of its own, an environment without variables that mean something, and the handlers as they were."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for name in [name for name in os.environ if name.startswith(MEANING)] + ["CI"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.chdir(tmp_path)
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def janitor(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """The command line in this process, from its words to its exit code."""

    def call(*words: str) -> Said:
        with pytest.raises(SystemExit) as left:
            main(words)
        return Said(left.value.code, *capsys.readouterr())

    return call


@pytest.fixture
def rendered(janitor: Callable[..., Said]) -> Callable[..., str]:
    """What `janitor ci` prints."""

    def call(*words: str) -> str:
        done = janitor("ci", *words)
        assert (done.code, done.err) == (0, "")
        return done.out

    return call
