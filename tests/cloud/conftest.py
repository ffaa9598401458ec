"""What tests against the real services share."""

from clouds import local_cloud, project
from ways import pytest_collection_modifyitems, pytest_configure

__all__ = ["local_cloud", "project", "pytest_collection_modifyitems", "pytest_configure"]
