"""One object of each of Neutron's extensions in the real cloud; `stock` merges these makers with its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CIDR = "10.72.0.0/24"


def subnet(conn: Any, name: str, cidr: str = CIDR, **more: Any) -> Any:
    """A subnet on a network of its own."""
    net = conn.network.create_network(name=name)
    return conn.network.create_subnet(name=name, network_id=net.id, ip_version=4, cidr=cidr, **more)


def port(conn: Any, sub: Any, name: str, **more: Any) -> Any:
    return conn.network.create_port(name=name, network_id=sub.network_id, fixed_ips=[{"subnet_id": sub.id}], **more)


def routed(conn: Any, name: str) -> tuple[Any, Any, str]:
    """A router with a gateway, a subnet behind it, and the port that joins them."""
    public = {"network_id": conn.network.find_network("public").id}
    router, sub = conn.network.create_router(name=name, external_gateway_info=public), subnet(conn, name)
    return router, sub, conn.network.add_interface_to_router(router, subnet_id=sub.id)["port_id"]


def qos_policy(conn: Any, name: str) -> Any:
    return conn.network.create_qos_policy(name=name)


def _bandwidth_limit(conn: Any, name: str) -> str:
    policy = qos_policy(conn, name)
    return f"{policy.id}/{conn.network.create_qos_bandwidth_limit_rule(policy.id, max_kbps=2000).id}"


def _dscp_marking(conn: Any, name: str) -> str:
    policy = qos_policy(conn, name)
    return f"{policy.id}/{conn.network.create_qos_dscp_marking_rule(policy.id, dscp_mark=26).id}"


def _minimum_bandwidth(conn: Any, name: str) -> str:
    policy = qos_policy(conn, name)
    made = conn.network.create_qos_minimum_bandwidth_rule(policy.id, min_kbps=1000, direction="egress")
    return f"{policy.id}/{made.id}"


def _rbac_policy(conn: Any, name: str) -> str:
    """A network shared with a project that nobody has."""
    net = conn.network.create_network(name=name)
    made = conn.network.create_rbac_policy(
        object_type="network", object_id=net.id, action="access_as_shared", target_project_id="0" * 32
    )
    return str(made.id)


def subnet_pool(conn: Any, name: str, **more: Any) -> Any:
    return conn.network.create_subnet_pool(name=name, prefixes=["10.96.0.0/16"], default_prefix_length=24, **more)


def _host_route(conn: Any, name: str) -> str:
    route = {"destination": "192.0.2.0/24", "nexthop": "10.72.0.9"}
    sub = subnet(conn, name, host_routes=[route])
    return f"{sub.id}-route-{route['destination']}-{route['nexthop']}"


def _group_of_a_port(conn: Any, name: str) -> str:
    group = conn.network.create_security_group(name=name)
    return f"{port(conn, subnet(conn, name), name, security_groups=[group.id]).id}/{group.id}"


def forwarded(conn: Any, name: str) -> tuple[Any, Any, str]:
    """A floating IP, the port behind it, and what is forwarded from one to the other."""
    _, sub, _ = routed(conn, name)
    target = port(conn, sub, name)
    address = conn.network.create_ip(floating_network_id=conn.network.find_network("public").id)
    return address, target, forward(conn, name, floating_ip=address.id, port=target.id)


def forward(conn: Any, _: str, *, floating_ip: str, port: str) -> str:
    made = conn.network.create_floating_ip_port_forwarding(
        floating_ip,
        protocol="tcp",
        internal_port_id=port,
        internal_ip_address=conn.network.get_port(port).fixed_ips[0]["ip_address"],
        internal_port=22,
        external_port=2222,
    )
    return f"{floating_ip}/{made.id}"


def vpn_service(conn: Any, name: str) -> Any:
    router, _, _ = routed(conn, name)
    return conn.network.create_vpn_service(name=name, router_id=router.id)


def endpoint_group(conn: Any, name: str, kind: str = "cidr", *endpoints: str) -> Any:
    return conn.network.create_vpn_endpoint_group(name=name, type=kind, endpoints=list(endpoints or ("10.9.0.0/24",)))


def ike_policy(conn: Any, name: str) -> Any:
    """SHA-1 is the API's default, and no longer what its database takes."""
    return conn.network.create_vpn_ike_policy(name=name, auth_algorithm="sha256")


def ipsec_policy(conn: Any, name: str) -> Any:
    return conn.network.create_vpn_ipsec_policy(name=name, auth_algorithm="sha256")


def between(conn: Any, name: str, **ends: str) -> Any:
    """A connection to somebody who is not there."""
    peer = {"peer_address": "192.0.2.9", "peer_id": "192.0.2.9", "psk": "loopback"}
    return conn.network.create_vpn_ipsec_site_connection(name=name, **peer, **ends)


def site_connection(conn: Any, name: str) -> Any:
    """Everything that a VPN is made of."""
    router, sub, _ = routed(conn, name)
    return between(
        conn,
        name,
        vpnservice_id=conn.network.create_vpn_service(name=name, router_id=router.id).id,
        ikepolicy_id=ike_policy(conn, name).id,
        ipsecpolicy_id=ipsec_policy(conn, name).id,
        local_ep_group_id=endpoint_group(conn, name, "subnet", sub.id).id,
        peer_ep_group_id=endpoint_group(conn, name).id,
    )


def firewall_group(conn: Any, name: str) -> Any:
    """A group with a policy of one rule, on a router's interface."""
    _, _, interface = routed(conn, name)
    rule = conn.network.create_firewall_rule(name=name, protocol="tcp", action="allow")
    policy = conn.network.create_firewall_policy(name=name, firewall_rules=[rule.id])
    return conn.network.create_firewall_group(name=name, ingress_firewall_policy_id=policy.id, ports=[interface])


def bgpvpn(conn: Any, name: str) -> Any:
    return conn.network.create_bgpvpn(name=name, type="l3")


def _bgpvpn_network(conn: Any, name: str) -> str:
    vpn, net = bgpvpn(conn, name), conn.network.create_network(name=name)
    return f"{vpn.id}/{conn.network.create_bgpvpn_network_association(vpn.id, network_id=net.id).id}"


def _bgpvpn_router(conn: Any, name: str) -> str:
    vpn, router = bgpvpn(conn, name), conn.network.create_router(name=name)
    return f"{vpn.id}/{conn.network.create_bgpvpn_router_association(vpn.id, router_id=router.id).id}"


def _bgpvpn_port(conn: Any, name: str) -> str:
    vpn, target = bgpvpn(conn, name), port(conn, subnet(conn, name), name)
    return f"{vpn.id}/{conn.network.create_bgpvpn_port_association(vpn.id, port_id=target.id).id}"


def _tap_mirror(conn: Any, name: str) -> str:
    target = port(conn, subnet(conn, name), name)
    made = conn.network.create_tap_mirror(
        name=name,
        port_id=target.id,
        mirror_type="gre",
        remote_ip="192.0.2.7",
        directions={"IN": int(target.id[:6], 16)},  # no other mirror of the cloud may have it
    )
    return str(made.id)


def _named(make: Callable[..., Any]) -> Callable[..., str]:
    """A maker that takes the API's own fields."""

    def made(conn: Any, name: str, **fields: Any) -> str:
        lists = {key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()}
        return str(make(conn, name, **lists).id)

    return made


NAMED: dict[str, Callable[..., str]] = {
    "qos_policy": _named(qos_policy),
    "address_scope": _named(lambda conn, name: conn.network.create_address_scope(name=name, ip_version=4)),
    "subnet_pool": _named(subnet_pool),
    "address_group": _named(lambda conn, name: conn.network.create_address_group(name=name, addresses=["10.9.9.0/24"])),
    "port_forwarding": forward,
    "vpn_service": _named(lambda conn, name, **ends: conn.network.create_vpn_service(name=name, **ends)),
    "vpn_ike_policy": _named(ike_policy),
    "vpn_ipsec_policy": _named(ipsec_policy),
    "vpn_endpoint_group": _named(lambda conn, name, **of: conn.network.create_vpn_endpoint_group(name=name, **of)),
    "vpn_site_connection": _named(between),
    "firewall_rule": _named(lambda conn, name: conn.network.create_firewall_rule(name=name, action="deny")),
    "firewall_policy": _named(lambda conn, name, **of: conn.network.create_firewall_policy(name=name, **of)),
    "firewall_group": _named(lambda conn, name, **of: conn.network.create_firewall_group(name=name, **of)),
}
"""Kind → a maker that is told what the new object refers to."""

MAKERS: dict[str, Callable[[Any, str], str]] = {
    "tap_mirror": _tap_mirror,
    "bgpvpn_network_association": _bgpvpn_network,
    "bgpvpn_router_association": _bgpvpn_router,
    "bgpvpn_port_association": _bgpvpn_port,
    "bgpvpn": lambda conn, name: bgpvpn(conn, name).id,
    "firewall_group": lambda conn, name: firewall_group(conn, name).id,
    "firewall_policy": NAMED["firewall_policy"],
    "firewall_rule": NAMED["firewall_rule"],
    "vpn_site_connection": lambda conn, name: site_connection(conn, name).id,
    "vpn_service": lambda conn, name: vpn_service(conn, name).id,
    "vpn_endpoint_group": lambda conn, name: endpoint_group(conn, name).id,
    "vpn_ike_policy": NAMED["vpn_ike_policy"],
    "vpn_ipsec_policy": NAMED["vpn_ipsec_policy"],
    "port_forwarding": lambda conn, name: forwarded(conn, name)[2],
    "subnet_route": _host_route,
    "port_security_group": _group_of_a_port,
    "rbac_policy": _rbac_policy,
    "address_group": NAMED["address_group"],
    "subnet_pool": NAMED["subnet_pool"],
    "address_scope": NAMED["address_scope"],
    "qos_bandwidth_limit_rule": _bandwidth_limit,
    "qos_dscp_marking_rule": _dscp_marking,
    "qos_minimum_bandwidth_rule": _minimum_bandwidth,
    "qos_policy": NAMED["qos_policy"],
}
"""Kind → how one of it is made; each returns the id as the catalogue writes it."""
