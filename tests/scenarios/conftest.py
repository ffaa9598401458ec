"""What the scenarios share: the cloud, a project, each binary that is here, and stacks of their own that are small."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clouds import local_cloud, project
from places import Place
from stage import Stage
from ways import found, pytest_collection_modifyitems, pytest_configure, tofu

from ground.cloud import Project
from ground.crude import clear

__all__ = ["binary", "local_cloud", "make", "project", "pytest_collection_modifyitems", "pytest_configure", "tofu"]

STACKS = Path(__file__).parent / "stacks"


@pytest.fixture(params=["tofu", "terraform"])
def binary(request: pytest.FixtureRequest) -> str:
    """Where the scenario may end differently with each of them."""
    return found(request.param)


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


@pytest.fixture
def place(project: Project, tmp_path: Path) -> Iterator[Place]:
    """A project without a workspace, which is emptied in the end."""
    here = Place(project, tmp_path)
    yield here
    clear(here.cloud)
