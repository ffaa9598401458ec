"""A neighbour in the same project: objects of somebody else, which must be there unchanged in the end.

Also the demo's own eyes: a listing of the whole project through plain openstacksdk, with nothing of janitor in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from openstack.connection import Connection
    from openstack.resource import Resource


class Seen(NamedTuple):
    """One object as the cloud shows it: when its attributes differ later, somebody has touched it."""

    kind: str
    id: str
    name: str
    attributes: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name or self.id}"


CHANGING = ("updated_at", "revision_number", "status", "tags", "metadata", "security_group_ids", "device_id", "port_id")


def look(cloud: Connection) -> dict[str, Seen]:
    """Everything that the project holds, by kind and id; the group `default`, which every project has, left out.

    A busy nova lists a server that is deleted for good (DELETED) until its books are closed.
    """
    mine = {"project_id": cloud.current_project_id}
    listings: Mapping[str, Iterable[Resource]] = {
        "server": (server for server in cloud.compute.servers() if server.status != "DELETED"),
        "keypair": cloud.compute.keypairs(),
        "server_group": cloud.compute.server_groups(),
        "port": cloud.network.ports(**mine),
        "floating_ip": cloud.network.ips(**mine),
        "network": cloud.network.networks(**mine),
        "subnet": cloud.network.subnets(**mine),
        "router": cloud.network.routers(**mine),
        "security_group": (group for group in cloud.network.security_groups(**mine) if group.name != "default"),
        "load_balancer": cloud.load_balancer.load_balancers(**mine),
        "listener": cloud.load_balancer.listeners(**mine),
        "pool": cloud.load_balancer.pools(**mine),
        "health_monitor": cloud.load_balancer.health_monitors(**mine),
        "volume": cloud.block_storage.volumes(),
        "volume_snapshot": cloud.block_storage.snapshots(),
        "volume_backup": cloud.block_storage.backups(),
        "image": cloud.image.images(owner=cloud.current_project_id),
    }
    return {f"{kind}/{item.id}": _seen(kind, item) for kind, items in listings.items() for item in items}


def move_in(cloud: Connection, *, image: str, flavor: str, external: str) -> dict[str, Seen]:
    """Make the neighbour's objects: some without any mark, some with the mark of another run."""
    before = look(cloud)
    text, tag, metadata = "janitor:run=other", ["janitor:run=other"], {"janitor-run": "other"}
    network = cloud.network.create_network(name="neighbour-net")
    subnet = cloud.network.create_subnet(
        name="neighbour-subnet", network_id=network.id, ip_version=4, cidr="10.99.0.0/24"
    )
    group = cloud.network.create_security_group(name="neighbour-group", description=text)
    cloud.network.set_tags(group, tag)
    outside = cloud.network.find_network(external, ignore_missing=False)
    router = cloud.network.create_router(name="neighbour-router", external_gateway_info={"network_id": outside.id})
    cloud.network.add_interface_to_router(router, subnet=subnet.id)
    port = cloud.network.create_port(name="neighbour-port", network_id=network.id, security_group_ids=[group.id])
    cloud.network.create_ip(floating_network_id=outside.id, description="kept for the neighbour's DNS entry")
    cloud.network.create_ip(floating_network_id=outside.id, port_id=port.id, description=text)
    volume = cloud.block_storage.create_volume(name="neighbour-data", size=1)
    cloud.block_storage.create_volume(name="neighbour-other", size=1, metadata=metadata)
    server = cloud.compute.create_server(
        name="neighbour-server",
        image_id=cloud.image.find_image(image, ignore_missing=False).id,
        flavor_id=cloud.compute.find_flavor(flavor, ignore_missing=False).id,
        networks=[{"port": port.id}],
        metadata=metadata,
    )
    cloud.compute.create_keypair(name="neighbour-key")
    cloud.block_storage.wait_for_status(volume, status="available", wait=60)
    cloud.compute.wait_for_server(server, wait=60)
    return {key: seen for key, seen in look(cloud).items() if key not in before}


def put_port(cloud: Connection, *, network: str, group: str) -> str:
    """Make a port by hand on a stack's network, holding one of its groups; no state knows of it."""
    port = cloud.network.create_port(
        name="debugging-by-hand",
        network_id=cloud.network.find_network(network, ignore_missing=False).id,
        security_group_ids=[cloud.network.find_security_group(group, ignore_missing=False).id],
    )
    return str(port.id)


def _seen(kind: str, item: Resource) -> Seen:
    attributes = ", ".join(f"{name}={getattr(item, name, None)}" for name in CHANGING)
    return Seen(kind, str(item.id), str(item.name or ""), attributes)
