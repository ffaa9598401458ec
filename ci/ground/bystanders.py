"""Objects of somebody else in the project of a run: few, made in a second or two, and each of a kind that is easily
mistaken for the run's own: nothing marks them, or the mark is another run's.
"""

from __future__ import annotations

from openstack.connection import Connection

from ground.neighbour import Seen, look

TEXT, TAG = "janitor:run=other", "janitor:run=other"


def settle(cloud: Connection, *, external: str) -> dict[str, Seen]:
    """Make them before the run begins; returns how the cloud shows them."""
    network = cloud.network.create_network(name="neighbour-net")
    cloud.network.create_subnet(name="neighbour-subnet", network_id=network.id, ip_version=4, cidr="10.99.0.0/24")
    group = cloud.network.create_security_group(name="neighbour-group", description=TEXT)
    cloud.network.set_tags(group, [TAG])
    cloud.network.create_port(name="neighbour-port", network_id=network.id, security_group_ids=[group.id])
    _addresses(cloud, external)
    cloud.compute.create_keypair(name="neighbour-key")
    volumes = [
        cloud.block_storage.create_volume(name="neighbour-data", size=1),
        cloud.block_storage.create_volume(name="neighbour-other", size=1, metadata={"janitor-run": "other"}),
    ]
    for volume in volumes:
        cloud.block_storage.wait_for_status(volume, status="available", wait=60, interval=0.3)
    return look(cloud)


def drop_in(cloud: Connection, *, external: str) -> set[str]:
    """Make more of them while the run is under way, as young as what the run makes; returns their keys in a listing."""
    addresses = _addresses(cloud, external)
    volume = cloud.block_storage.create_volume(name="neighbour-late", size=1)
    group = cloud.network.create_security_group(name="neighbour-late", description=TEXT)
    cloud.block_storage.wait_for_status(volume, status="available", wait=60, interval=0.3)
    return {*addresses, f"volume/{volume.id}", f"security_group/{group.id}"}


def _addresses(cloud: Connection, external: str) -> list[str]:
    """One floating IP that says nothing about itself, and one with another run's mark."""
    outside = cloud.network.find_network(external, ignore_missing=False).id
    made = [cloud.network.create_ip(floating_network_id=outside, description=text) for text in ("", TEXT)]
    return [f"floating_ip/{address.id}" for address in made]
