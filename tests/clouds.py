"""Fixtures of every test against real services: the local cloud, and a project of its own."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import pytest

from ground.cloud import LocalCloud
from ground.part import PartMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ground.cloud import Project


@pytest.fixture(scope="session")
def local_cloud() -> LocalCloud:
    """The cloud of this checkout; it is started when it does not run, and stays up for the next session."""
    try:
        return LocalCloud.up()
    except PartMissingError as missing:
        pytest.skip(f"missing: the local cloud ({missing})")


@pytest.fixture
def project(local_cloud: LocalCloud, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A fresh project, named after the test and like no other, so that gates can match what is named after it."""
    stem = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40]
    with local_cloud.project(f"{stem}-{secrets.token_hex(3)}", tmp_path) as made:
        yield made
