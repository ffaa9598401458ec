"""Fixtures of every test against real services: the local cloud, and a project of its own."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING

import pytest

from ground.cloud import LocalCloud
from ground.part import PartMissingError
from janitor.core.catalogue import KINDS

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


OPTIONAL = {"dns": "designate", "orchestration": "heat", "shared-file-system": "manila", "object-store": "swift"}
"""What the local cloud has only when it is asked for: type in the catalog → name of the service."""


def needing(name: str) -> pytest.MarkDecorator:
    """The mark of a test on objects of this kind: what its service needs is started when it does not run yet."""
    service = OPTIONAL.get(KINDS[name].service)
    return pytest.mark.services(*([service] if service else []))


@pytest.fixture
def project(local_cloud: LocalCloud, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    """A fresh project, named after the test and like no other, so that gates can match what is named after it."""
    if wanted := {service for mark in request.node.iter_markers("services") for service in mark.args}:
        LocalCloud.up(wanted)  # before the project is made: its user gets their roles
    stem = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40]
    with local_cloud.project(f"{stem}-{secrets.token_hex(3)}", tmp_path) as made:
        yield made
