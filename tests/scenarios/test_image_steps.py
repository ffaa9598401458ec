"""The steps of `ci/Containerfile` that make janitor's environment, run where no container engine is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from containerfile import stage

from ground.venv import LOCK, ROOT

pytestmark = pytest.mark.thorough


def test_they_install_janitor_with_the_packages_of_the_lock(tmp_path: Path) -> None:
    """The image's folders are folders of this machine here, and its Python is this one."""

    def here(text: str) -> str:
        return re.sub(r"(?<!\S)(/src|/opt)", rf"{tmp_path}\1", text)

    (tmp_path / "opt").mkdir()
    for step in stage("packages"):
        word, _, rest = step.partition(" ")
        if word == "COPY":
            *sources, target = rest.split()
            copied([ROOT / source for source in sources], Path(here(target)))
            continue
        done = subprocess.run(["sh", "-c", here(rest)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    programs = tmp_path / "opt" / "janitor" / "bin"
    frozen = subprocess.run([programs / "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    installed, pinned = pins(frozen), pins(LOCK.read_text(encoding="utf-8"))
    assert installed <= pinned
    assert "openstacksdk" in {name for name, _ in installed}
    said = subprocess.run([programs / "janitor", "ci", "gitlab"], capture_output=True, text=True, check=True).stdout
    assert "janitor-clean-up:" in said


def copied(sources: list[Path], target: Path) -> None:
    """As COPY does: files into the target, of a folder what is in it."""
    target.mkdir(parents=True, exist_ok=True)
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy(source, target)


def pins(text: str) -> set[tuple[str, str]]:
    """Which package in which version, by the name that PyPI knows it by."""
    rows = (line.partition(";")[0].strip().partition("==") for line in text.splitlines() if "==" in line)
    return {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, _, version in rows}
