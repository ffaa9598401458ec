"""Who holds Neutron's objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network

from janitor.cloud import inventory
from janitor.cloud.holding import shares
from janitor.cloud.holding.finding import Body, Find, by_id, held, port_in, ports, seen
from janitor.cloud.holding.users import users
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, observe
from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer

VPN_CODES = {
    "SubnetInUseByVPNService": "vpn_service",
    "SubnetInUseByEndpointGroup": "vpn_endpoint_group",
    "SubnetInUseByIPsecSiteConnection": "vpn_site_connection",
}
"""What VPNaaS says of a router's interface, and which kind of object its text names."""

TAKEN_ALONG = frozenset({"network:dhcp", "network:distributed", "network:floatingip_agent_gateway"})
"""Owners of ports that Neutron deletes together with their subnet or network (neutron/common/_constants.py)."""


def _of_security_group(session: Session, group: Observed, _: Answer) -> Iterator[Holder]:
    for port in ports(session, {"security_groups": group.ref.id}):
        if group.ref.id in port.linked("security_group"):
            yield held(port)


def _of_subnet(session: Session, subnet: Observed, _: Answer) -> Iterator[Holder]:
    found = ports(session, {"fixed_ips": f"subnet_id={subnet.ref.id}"})
    yield from _users(session, [port for port in found if subnet.ref.id in port.linked("subnet")])


def _of_network(session: Session, network: Observed, answer: Answer) -> Iterator[Holder]:
    found = {port.ref.id: port for port in ports(session, {"network_id": network.ref.id})}
    yield from _users(session, [port for port in found.values() if network.ref.id in port.linked("network")])
    for named in answer.ids:
        if named in found or named == network.ref.id:
            continue
        body = inventory.fetch(session, "port", named)
        if body is not None and body.get("network_id") == network.ref.id:
            yield held(port_in(session, body))


def _users(session: Session, found: list[Observed]) -> Iterator[Holder]:
    """The ports that keep a subnet or network; of a share server's, the share network behind them."""
    servers = [port for port in found if shares.is_servers(port)]
    yield from (held(p) for p in found if p.fact("device_owner") not in TAKEN_ALONG and p not in servers)
    yield from shares.of_servers(session, servers)


def _of_router(session: Session, router: Observed, answer: Answer) -> Iterator[Holder]:
    if "VPN" in answer.text:  # the code is the one of interfaces
        yield from users(session, {("router", router.ref.id)}, ("vpn_service",))
        return
    found = [p for p in ports(session, {"device_id": router.ref.id}) if p.fact("device_id") == router.ref.id]
    interfaces = [port for port in found if port.ref.kind == "router_interface"]
    yield from (held(interface) for interface in interfaces)
    for address in () if interfaces else seen(session, "floating_ip", {"router_id": router.ref.id}):
        if address.fact("router_id") == router.ref.id:
            yield held(address)


def _of_router_interface(session: Session, interface: Observed, answer: Answer) -> Iterator[Holder]:
    """Floating IPs whose fixed address, and routes whose next hop, lies in a subnet of this interface; VPNs of it."""
    router = interface.fact("device_id")
    if answer.code in VPN_CODES:
        named = (Ref(session.scope, VPN_CODES[answer.code], identifier) for identifier in answer.ids)
        yield from (held(vpn) for ref in named if (vpn := inventory.read(session, ref)))
        return
    bodies = [inventory.fetch(session, "subnet", subnet) for subnet in interface.linked("subnet")]
    cidrs = [str(body.get("cidr")) for body in bodies if body]
    if not answer.code.endswith("ByRoute"):
        for address in inventory.found_by(session, "floating_ip", {"router_id": router}):
            if address.get("router_id") == router:
                yield from _addresses(session, address, cidrs)
    if not answer.code.endswith("ByFloatingIP"):
        body = inventory.fetch(session, "router", router)
        for route in observe(KINDS["router_route"], session.scope, body or {}):
            if _inside(route.fact("nexthop"), cidrs):
                yield held(route)


def _addresses(session: Session, body: Body, cidrs: list[str]) -> Iterator[Holder]:
    """A floating IP that leads into one of these, or of it only what is forwarded there."""
    for kind, inside in (("floating_ip", "fixed_ip_address"), ("port_forwarding", "internal_ip_address")):
        found = observe(KINDS[kind], session.scope, body)
        yield from (held(address) for address in found if _inside(address.fact(inside), cidrs))


def _of_port(session: Session, port: Observed, answer: Answer) -> Iterator[Holder]:
    """Its trunk, the floating IP of others on it, or the thing that owns it."""
    if answer.code.startswith("PortInUseAs"):
        for body in inventory.found_by(session, "trunk", {}):
            trunk = next(iter(observe(KINDS["trunk"], session.scope, body)))
            if port.ref.id in trunk.linked("port"):
                yield held(trunk)
    elif answer.code == "FipAssociated":
        for address in seen(session, "floating_ip", {"port_id": port.ref.id}):
            if address.fact("port_id") == port.ref.id:
                yield held(address)
    else:
        now = inventory.fetch(session, "port", port.ref.id)
        yield from _owner(session, now) if now else ()


def _owner(session: Session, port: Body) -> Iterator[Holder]:
    owner, device = str(port.get("device_owner") or ""), str(port.get("device_id") or "")
    if owner in INTERFACE_OWNERS:
        yield held(port_in(session, port))
    elif owner == "network:router_gateway" and device:
        yield by_id(session, "router", device)
    elif owner == "network:floatingip" and device:
        yield by_id(session, "floating_ip", device)
    elif owner.startswith("compute:") and device:
        yield by_id(session, "server", device)
    elif owner == "Octavia" and device.startswith("lb-"):
        yield by_id(session, "load_balancer", device.removeprefix("lb-"))


def _of_trunk(session: Session, trunk: Observed, _: Answer) -> Iterator[Holder]:
    """The server on its parent port."""
    for link in trunk.links:
        body = inventory.fetch(session, "port", link.id) if link.role == "port_id" else None
        if body is not None:
            yield from _owner(session, body)


def _of_floating_ip(session: Session, address: Observed, _: Answer) -> Iterator[Holder]:
    body = inventory.fetch(session, "floating_ip", address.ref.id)
    yield from (held(forwarding) for forwarding in observe(KINDS["port_forwarding"], session.scope, body or {}))


def _of_rbac_policy(session: Session, policy: Observed, _: Answer) -> Iterator[Holder]:
    """The ports of those whom the policy lets onto our network."""
    if policy.fact("object_type") == "network":
        guests = {policy.fact("target_tenant")}
        for port in ports(session, {"network_id": policy.fact("object_id")}):
            foreign = port.project_id not in {"", session.scope.project_id}
            if port.project_id in guests or ("*" in guests and foreign):
                yield held(port)


def _inside(address: str, cidrs: Iterable[str]) -> bool:
    try:
        return any(ip_address(address) in ip_network(cidr, strict=False) for cidr in cidrs)
    except ValueError:
        return False


FINDERS: Mapping[str, Find] = {
    "security_group": _of_security_group,
    "subnet": _of_subnet,
    "network": _of_network,
    "router": _of_router,
    "router_interface": _of_router_interface,
    "port": _of_port,
    "trunk": _of_trunk,
    "floating_ip": _of_floating_ip,
    "rbac_policy": _of_rbac_policy,
}
