"""A neighbour who holds what is ours, in the same project and in another one; he takes it all back when he is asked to.

Each function puts one object in the way of ours, and says how a report has to name it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import stock
import stock_more
import stock_network
import stock_shares


class Hold(NamedTuple):
    """What stands in the way, as a report names it. Without an id it is one that the project may not see."""

    kind: str = ""
    id: str = ""
    name: str = ""
    project_id: str = ""

    def __str__(self) -> str:
        label = f"{self.kind} {self.name} ({self.id})" if self.name else f"{self.kind} {self.id}"
        return f"{label} of project {self.project_id}" if self.project_id else label


UNSEEN = Hold()


@dataclass
class Neighbour:
    """`home` is his account in our project, `away` in another one, `admin` the cloud's own."""

    home: Any
    away: Any
    admin: Any
    undone: ExitStack = field(default_factory=ExitStack)

    def leave(self) -> None:
        """Take everything back, the last first."""
        self.undone.close()

    def later(self, undo: Callable[..., object], *arguments: Any, **more: Any) -> None:
        self.undone.callback(undo, *arguments, **more)

    def named(self, kind: str, made: Any) -> Hold:
        """One of his in our project."""
        return Hold(kind, made.id, made.name or "", self.home.current_project_id)

    @cached_property
    def net(self) -> Any:
        """A network and a subnet of his own."""
        sub = stock.subnet(self.home, "their-net", cidr="10.99.0.0/24")
        self.later(self.home.network.delete_network, sub.network_id)
        return sub

    def port(self, name: str, sub: Any = None, **more: Any) -> Any:
        """A port in our project; with the mark of his run, where the network is ours and it would pass for ours."""
        made = stock.port(self.home, name, subnet=sub or self.net, description="janitor:run=their-run", **more)
        self.later(self.home.network.delete_port, made)
        return made

    def trunk(self, name: str, parent: str, *children: str) -> Hold:
        subports = [{"port_id": c, "segmentation_type": "vlan", "segmentation_id": 7} for c in children]
        made = self.home.network.create_trunk(name=name, port_id=parent, sub_ports=subports)
        self.later(self.home.network.delete_trunk, made)
        return self.named("trunk", made)


def port_in_group(he: Neighbour, ours: str) -> Hold:
    return he.named("port", he.port("their-member", security_groups=[ours]))


def far_port_in_group(he: Neighbour, ours: str) -> Hold:
    sub = stock.subnet(he.away, "their-far-net", cidr="10.98.0.0/24")
    he.later(he.away.network.delete_network, sub.network_id)
    made = stock.port(he.away, "their-far-member", subnet=sub, security_groups=[ours])
    he.later(he.away.network.delete_port, made)
    return UNSEEN


def far_port_on_subnet(he: Neighbour, ours: str) -> Hold:
    made = he.away.network.create_port(network_id=he.home.network.get_subnet(ours).network_id, name="their-guest")
    he.later(he.away.network.delete_port, made)
    return Hold("port", made.id, "their-guest", he.away.current_project_id)


def trunk_on_port(he: Neighbour, ours: str) -> Hold:
    return he.trunk("their-trunk", ours)


def trunk_with_port(he: Neighbour, ours: str) -> Hold:
    return he.trunk("their-other-trunk", he.port("their-parent").id, ours)


def far_address_on_port(he: Neighbour, ours: str) -> Hold:
    public = he.admin.network.find_network("public").id
    made = he.admin.network.create_ip(floating_network_id=public, port_id=ours, project_id=he.away.current_project_id)
    he.later(he.admin.network.delete_ip, made)
    return UNSEEN


def address_behind_interface(he: Neighbour, ours: str) -> Hold:
    (place,) = he.home.network.get_port(ours).fixed_ips
    behind = he.port("their-host", he.home.network.get_subnet(place["subnet_id"]))
    made = stock.floating_ip(he.home, port_id=behind.id)
    he.later(he.home.network.delete_ip, made)
    return Hold("floating_ip", made.id, made.name, he.home.current_project_id)


def route_through_interface(he: Neighbour, ours: str) -> Hold:
    joint = he.home.network.get_port(ours)
    hop = joint.fixed_ips[0]["ip_address"].rpartition(".")[0] + ".77"
    routes = [{"destination": "192.0.2.0/24", "nexthop": hop}]
    he.home.network.add_extra_routes_to_router(joint.device_id, {"router": {"routes": routes}})
    he.later(he.home.network.remove_extra_routes_from_router, joint.device_id, {"router": {"routes": routes}})
    return Hold("router_route", f"{joint.device_id}-route-192.0.2.0/24-{hop}")


def vpn_through_interface(he: Neighbour, ours: str) -> Hold:
    joint = he.home.network.get_port(ours)
    made = he.home.network.create_vpn_service(
        name="their-vpn", router_id=joint.device_id, subnet_id=joint.fixed_ips[0]["subnet_id"]
    )
    he.later(he.home.network.delete_vpn_service, made)
    return he.named("vpn_service", made)


def site_with_policy(he: Neighbour, ours: str) -> Hold:
    """Everything else of that connection is his own."""
    conn, name = he.home, "their-site"
    router, sub, _ = stock_network.routed(conn, name)
    he.later(conn.network.delete_network, sub.network_id)
    he.later(conn.network.delete_router, router)
    he.later(conn.network.remove_interface_from_router, router, subnet_id=sub.id)
    service = conn.network.create_vpn_service(name=name, router_id=router.id)
    ipsec = stock_network.ipsec_policy(conn, name)
    ends = [stock_network.endpoint_group(conn, name, "subnet", sub.id), stock_network.endpoint_group(conn, name)]
    for delete, made in (
        (conn.network.delete_vpn_service, service),
        (conn.network.delete_vpn_ipsec_policy, ipsec),
        *((conn.network.delete_vpn_endpoint_group, end) for end in ends),
    ):
        he.later(delete, made)
    site = stock_network.between(
        conn, name, vpnservice_id=service.id, ikepolicy_id=ours, ipsecpolicy_id=ipsec.id,
        local_ep_group_id=ends[0].id, peer_ep_group_id=ends[1].id,
    )  # fmt: skip
    he.later(conn.network.delete_vpn_ipsec_site_connection, site)
    return he.named("vpn_site_connection", site)


def interface_of_router(he: Neighbour, ours: str) -> Hold:
    joint = he.home.network.add_interface_to_router(ours, subnet_id=he.net.id)["port_id"]
    he.later(he.home.network.remove_interface_from_router, ours, subnet_id=he.net.id)
    return Hold("router_interface", joint, "", he.home.current_project_id)


def subnet_of_pool(he: Neighbour, ours: str) -> Hold:
    net = he.home.network.create_network(name="their-pooled")
    he.later(he.home.network.delete_network, net)
    made = he.home.network.create_subnet(name="their-pooled", network_id=net.id, ip_version=4, subnetpool_id=ours)
    return he.named("subnet", made)


def pool_of_scope(he: Neighbour, ours: str) -> Hold:
    made = he.home.network.create_subnet_pool(
        name="their-pool", prefixes=["10.97.0.0/16"], default_prefix_length=24, address_scope_id=ours
    )
    he.later(he.home.network.delete_subnet_pool, made)
    return he.named("subnet_pool", made)


def rule_with_addresses(he: Neighbour, ours: str) -> Hold:
    group = he.home.network.create_security_group(name="their-group")
    he.later(he.home.network.delete_security_group, group)
    made = he.home.network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", remote_address_group_id=ours
    )
    return Hold("security_group_rule", made.id, "", he.home.current_project_id)


def port_with_policy(he: Neighbour, ours: str) -> Hold:
    return he.named("port", he.port("their-limited", qos_policy_id=ours))


def network_with_policy(he: Neighbour, ours: str) -> Hold:
    made = he.home.network.create_network(name="their-limited-net", qos_policy_id=ours)
    he.later(he.home.network.delete_network, made)
    return he.named("network", made)


def policy_with_rule(he: Neighbour, ours: str) -> Hold:
    made = he.home.network.create_firewall_policy(name="their-firewall", firewall_rules=[ours])
    he.later(he.home.network.delete_firewall_policy, made)
    return he.named("firewall_policy", made)


def snapshot_of_volume(he: Neighbour, ours: str) -> Hold:
    cloud = he.home.block_storage
    made = cloud.create_snapshot(name="their-snapshot", volume_id=ours)
    cloud.wait_for_status(made, "available", interval=0.2, wait=60)
    he.later(cloud.wait_for_delete, made, interval=0.2, wait=60)
    he.later(cloud.delete_snapshot, made)
    return he.named("volume_snapshot", made)


def server_with_volume(he: Neighbour, ours: str) -> Hold:
    cloud = he.home
    made = stock.server(cloud, "their-server")
    he.later(cloud.compute.wait_for_delete, made, interval=0.2, wait=60)
    he.later(cloud.compute.delete_server, made)
    cloud.compute.create_volume_attachment(made, volume_id=ours)
    cloud.block_storage.wait_for_status(cloud.block_storage.get_volume(ours), "in-use", interval=0.2, wait=60)
    return he.named("server", made)


def offer_of_volume(he: Neighbour, ours: str) -> Hold:
    cloud = he.home.block_storage
    made = cloud.create_transfer(volume_id=ours, name="their-offer")
    he.later(cloud.delete_transfer, made)
    return he.named("volume_transfer", made)


def increment_of_backup(he: Neighbour, ours: str) -> Hold:
    cloud = he.home.block_storage
    volume = cloud.get_backup(ours).volume_id
    made = cloud.create_backup(name="their-increment", volume_id=volume, is_incremental=True)
    cloud.wait_for_status(made, "available", interval=0.2, wait=60)
    he.later(cloud.wait_for_delete, made, interval=0.2, wait=60)
    he.later(cloud.delete_backup, made)
    return he.named("volume_backup", made)._replace(project_id="")  # Cinder tells only administrators


def listener_of_balancer(he: Neighbour, ours: str) -> Hold:
    cloud = he.home.load_balancer
    made = cloud.create_listener(name="their-listener", loadbalancer_id=ours, protocol="HTTP", protocol_port=443)
    cloud.wait_for_load_balancer(ours, interval=0.2, wait=60)
    he.later(cloud.wait_for_load_balancer, ours, interval=0.2, wait=60)
    he.later(cloud.delete_listener, made)
    return he.named("listener", made)


def consumer_of_secret(he: Neighbour, ours: str) -> Hold:
    """Something of a service that the catalogue has no kind for."""
    secret = ours.rpartition("/")[2]
    consumer = {"service": "somebody", "resource_type": "vault", "resource_id": "their-vault"}
    told = {"OpenStack-API-Version": "key-manager 1.1"}
    answer = he.home.key_manager.post(f"/secrets/{secret}/consumers", json=consumer, headers=told)
    assert answer.status_code == 200, answer.text
    he.later(he.home.key_manager.delete, f"/secrets/{secret}/consumers", json=consumer, headers=told)
    return Hold("vault", "their-vault")


def policy_to_pool(he: Neighbour, ours: str) -> Hold:
    """On a load balancer of his, where our pool is, too."""
    cloud = he.home.load_balancer
    (balancer,) = cloud.load_balancers(name="their-balancer", project_id=he.home.current_project_id)
    (front,) = cloud.listeners(load_balancer_id=balancer.id)
    made = cloud.create_l7_policy(
        name="their-policy", listener_id=front.id, action="REDIRECT_TO_POOL", redirect_pool_id=ours
    )
    stock.active(he.home, balancer)
    he.later(stock.active, he.home, balancer)
    he.later(cloud.delete_l7_policy, made)
    return he.named("l7policy", made)


def snapshot_of_share(he: Neighbour, ours: str) -> Hold:
    made = stock_shares.snapshot(he.home, "their-share-snapshot", ours)
    he.later(stock.until, lambda: not stock_shares.status(he.home, f"/snapshots/{made}"))
    he.later(he.home.shared_file_system.delete, f"/snapshots/{made}", microversion=stock_shares.VERSION)
    return Hold("share_snapshot", made, "their-share-snapshot", he.home.current_project_id)


def share_on_network(he: Neighbour, ours: str) -> Hold:
    made = stock_shares.share(he.home, "their-share", on=ours)
    he.later(stock.until, lambda: not stock_shares.status(he.home, f"/shares/{made}"))
    he.later(he.home.shared_file_system.delete, f"/shares/{made}", microversion=stock_shares.VERSION)
    return Hold("share", made, "their-share", he.home.current_project_id)


def zone_below_zone(he: Neighbour, ours: str) -> Hold:
    above = stock_more.answer(he.home.dns.get(f"/zones/{ours}"))
    body = {"name": f"their.{above['name']}", "email": "a@example.com"}
    made = stock_more.settled(he.home, "zones", stock_more.answer(he.home.dns.post("/zones", json=body)))
    he.later(stock.until, lambda: not he.home.dns.get(f"/zones/{made['id']}").ok)
    he.later(he.home.dns.delete, f"/zones/{made['id']}")
    return Hold("zone", made["id"], made["name"], he.home.current_project_id)
