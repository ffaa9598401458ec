"""What the tests of the kinds share: plays of the stacks, and the table of what a run has seen."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tables
from clouds import local_cloud, project
from kinds import claims
from kinds.play import Play
from kinds.record import Row, Witnessed, table
from stage import Stage
from ways import found, pytest_collection_modifyitems, tofu
from ways import pytest_configure as _thorough

from ground.cloud import LocalCloud, Project
from janitor.core.catalogue import KINDS

__all__ = ["local_cloud", "project", "pytest_collection_modifyitems", "tofu"]

OPTION, ROW = "--kinds-table", "kinds-row"
BY_SDK = "test_live_kinds.py::test_a_kind_is_listed_read_and_deleted["


def pytest_addoption(parser: pytest.Parser) -> None:
    tables.addoption(parser, OPTION, "what was seen of each kind")


def pytest_configure(config: pytest.Config) -> None:
    _thorough(config)
    types = [name for kind in KINDS.values() for name in kind.types]
    tables.configure(config, OPTION, rows, lambda seen: table(seen, types))


def rows(report: pytest.TestReport) -> list[Row]:
    """What a test has seen; a kind of floor 2 is one that the SDK made."""
    found = [Row(*values) for values in tables.properties(report, ROW)]
    if BY_SDK in report.nodeid:
        kind = report.nodeid.partition(BY_SDK)[2].rstrip("]")
        ways = (claims.Way.STATE, claims.Way.ABSENT, claims.Way.LISTING)
        found += [Row("", kind, way, "SDK") for way in ways]
    return found


@pytest.fixture
def witnessed(record_property: Callable[[str, object], None]) -> Witnessed:
    """Where a test writes what it sees; what an entry claims and the test did not see is its failure."""
    return Witnessed(lambda row: record_property(ROW, [row.type, row.kind, row.way, row.maker]))


@pytest.fixture
def other(local_cloud: LocalCloud, project: Project, tmp_path: Path) -> Iterator[Project]:
    """Another project, with another user."""
    with local_cloud.project(f"{project.name[:40]}-{secrets.token_hex(3)}", tmp_path / "other") as made:
        yield made


@pytest.fixture
def binary(request: pytest.FixtureRequest) -> str:
    """Which one applies the stack that is looked for."""
    return found(request.param)


@pytest.fixture
def enter(project: Project, tofu: str, tmp_path: Path) -> Callable[..., Play]:
    """A play of a stack: `enter("network")`; names begin with the project's, and twins have the same."""

    def entered(
        stack: str, folder: str = "ours", *, where: Project = project, run: str = "", binary: str = tofu
    ) -> Play:
        stage = Stage.small(
            tmp_path / folder,
            where,
            files=claims.files(stack),
            binary=binary,
            name=project.name,
            unique=f"{project.name}-{folder}",
            run=run,
        )
        return Play(stack, stage)

    return entered
