"""What Neutron's extensions and L7 policies refuse in the in-memory cloud: one table of who uses what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from engine.memory_answers import GONE, NO_CONTENT, Body, refused, row

from janitor.core.model import Observed
from janitor.engine.protocols import Answer

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud


class InUse(NamedTuple):
    """The refusal while another kind names the object in one of these fields."""

    code: str
    users: tuple[tuple[str, str], ...]
    status: int = 409


SITE = "vpn_site_connection"
IN_USE: Mapping[str, InUse] = {
    "qos_policy": InUse("QosPolicyInUse", (("port", "qos_policy_id"), ("network", "qos_policy_id"))),
    "address_scope": InUse("AddressScopeInUse", (("subnet_pool", "address_scope_id"),)),
    "subnet_pool": InUse("SubnetPoolDeleteError", (("subnet", "subnetpool_id"),), 400),
    "vpn_ike_policy": InUse("IKEPolicyInUse", ((SITE, "ikepolicy_id"),)),
    "vpn_ipsec_policy": InUse("IPsecPolicyInUse", ((SITE, "ipsecpolicy_id"),)),
    "vpn_service": InUse("VPNServiceInUse", ((SITE, "vpnservice_id"),)),
    "vpn_endpoint_group": InUse("EndpointGroupInUse", ((SITE, "local_ep_group_id"), (SITE, "peer_ep_group_id")), 400),
    "firewall_rule": InUse("FirewallRuleInUse", (("firewall_policy", "firewall_rules"),)),
    "firewall_policy": InUse("FirewallPolicyInUse", (("firewall_group", "ingress_firewall_policy_id"),)),
    "router": InUse("RouterInUse", (("vpn_service", "router_id"),)),
    "pool": InUse("Client", (("l7policy", "redirect_pool_id"),)),
}
"""Kind → how its delete is refused, and by whom it is used."""

PLAIN = (*(kind for kind in IN_USE if kind not in {"router", "pool"}), SITE, "firewall_group", "address_group")


def refusal(cloud: MemoryCloud, observed: Observed) -> Answer | None:
    """The extension's own no, before the service is asked at all."""
    kind, identifier = observed.ref.kind, observed.ref.id
    found = [user for _, user in users(cloud, kind, identifier)]
    if not found:
        return None
    if kind == "router_interface":
        return refused(_of_interface(cloud, identifier)[0], *found)
    if kind in {"floating_ip", "address_group"}:
        return refused("FipInUseByPortForwarding" if kind == "floating_ip" else "AddressGroupInUse")
    return refused(IN_USE[kind].code, *found, status=IN_USE[kind].status)


def users(cloud: MemoryCloud, kind: str, identifier: str) -> Iterator[tuple[str, str]]:
    """Who stands behind such a refusal: kind and id."""
    for user, field in IN_USE[kind].users if kind in IN_USE else ():
        yield from ((user, body["id"]) for body in cloud.live(user) if identifier in _named(body.get(field)))
    if kind == "floating_ip":
        yield from (("port_forwarding", f"{identifier}/{one['id']}") for one in forwardings(cloud, identifier))
    elif kind == "router_interface":
        yield from _of_interface(cloud, identifier)[1]
    elif kind == "address_group":
        rules = [rule for group in cloud.live("security_group") for rule in group["security_group_rules"]]
        yield from (("security_group_rule", r["id"]) for r in rules if r.get("remote_address_group_id") == identifier)


def forwardings(cloud: MemoryCloud, address: str) -> list[Body]:
    return list(cloud.bodies["floating_ip"].get(address, {}).get("port_forwardings", ()))


def _of_interface(cloud: MemoryCloud, identifier: str) -> tuple[str, list[tuple[str, str]]]:
    interface = cloud.bodies["port"].get(identifier, {"device_id": "", "fixed_ips": []})
    router, subnets = interface["device_id"], {ip["subnet_id"] for ip in interface["fixed_ips"]}
    groups = {g["id"] for g in cloud.live("vpn_endpoint_group") if subnets & set(g["endpoints"])}
    if sites := [s["id"] for s in cloud.live(SITE) if s["local_ep_group_id"] in groups]:
        return "SubnetInUseByIPsecSiteConnection", [(SITE, site) for site in sites]
    here = [service for service in cloud.live("vpn_service") if service["router_id"] == router]
    if services := [service["id"] for service in here if service.get("subnet_id") in subnets]:
        return "SubnetInUseByVPNService", [("vpn_service", service) for service in services]
    addresses = [a["id"] for a in cloud.live("floating_ip") if a["router_id"] == router]
    found = [("port_forwarding", f"{a}/{one['id']}") for a in addresses for one in forwardings(cloud, a)]
    return "RouterInterfaceInUseByFloatingIP", found


def _named(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else (value,)


def _forwarding(cloud: MemoryCloud, observed: Observed) -> Answer:
    address, _, identifier = observed.ref.id.partition("/")
    found = [one for one in forwardings(cloud, address) if one["id"] == identifier]
    for one in found:
        cloud.bodies["floating_ip"][address]["port_forwardings"].remove(one)
    return NO_CONTENT if found else GONE


def make_forwarding(cloud: MemoryCloud, _: str, __: str, *, floating_ip: str, port: str) -> str:
    made = {"id": cloud.new_id("forwarding"), "internal_port_id": port, "internal_ip_address": "10.0.0.9"}
    cloud.bodies["floating_ip"][floating_ip].setdefault("port_forwardings", []).append(made)
    return f"{floating_ip}/{made['id']}"


DELETES: Mapping[str, Callable[[MemoryCloud, Observed], Answer]] = {
    **{kind: partial(row, kind) for kind in PLAIN},
    "port_forwarding": _forwarding,
}
