"""A project of its own for a test: made by keystone in a tenth of a second, with a user and a `clouds.yaml`."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from ground.cloud import accounts
from ground.cloud.rest import RefusedError
from ground.cloud.services import MEMBER_ROLES, OPTIONAL_ROLES, PASSWORD, REGION

if TYPE_CHECKING:
    from pathlib import Path

    from ground.cloud.rest import Admin
    from ground.cloud.slots import Slot

CLOUDS_YAML = """\
clouds:
  {cloud_name}:
    region_name: {region}
    identity_api_version: "3"
    auth:
      auth_url: {auth_url}
      username: {user}
      password: "{password}"
      project_name: {project}
      user_domain_name: Default
      project_domain_name: Default
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project with one user in it. As a context it deletes both at the end; those from stock only give their name
    back, for a deletion costs keystone all that it knows. What the project holds stays.
    """

    id: str
    name: str
    user: str
    user_id: str
    password: str
    cloud_name: str
    clouds_yaml: Path
    auth_url: str
    admin: Admin
    stocked: bool = False

    @property
    def env(self) -> dict[str, str]:
        """What tofu and janitor need in their environment to work as this project's user."""
        return environment(self.clouds_yaml, self.cloud_name)

    def write_clouds_yaml(self, path: Path, *, region: str = REGION, auth_url: str = "") -> Path:
        """Write a `clouds.yaml` (0600) with this account, for another region or another keystone if given."""
        return write_clouds_yaml(
            path,
            cloud_name=self.cloud_name,
            region=region,
            auth_url=auth_url or self.auth_url,
            user=self.user,
            password=self.password,
            project=self.name,
        )

    def delete(self) -> None:
        """Delete user and project in keystone; their resources stay, and the other services do not notice."""
        for path in (f"/users/{self.user_id}", f"/projects/{self.id}"):
            with contextlib.suppress(RefusedError):
                self.admin.keystone("DELETE", path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.stocked:
            with contextlib.suppress(RefusedError):
                accounts.rename(self.admin, accounts.Account(self.id, self.user_id), self.id)
        else:
            self.delete()


def take(slot: Slot, admin: Admin, name: str, folder: Path) -> Project:
    """Take project and user from the stock, or have keystone make them where there are none left."""
    account = accounts.take(slot, admin, name)
    if account is None:
        return create(admin, name, folder)
    return _written(admin, name, account, accounts.PASSWORD, folder, stocked=True)


def create(admin: Admin, name: str, folder: Path) -> Project:
    """Create project `name` and a user of the same name, whose `clouds.yaml` is written into `folder`."""
    roles = {role["name"]: role["id"] for role in admin.keystone("GET", "/roles")["roles"]}
    body = {"name": name, "domain_id": "default"}
    project = admin.keystone("POST", "/projects", {"project": body})["project"]["id"]
    password = secrets.token_urlsafe(12)
    user = admin.keystone("POST", "/users", {"user": body | {"password": password}})["user"]["id"]
    for role in (*MEMBER_ROLES, *(role for role in OPTIONAL_ROLES if role in roles)):
        admin.keystone("PUT", f"/projects/{project}/users/{user}/roles/{roles[role]}")
    return _written(admin, name, accounts.Account(project, user), password, folder, stocked=False)


def _written(
    admin: Admin, name: str, account: accounts.Account, password: str, folder: Path, *, stocked: bool
) -> Project:
    made = Project(
        id=account.project,
        name=name,
        user=name,
        user_id=account.user,
        password=password,
        cloud_name=name,
        clouds_yaml=folder / "clouds.yaml",
        auth_url=admin.keystone_url,
        admin=admin,
        stocked=stocked,
    )
    made.write_clouds_yaml(made.clouds_yaml)
    return made


def write_clouds_yaml(path: Path, **account: str) -> Path:
    """Write one account as `clouds.yaml`, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        os.fchmod(file.fileno(), 0o600)
        file.write(CLOUDS_YAML.format(**account))
    return path


def write_admin_clouds_yaml(path: Path, keystone_url: str) -> Path:
    """Write the administrator's account as `clouds.yaml`."""
    return write_clouds_yaml(
        path,
        cloud_name="admin",
        region=REGION,
        auth_url=keystone_url,
        user="admin",
        password=PASSWORD,
        project="admin",
    )


def environment(clouds_yaml: Path, cloud_name: str) -> dict[str, str]:
    """The variables by which every OpenStack client finds an account; no proxy stands before 127.0.0.1."""
    direct = ",".join(
        filter(None, [os.environ.get("NO_PROXY") or os.environ.get("no_proxy", ""), "127.0.0.1,localhost"])
    )
    return {
        "OS_CLIENT_CONFIG_FILE": str(clouds_yaml),
        "OS_CLOUD": cloud_name,
        "OS_USE_OCTAVIA": "true",
        "NO_PROXY": direct,
        "no_proxy": direct,
    }
