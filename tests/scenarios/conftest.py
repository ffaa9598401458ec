"""What the scenarios share: the cloud, a project, each binary that is here, and stacks of their own that are small."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from clouds import local_cloud, project
from stage import Stage

from ground.cloud import Project

__all__ = ["binary", "local_cloud", "make", "project", "tofu"]

STACKS = Path(__file__).parent / "stacks"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: a variant that only SCENARIOS=all runs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("SCENARIOS") == "all":
        return
    rare = [item for item in items if item.get_closest_marker("thorough")]
    config.hook.pytest_deselected(items=rare)
    items[:] = [item for item in items if item not in rare]


def _found(name: str) -> str:
    if shutil.which(name) is None:
        pytest.skip(f"missing: {name} on PATH")
    return name


@pytest.fixture(params=["tofu", "terraform"])
def binary(request: pytest.FixtureRequest) -> str:
    """Where the scenario may end differently with each of them."""
    return _found(request.param)


@pytest.fixture
def tofu() -> str:
    """Where one binary is as good as the other."""
    return _found("tofu")


@pytest.fixture
def make(project: Project, tmp_path: Path) -> Callable[..., Stage]:
    """A working copy of one of the small stacks, initialised: `make("net", tofu)`.

    Every name in it begins with the project's, so that a gate finds it.
    """

    def made(stack: str, binary: str, *, workspace: str = "", folder: str = "root", **variables: str) -> Stage:
        files = [STACKS / "terraform.tf", STACKS / f"{stack}.tf"]
        return Stage.small(
            tmp_path / folder, project, files=files, binary=binary, workspace=workspace, name=project.name, **variables
        )

    return made
