"""Plain connections of openstacksdk, with nothing of janitor in them: what stands in a `clouds.yaml`, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openstack

if TYPE_CHECKING:
    from pathlib import Path

    from openstack.connection import Connection

    from ground.cloud import LocalCloud, Project


def connect(clouds_yaml: Path | str, cloud: str, **options: Any) -> Connection:  # noqa: ANN401 - what the SDK takes
    """That account there, whatever the environment says."""
    config = openstack.config.OpenStackConfig(config_files=[str(clouds_yaml)], load_envvars=False)
    return openstack.connection.Connection(config=config.get_one(cloud=cloud, **options))


def user_of(project: Project) -> Connection:
    """The project's user, in the region where nothing stands before the services."""
    return connect(project.clouds_yaml, project.cloud_name)


def administrator_of(cloud: LocalCloud) -> Connection:
    """The cloud's administrator."""
    return connect(cloud.admin_env["OS_CLIENT_CONFIG_FILE"], cloud.admin_env["OS_CLOUD"])
