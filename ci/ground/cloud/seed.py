"""What a fresh cloud holds: accounts, catalogue, an image, flavors, a volume type, a public network."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ground.cloud.rest import RefusedError
from ground.cloud.services import PASSWORD, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ground.cloud.rest import Admin
    from ground.cloud.services import Service
    from ground.cloud.slots import Slot

FLAVORS = (("1", "tiny", 512, 1), ("2", "small", 2048, 20), ("3", "diskless", 512, 0))
IMAGE = "cirros"
VOLUME_TYPE = "sparse"
PUBLIC = "public"
INTERFACES = ("public", "internal", "admin")


def users(admin: Admin, services: Iterable[Service]) -> None:
    """Give `services` their accounts and roles in keystone."""
    roles = {role["name"]: role["id"] for role in admin.keystone("GET", "/roles")["roles"]}
    service_project = _create(admin, "project", name="service", domain_id="default")
    for service in services:
        for role in ("service", *service.roles):
            if role not in roles:
                roles[role] = _create(admin, "role", name=role)
        if service.name == "heat":
            _stack_domain(admin, roles["admin"])
        if service.catalog:
            user = _create(admin, "user", name=service.name, password=PASSWORD, domain_id="default")
            for role in ("admin", "service"):
                admin.keystone("PUT", f"/projects/{service_project}/users/{user}/roles/{roles[role]}")


def catalog(admin: Admin, slot: Slot, services: Iterable[Service]) -> None:
    """Tell everybody where `services` are."""
    for service in services:
        for kind, name in service.catalog:
            _endpoints(admin, f"http://127.0.0.1:{slot.port(service)}{service.path}", kind, name)
    admin.renew()


def resources(admin: Admin, services: Iterable[Service]) -> None:
    """Create what users of `services` expect to find."""
    for service in services:
        seed = SEEDS.get(service.name)
        if seed:
            seed(admin)


def _endpoints(admin: Admin, url: str, kind: str, name: str) -> None:
    service = _create(admin, "service", type=kind, name=name)
    for interface in INTERFACES:
        _create(admin, "endpoint", service_id=service, interface=interface, region_id=REGION, url=url)


def _stack_domain(admin: Admin, admin_role: str) -> None:
    """The domain where heat keeps the users and projects that templates make."""
    domain = _create(admin, "domain", name="heat")
    user = _create(admin, "user", name="heat_domain_admin", password=PASSWORD, domain_id=domain)
    admin.keystone("PUT", f"/domains/{domain}/users/{user}/roles/{admin_role}")


def _flavors(admin: Admin) -> None:
    for flavor, name, ram, disk in FLAVORS:
        body = {"id": flavor, "name": name, "ram": ram, "vcpus": 1, "disk": disk}
        admin.service("compute", "POST", "/flavors", {"flavor": body})


def _image(admin: Admin) -> None:
    body = {"name": IMAGE, "disk_format": "raw", "container_format": "bare", "visibility": "public"}
    image = admin.service("image", "POST", "/v2/images", body)["id"]
    path = f"/v2/images/{image}/file"
    admin.service("image", "PUT", path, b"\0" * 65536, Content_Type="application/octet-stream")


def _volume_type(admin: Admin) -> None:
    body = {"name": VOLUME_TYPE, "extra_specs": {"volume_backend_name": VOLUME_TYPE}}
    admin.service("block-storage", "POST", f"/{_project(admin)}/types", {"volume_type": body})


def _public_network(admin: Admin) -> None:
    body: dict[str, Any] = {
        "name": PUBLIC,
        "router:external": True,
        "provider:network_type": "flat",
        "provider:physical_network": "public",
    }
    network = admin.service("network", "POST", "/v2.0/networks", {"network": body})["network"]["id"]
    body = {
        "name": "public-v4",
        "network_id": network,
        "ip_version": 4,
        "cidr": "172.24.0.0/16",
        "gateway_ip": "172.24.0.1",
        "enable_dhcp": False,
    }
    admin.service("network", "POST", "/v2.0/subnets", {"subnet": body})


def _share_types(admin: Admin) -> None:
    for name, share_servers in (("flat", "false"), ("dhss", "true")):
        specs = {
            "driver_handles_share_servers": share_servers,
            "snapshot_support": "true",
            "share_backend_name": name,
            "create_share_from_snapshot_support": "true",
            "revert_to_snapshot_support": "true",
        }
        body = {"name": name, "share_type_access:is_public": True, "extra_specs": specs}
        version = {"X_OpenStack_Manila_API_Version": "2.50"}
        admin.service("shared-file-system", "POST", "/types", {"share_type": body}, **version)


SEEDS = {
    "nova": _flavors,
    "glance": _image,
    "cinder": _volume_type,
    "neutron": _public_network,
    "manila": _share_types,
}


def _project(admin: Admin) -> str:
    return _id(admin, "project", name="admin", domain_id="default")


def _create(admin: Admin, kind: str, **body: Any) -> str:  # noqa: ANN401 - JSON
    """Its id; where a start that was interrupted has made it already, the id of that one."""
    try:
        return str(admin.keystone("POST", f"/{kind}s", {kind: body})[kind]["id"])
    except RefusedError as refused:
        if refused.status != HTTPStatus.CONFLICT:
            raise
    return _id(admin, kind, **{name: value for name, value in body.items() if name in {"name", "domain_id"}})


def _id(admin: Admin, kind: str, **query: str) -> str:
    """The id of what is there under a name: a whole listing is cut off at a thousand."""
    return str(admin.keystone("GET", f"/{kind}s?{urlencode(query)}")[f"{kind}s"][0]["id"])
