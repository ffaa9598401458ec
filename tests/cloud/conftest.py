"""What tests against the real services share."""

from clouds import local_cloud, project

__all__ = ["local_cloud", "project"]
