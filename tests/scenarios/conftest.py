"""What the scenarios share: the cloud, a project, each binary that is here, and stacks of their own that are small."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import tables
from clouds import local_cloud, project
from places import Place
from stage import Ran, Stage
from ways import found, pytest_collection_modifyitems, tofu
from ways import pytest_configure as _thorough
from wreckage import Row, row, table

from ground.cloud import Project
from ground.neighbour import Seen

__all__ = ["binary", "local_cloud", "make", "project", "pytest_collection_modifyitems", "tofu"]

STACKS = Path(__file__).parent / "stacks"
OPTION, ROW = "--wrecks-table", "wreck"


def pytest_addoption(parser: pytest.Parser) -> None:
    tables.addoption(parser, OPTION, "what was found of each wreck, and what was missed,")


def pytest_configure(config: pytest.Config) -> None:
    _thorough(config)
    tables.configure(config, OPTION, lambda report: [Row(*v) for v in tables.properties(report, ROW)], table)


@pytest.fixture
def noted(record_property: Callable[[str, object], None]) -> Callable[..., None]:
    """Where a test writes what a call made of a wreck: `noted("zero bytes", stage, ran, there, "--since")`.

    `there`: the run's own objects before, by a listing that is not janitor's.
    """

    def note(wreck: str, stage: Stage, ran: Ran, there: Mapping[str, Seen], *given: str) -> None:
        record_property(ROW, [*row(wreck, ran, there, stage.look(), *given)])

    return note


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
def place(project: Project, tmp_path: Path) -> Place:
    """A project without a workspace."""
    return Place(project, tmp_path)
