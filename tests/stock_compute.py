"""One object of each further kind of Nova, Cinder, Glance and Keystone, made by a member or by an administrator."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ground.cloud import LocalCloud
from ground.cloud.local import running
from ground.connections import administrator_of
from janitor.cloud.session import Session
from janitor.cloud.signin import connect

HOST = {"os-attach": {"host_name": "bare-metal-1", "mountpoint": "/dev/vdz", "mode": "rw"}}


def administrator(cloud: LocalCloud) -> Session:
    """A session of janitor's own, signed in as the cloud's administrator."""
    with patch.dict(os.environ, cloud.admin_env):
        return connect("admin")


def administrators_connection(cloud: LocalCloud) -> Any:
    """An SDK connection to make an administrator's things with."""
    return administrator_of(cloud)


def answered(response: Any) -> Mapping[str, Any]:
    """The body of an answer that must be a good one."""
    assert response.ok, (response.status_code, response.text)
    return response.json() if response.content else {}


def host_attachment(conn: Any, volume: Any) -> str:
    """A volume that a machine outside Nova uses."""
    answered(conn.block_storage.post(f"/volumes/{volume.id}/action", json=HOST))
    conn.block_storage.wait_for_status(volume, "in-use", interval=0.2, wait=60)
    (attachment,) = conn.block_storage.get_volume(volume.id).attachments
    return f"{volume.id}/{attachment['attachment_id']}"


def image_member(conn: Any, image: Any, member: str) -> str:
    """An image that another project may use, if it accepts."""
    conn.image.update_image(image, visibility="shared")
    conn.image.add_member(image, member_id=member)
    return f"{image.id}/{member}"


def image_acceptance(conn: Any, name: str) -> str:
    """The administrator's image, offered to this project and accepted."""
    cloud = running()
    assert cloud is not None
    theirs = administrators_connection(cloud)
    image = theirs.image.create_image(name=name, disk_format="raw", container_format="bare", visibility="shared")
    theirs.image.add_member(image, member_id=conn.current_project_id)
    conn.image.update_member(conn.current_project_id, image.id, status="accepted")
    return f"{image.id}/{conn.current_project_id}"


def ec2_credential(conn: Any) -> str:
    body = {"tenant_id": conn.current_project_id}
    path = f"/users/{conn.current_user_id}/credentials/OS-EC2"
    return str(answered(conn.identity.post(path, json=body))["credential"]["access"])


def flavor(conn: Any, name: str) -> str:
    return str(conn.compute.create_flavor(name=name, ram=64, vcpus=1, disk=1, is_public=False).id)


def volume_type(conn: Any, name: str) -> str:
    return str(conn.block_storage.create_type(name=name, **{"os-volume-type-access:is_public": False}).id)


def qos(conn: Any, name: str) -> str:
    made = answered(conn.block_storage.post("/qos-specs", json={"qos_specs": {"name": name, "consumer": "front-end"}}))
    return str(made["qos_specs"]["id"])


def _flavor_access(conn: Any, name: str) -> str:
    made = flavor(conn, name)
    conn.compute.flavor_add_tenant_access(made, conn.current_project_id)
    return f"{made}/{conn.current_project_id}"


def _aggregate(conn: Any, name: str) -> str:
    """With a host in it, which has to leave first."""
    made = conn.compute.create_aggregate(name=name)
    host = next(iter(conn.compute.hypervisors())).name
    conn.compute.add_host_to_aggregate(made, host)
    return str(made.id)


def _type_access(conn: Any, name: str) -> str:
    made = volume_type(conn, name)
    conn.block_storage.add_type_access(made, conn.current_project_id)
    return f"{made}/{conn.current_project_id}"


def _qos_association(conn: Any, name: str) -> str:
    specs, made = qos(conn, name), volume_type(conn, name)
    response = conn.block_storage.get(f"/qos-specs/{specs}/associate", params={"vol_type_id": made})
    assert response.ok, response.text
    return f"{specs}/{made}"


def _service(conn: Any, name: str) -> str:
    return str(conn.identity.create_service(name=name, type=name).id)


def _endpoint(conn: Any, name: str) -> str:
    service = _service(conn, name)
    made = conn.identity.create_endpoint(
        service_id=service, interface="public", url="http://127.0.0.1:9/", region_id="RegionOne"
    )
    return str(made.id)


def _registered_limit(conn: Any, name: str) -> tuple[str, str]:
    service = _service(conn, name)
    body = [{"service_id": service, "resource_name": name, "default_limit": 5}]
    made = answered(conn.identity.post("/registered_limits", json={"registered_limits": body}))
    return service, str(made["registered_limits"][0]["id"])


def _limit(conn: Any, name: str) -> str:
    service, _ = _registered_limit(conn, name)
    project = _project(conn, name)
    body = [{"service_id": service, "project_id": project, "resource_name": name, "resource_limit": 3}]
    return str(answered(conn.identity.post("/limits", json={"limits": body}))["limits"][0]["id"])


def _project(conn: Any, name: str) -> str:
    return str(conn.identity.create_project(name=name, domain_id="default").id)


def _user(conn: Any, name: str) -> str:
    return str(conn.identity.create_user(name=name, domain_id="default").id)


def _group(conn: Any, name: str) -> str:
    return str(conn.identity.create_group(name=name, domain_id="default").id)


def _membership(conn: Any, name: str) -> str:
    user, group = _user(conn, name), _group(conn, name)
    conn.identity.add_user_to_group(user, group)
    return f"{user}/{group}"


def _role(conn: Any, name: str) -> str:
    return str(conn.identity.create_role(name=name).id)


def _assignment(conn: Any, name: str) -> str:
    project, user, role = _project(conn, name), _user(conn, name), _role(conn, name)
    answered(conn.identity.put(f"/projects/{project}/users/{user}/roles/{role}"))
    return f"/{project}//{user}/{role}"


def _inherited(conn: Any, name: str) -> str:
    """Of a group, on a domain: the other two ends."""
    group, role = _group(conn, name), _role(conn, name)
    path = f"/OS-INHERIT/domains/default/groups/{group}/roles/{role}/inherited_to_projects"
    answered(conn.identity.put(path))
    return f"default//{group}//{role}"


GROUPS = {"OpenStack-API-Version": "volume 3.20"}


@contextmanager
def volume_group(cloud: LocalCloud, conn: Any, name: str) -> Iterator[tuple[str, str]]:
    """A group with a volume in it, of a group type that only an administrator can make: the ids of both."""
    cinder, admin = conn.block_storage, administrators_connection(cloud).block_storage
    of_type = answered(admin.post("/group_types", json={"group_type": {"name": name}}, headers=GROUPS))
    of_type = of_type["group_type"]["id"]
    kind = cinder.find_type("sparse").id
    wanted = {"name": name, "group_type": of_type, "volume_types": [kind]}
    group = answered(cinder.post("/groups", json={"group": wanted}, headers=GROUPS))["group"]["id"]
    _settles(lambda: answered(cinder.get(f"/groups/{group}", headers=GROUPS))["group"]["status"])
    body = {"volume": {"name": name, "size": 1, "group_id": group, "volume_type": kind}}
    volume = answered(cinder.post("/volumes", json=body, headers=GROUPS))["volume"]["id"]
    _settles(lambda: cinder.get_volume(volume).status)
    try:
        yield group, volume
    finally:
        answered(cinder.post(f"/groups/{group}/action", json={"delete": {"delete-volumes": True}}, headers=GROUPS))
        deadline = time.monotonic() + 30
        while cinder.get(f"/groups/{group}", headers=GROUPS).ok and time.monotonic() < deadline:
            time.sleep(0.2)
        admin.delete(f"/group_types/{of_type}", headers=GROUPS)


def _settles(status: Callable[[], str]) -> None:
    deadline = time.monotonic() + 30
    while status() != "available":
        assert time.monotonic() < deadline, status()
        time.sleep(0.2)


ADMINISTRATORS: Mapping[str, Callable[[Any, str], str]] = {
    "flavor": flavor,
    "flavor_access": _flavor_access,
    "aggregate": _aggregate,
    "volume_type": volume_type,
    "volume_type_access": _type_access,
    "volume_qos": qos,
    "volume_qos_association": _qos_association,
    "project": _project,
    "user": _user,
    "user_group": _group,
    "user_membership": _membership,
    "role": _role,
    "role_assignment": _assignment,
    "inherited_role_assignment": _inherited,
    "service": _service,
    "endpoint": _endpoint,
    "registered_limit": lambda conn, name: _registered_limit(conn, name)[1],
    "limit": _limit,
}
"""Kind → how an administrator makes one of it."""


@contextmanager
def tidied(conn: Any, name: str) -> Iterator[None]:
    """Remove at the end what an administrator's test has named so, its helpers included."""
    try:
        yield
    finally:
        for delete, identifier in list(_named(conn, name)):
            delete(identifier)


def _named(conn: Any, name: str) -> Iterator[tuple[Callable[[str], Any], str]]:
    """What carries the name, dependents first, each with the call that deletes it."""
    keystone, nova, cinder = conn.identity, conn.compute, conn.block_storage
    for found, delete in (
        (keystone.limits(), keystone.delete_limit),
        (keystone.registered_limits(), keystone.delete_registered_limit),
    ):
        yield from ((delete, one.id) for one in found if one.resource_name == name)
    for found, delete in (
        (keystone.services(), keystone.delete_service),
        (keystone.projects(name=name), keystone.delete_project),
        (keystone.users(name=name), keystone.delete_user),
        (keystone.groups(name=name), keystone.delete_group),
        (keystone.roles(name=name), keystone.delete_role),
        (nova.flavors(), nova.delete_flavor),
        (cinder.types(), cinder.delete_type),
        (nova.aggregates(), lambda identifier: _empty_and_delete(nova, identifier)),
    ):
        yield from ((delete, one.id) for one in found if one.name == name)
    for specs in answered(cinder.get("/qos-specs"))["qos_specs"]:
        if specs["name"] == name:
            yield lambda identifier: cinder.delete(f"/qos-specs/{identifier}", params={"force": "true"}), specs["id"]


def _empty_and_delete(nova: Any, aggregate: str) -> None:
    for host in nova.get_aggregate(aggregate).hosts:
        nova.remove_host_from_aggregate(aggregate, host)
    nova.delete_aggregate(aggregate)
