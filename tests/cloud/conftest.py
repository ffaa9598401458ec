"""What tests against the real services share: the project, its owner's connection, and janitor's own eyes there."""

from typing import Any

import pytest
import stock
from clouds import local_cloud, project
from ways import pytest_collection_modifyitems, pytest_configure

from ground.cloud import Project
from janitor.cloud.live import LiveCloud

__all__ = ["local_cloud", "project", "pytest_collection_modifyitems", "pytest_configure"]


@pytest.fixture
def conn(project: Project) -> Any:
    return stock.connection(project)


@pytest.fixture
def live(project: Project) -> LiveCloud:
    return LiveCloud([stock.session(project)])
