"""What a shell is offered, and what a typing mistake is answered with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shellingham

ROOT = Path(__file__).resolve().parents[2]
Janitor = Callable[..., Any]


@pytest.mark.parametrize(
    ("shell", "word"),
    [
        ("bash", "complete -o default -F _janitor_completion"),
        ("zsh", "#compdef janitor"),
        ("fish", "complete --command"),
    ],
)
def test_each_shell_gets_its_own_script(
    shell: str, word: str, janitor: Janitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which one asks is seen from the processes; under a build or a runner's agent there may be none."""
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, f"/bin/{shell}"))
    done = janitor("--show-completion")
    assert done.code == 0
    assert "_JANITOR_COMPLETE" in done.out
    assert word in done.out


OFFERED = {"janitor des": "destroy", "janitor plan --work": "--workspace", "janitor gr": "graph"}

COMPLETE = """
eval "$(janitor --show-completion)"
offers=$(complete -p janitor | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
for typed in "$@"; do
  COMP_WORDS=($typed); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  $offers janitor
  echo "${COMPREPLY[@]}"
done
"""


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    """A real bash, with the script that janitor gives it, asking the real program."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("missing: bash")
    program = tmp_path / "janitor"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m janitor "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        [bash, "-c", COMPLETE, "bash", *OFFERED], env=env, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    for line, offered in zip(done.stdout.splitlines(), OFFERED.values(), strict=True):
        assert offered in line.split()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (("destory",), "'destroy'"),
        (("plna",), "'plan'"),
        (("destroy", "--wrkspace", "x"), "--workspace"),
        (("plan", "--from-logs", "x"), "--from-log"),
        (("plan", "--format", "jsn"), "json"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_one_that_was_meant(
    typed: tuple[str, ...], meant: str, janitor: Janitor
) -> None:
    done = janitor(*typed)
    assert done.code == 2
    assert re.search("did you mean|possible options", done.err, re.IGNORECASE)
    assert meant in done.err
