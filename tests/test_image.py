"""`ci/Containerfile`: the image holds what the locks name, and what the printed jobs call."""

from __future__ import annotations

import re
import tomllib

import pytest
import runners
from containerfile import STEPS, TEXT

from ground.toolchain import TOFU
from ground.venv import LOCK, ROOT
from janitor import jobs

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OF_THE_SHELL = {"if", "then", "fi", "for", "do", "done", "set", "echo", "exec", "in", "eval"}


def test_tofu_is_the_one_of_the_lock() -> None:
    (tag,) = re.findall(r"^FROM ghcr\.io/opentofu/opentofu:(\S+)-minimal AS tofu$", TEXT, re.MULTILINE)
    assert tag == TOFU.version()


def test_the_packages_are_those_of_the_lock() -> None:
    (install,) = [step for step in STEPS if "pip install" in step]
    assert install.endswith("--constraint /src/dev.txt /src")
    (copied,) = [step for step in STEPS if step.endswith(" /src/")]
    assert str(LOCK.relative_to(ROOT)) in copied.split()


def test_every_stage_with_python_has_the_same_one_which_the_project_takes() -> None:
    tags = re.findall(r"^FROM docker\.io/library/python:(\S+)", TEXT, re.MULTILINE)
    assert len(set(tags)) == 1
    minor = tags[0].partition("-")[0]
    assert f"Programming Language :: Python :: {minor}" in PROJECT["classifiers"]


def test_what_it_copies_is_there_and_enough_to_build() -> None:
    copied = [word for step in STEPS if re.match(r"COPY [^-]", step) for word in step.split()[1:-1]]
    assert all((ROOT / word).exists() for word in copied)
    assert {"pyproject.toml", PROJECT["readme"], "janitor", "LICENSE"} <= set(copied)


@pytest.mark.parametrize("runner", ["gitlab", "github"])
def test_it_has_every_program_that_a_script_of_the_jobs_calls(runner: str) -> None:
    text = jobs.render(runner, jobs.Wanted())
    called = set()
    for script in runners.scripts(runner, text).values():
        plain = re.sub(r"'[^']*'|\"[^\"]*\"|\[ [^]]* \]|\\\n|#.*", "", script)
        called |= set(re.findall(r"(?:^|;|\bthen\b|\bdo\b|\bexec\b) *([a-z]+)", plain, re.MULTILINE))
    installed = {word for step in STEPS if "apt-get install" in step for word in step.split()} | {"janitor", "tofu"}
    assert called - OF_THE_SHELL
    assert called - OF_THE_SHELL <= installed


def test_its_name_in_the_text_carries_the_version() -> None:
    assert f"--tag {runners.IMAGE}" in TEXT
    assert runners.IMAGE.endswith(f":{PROJECT['version']}")
