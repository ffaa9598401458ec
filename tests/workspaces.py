"""A workspace in a moment: its objects made through the SDK, and a state that says of them what the provider writes.

The provider itself looks after each of its requests for seconds; what matters here is what comes after it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import stock
import stock_keys
import stock_more
import stock_network
import stock_shares

RUN = "held"
"""The mark of what no resource makes."""
VOLUMES = ("snapped", "used", "offered", "free")
PROVIDER = 'provider["registry.opentofu.org/terraform-provider-openstack/openstack"]'


@dataclass(slots=True)
class Workspace:
    """Address without the type's prefix → id; `network_v2.net`."""

    ids: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, address: str, identifier: str, **attributes: Any) -> str:
        """Note an object; returns its id."""
        self.ids[address] = identifier
        self.attributes[address] = {"id": identifier, **attributes}
        return identifier

    def __getitem__(self, address: str) -> str:
        return self.ids[address]

    def write(self, state: Path) -> None:
        """Write the state, as of a first apply."""
        document = {
            "version": 4, "terraform_version": "1.10.0", "serial": 1, "lineage": str(uuid.uuid4()), "outputs": {},
            "resources": [_resource(address, attributes) for address, attributes in self.attributes.items()],
        }  # fmt: skip
        state.write_text(json.dumps(document), encoding="utf-8")


def _resource(address: str, attributes: dict[str, Any]) -> dict[str, Any]:
    kind, _, name = address.partition(".")
    instance = {"schema_version": 0, "attributes": attributes, "sensitive_attributes": []}
    return {
        "mode": "managed", "type": f"openstack_{kind}", "name": name, "provider": PROVIDER, "instances": [instance],
    }  # fmt: skip


def core(conn: Any, name: str, lent: str, far: str) -> Workspace:
    """What the run made; `lent` is a router of the neighbour's, `far` his other project."""
    ours, network = Workspace(), conn.network
    _networks(ours, conn, name, lent)
    for each in "near", "far", "free":
        ours.add(f"networking_secgroup_v2.{each}", network.create_security_group(name=f"{name}-{each}").id)
    for kind, shared in ("security_group", "networking_secgroup_v2.far"), ("network", "networking_network_v2.lent"):
        sharing = {"object_type": kind, "object_id": ours[shared], "action": "access_as_shared"}
        made = network.create_rbac_policy(**sharing, target_project_id=far)
        ours.add(f"networking_rbac_policy_v2.{kind}", made.id)
    ours.add("networking_addressscope_v2.scope", stock_network.NAMED["address_scope"](conn, name))
    ours.add("networking_subnetpool_v2.pool", stock_network.NAMED["subnet_pool"](conn, name))
    ours.add("networking_address_group_v2.addresses", stock_network.NAMED["address_group"](conn, name))
    for each in "port", "network":
        ours.add(f"networking_qos_policy_v2.{each}", stock_network.qos_policy(conn, f"{name}-{each}").id)
    ours.add("fw_rule_v2.rule", stock_network.NAMED["firewall_rule"](conn, name))
    ours.add("keymanager_secret_v1.secret", stock_keys.MAKERS["secret"](conn, name))
    _used(ours, conn, name)
    return ours


def networks(conn: Any, name: str, count: int) -> Workspace:
    """That many networks, each with a subnet, a group and a port in it: what is made, and goes, at once."""
    ours, network = Workspace(), conn.network
    for n in range(count):
        net = network.create_network(name=f"{name}-{n}")
        sub = network.create_subnet(name=f"{name}-{n}", network_id=net.id, ip_version=4, cidr="10.70.0.0/24")
        group = network.create_security_group(name=f"{name}-{n}")
        port = network.create_port(name=f"{name}-{n}", network_id=net.id, security_group_ids=[group.id])
        for kind, made in {"network": net, "subnet": sub, "secgroup": group, "port": port}.items():
            ours.add(f"networking_{kind}_v2.n{n}", made.id)
    return ours


def _networks(ours: Workspace, conn: Any, name: str, lent: str) -> None:
    """A network for each thing that can hold one; the router of one of them is lent."""
    network = conn.network
    public = {"network_id": network.find_network("public").id}
    routers = {"base": "outside", "behind": "outside", "vpn": "private", "routed": "", "lent": "none"}
    for router, gateway in {"outside": public, "private": public, "joined": None}.items():
        made = network.create_router(name=f"{name}-{router}", **({"external_gateway_info": gateway} if gateway else {}))
        ours.add(f"networking_router_v2.{router}", made.id)
    for number, (net, router) in enumerate(routers.items()):
        sub = stock.subnet(conn, f"{name}-{net}", cidr=f"10.60.{number}.0/24")
        ours.add(f"networking_network_v2.{net}", sub.network_id)
        ours.add(f"networking_subnet_v2.{net}", sub.id)
        if router != "none":
            through = ours[f"networking_router_v2.{router}"] if router else lent
            joint = network.add_interface_to_router(through, subnet_id=sub.id)["port_id"]
            ours.add(f"networking_router_interface_v2.{net}", joint, router_id=through, subnet_id=sub.id)
    base = network.get_subnet(ours["networking_subnet_v2.base"])
    for each in "parent", "child", "published", "free":
        ours.add(f"networking_port_v2.{each}", stock.port(conn, f"{name}-{each}", subnet=base).id)


def _used(ours: Workspace, conn: Any, name: str) -> None:
    """Volumes, a server, a load balancer: what takes its time is waited for in the end."""
    disks = {each: conn.block_storage.create_volume(name=f"{name}-{each}", size=1) for each in VOLUMES}
    server = conn.compute.create_server(
        name=f"{name}-server", flavor_id=conn.compute.find_flavor("tiny").id,
        image_id=conn.image.find_image("cirros").id, networks=[{"port": ours["networking_port_v2.free"]}],
    )  # fmt: skip
    balancer = conn.load_balancer.create_load_balancer(
        name=f"{name}-balancer", vip_subnet_id=ours["networking_subnet_v2.base"]
    )
    for each, disk in disks.items():
        ours.add(f"blockstorage_volume_v3.{each}", disk.id)
        conn.block_storage.wait_for_status(disk, "available", interval=0.2, wait=60)
    ours.add("compute_instance_v2.server", conn.compute.wait_for_server(server, interval=0.3, wait=120).id)
    conn.compute.lock_server(server)
    ours.add("lb_loadbalancer_v2.balancer", stock.active(conn, balancer).id)
    ours.ids["backup"] = stock.backup(conn, name, disks["free"], description=f"janitor:run={RUN}").id


def more(conn: Any, name: str, _lent: str, _far: str) -> Workspace:
    """Objects of the optional services, and a pool on a load balancer of the neighbour's."""
    ours = Workspace()
    balancer, _ = stock.l7policy(conn, "their-balancer")
    pool = conn.load_balancer.create_pool(
        name=f"{name}-pool", loadbalancer_id=balancer.id, protocol="HTTP", lb_algorithm="ROUND_ROBIN"
    )
    stock.active(conn, balancer)
    ours.add("lb_pool_v2.pool", pool.id)
    ours.add("vpnaas_ike_policy_v2.ike", stock_network.ike_policy(conn, name).id)
    sub = stock.subnet(conn, name)
    ours.add("networking_network_v2.net", sub.network_id)
    ours.add("networking_subnet_v2.net", sub.id)
    ours.add("sharedfilesystem_sharenetwork_v2.net", stock_shares.network(conn, name, sub))
    for each in "snapped", "free":
        ours.add(f"sharedfilesystem_share_v2.{each}", stock_shares.share(conn, f"{name}-{each}"))
    ours.add("dns_zone_v2.zone", stock_more.zone(conn, name)["id"])
    return ours
