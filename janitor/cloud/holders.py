"""From a refusal to its holders, by fresh lookups: who stands in the way, wherever we may see.

Names only what was found. A holder in a project that these credentials cannot see is not invented: the answer is
empty then, and the service's own text stands. An object that only has to be waited for (PENDING, deleting) has no
holder either: its own status says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import ip_address, ip_network

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.wire import classify
from janitor.core.catalogue import KINDS, observe
from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer, CloudFault, Reply

Body = Mapping[str, object]
Find = Callable[[Session, Observed, Answer], Iterable[Holder]]

TAKEN_ALONG = frozenset({"network:dhcp", "network:distributed", "network:floatingip_agent_gateway"})
"""Owners of ports that Neutron deletes together with their subnet or network (neutron/common/_constants.py)."""


def of(session: Session, observed: Observed, answer: Answer) -> tuple[Holder, ...]:
    """Who holds the object; empty where nobody can be seen. Raises CloudFault when a lookup got no answer."""
    find = FINDERS.get(observed.ref.kind)
    found = find(session, observed, answer) if find else ()
    holders = {(h.kind, h.id): h for h in found if h.id and (h.kind, h.id) != (observed.ref.kind, observed.ref.id)}
    return tuple(holders[key] for key in sorted(holders))


def ports(session: Session, query: Mapping[str, str]) -> list[Observed]:
    """Ports and router interfaces that a query finds, in every project we may see."""
    return [_port(session, body) for body in inventory.found_by(session, "port", query)]


def _port(session: Session, body: Body) -> Observed:
    name = "router_interface" if body.get("device_owner") in INTERFACE_OWNERS else "port"
    return next(iter(observe(KINDS[name], session.scope, body)))


def _held(observed: Observed) -> Holder:
    return Holder(observed.ref.kind, observed.ref.id, observed.name, observed.project_id, observed)


def _seen(session: Session, kind: str, query: Mapping[str, str]) -> list[Observed]:
    found = inventory.found_by(session, kind, query)
    return [o for body in found for o in observe(KINDS[kind], session.scope, body)]


def _by_id(session: Session, kind: str, object_id: str) -> Holder:
    """A holder whose id is certain; read for its name and project where we may."""
    observed = inventory.read(session, Ref(session.scope, kind, object_id))
    return _held(observed) if observed else Holder(kind, object_id)


def _of_security_group(session: Session, group: Observed, _: Answer) -> Iterator[Holder]:
    for port in ports(session, {"security_groups": group.ref.id}):
        if group.ref.id in port.linked("security_group"):
            yield _held(port)


def _of_subnet(session: Session, subnet: Observed, _: Answer) -> Iterator[Holder]:
    for port in ports(session, {"fixed_ips": f"subnet_id={subnet.ref.id}"}):
        if subnet.ref.id in port.linked("subnet") and port.fact("device_owner") not in TAKEN_ALONG:
            yield _held(port)


def _of_network(session: Session, network: Observed, answer: Answer) -> Iterator[Holder]:
    found = {port.ref.id: port for port in ports(session, {"network_id": network.ref.id})}
    for port in found.values():
        if network.ref.id in port.linked("network") and port.fact("device_owner") not in TAKEN_ALONG:
            yield _held(port)
    for named in answer.ids:
        if named in found or named == network.ref.id:
            continue
        body = inventory.fetch(session, "port", named)
        if body is not None and body.get("network_id") == network.ref.id:
            yield _held(_port(session, body))


def _of_router(session: Session, router: Observed, _: Answer) -> Iterator[Holder]:
    found = [p for p in ports(session, {"device_id": router.ref.id}) if p.fact("device_id") == router.ref.id]
    interfaces = [port for port in found if port.ref.kind == "router_interface"]
    yield from (_held(interface) for interface in interfaces)
    for address in () if interfaces else _seen(session, "floating_ip", {"router_id": router.ref.id}):
        if address.fact("router_id") == router.ref.id:
            yield _held(address)


def _of_router_interface(session: Session, interface: Observed, answer: Answer) -> Iterator[Holder]:
    """Floating IPs whose fixed address, and routes whose next hop, lies in a subnet of this interface."""
    router = interface.fact("device_id")
    bodies = [inventory.fetch(session, "subnet", subnet) for subnet in interface.linked("subnet")]
    cidrs = [str(body.get("cidr")) for body in bodies if body]
    if not answer.code.endswith("ByRoute"):
        for address in _seen(session, "floating_ip", {"router_id": router}):
            if address.fact("router_id") == router and _inside(address.fact("fixed_ip_address"), cidrs):
                yield _held(address)
    if not answer.code.endswith("ByFloatingIP"):
        body = inventory.fetch(session, "router", router)
        for route in observe(KINDS["router_route"], session.scope, body or {}):
            if _inside(route.fact("nexthop"), cidrs):
                yield _held(route)


def _of_port(session: Session, port: Observed, answer: Answer) -> Iterator[Holder]:
    """Its trunk, the floating IP of others on it, or the thing that owns it."""
    if answer.code.startswith("PortInUseAs"):
        for body in inventory.found_by(session, "trunk", {}):
            trunk = next(iter(observe(KINDS["trunk"], session.scope, body)))
            if port.ref.id in trunk.linked("port"):
                yield _held(trunk)
    elif answer.code == "FipAssociated":
        for address in _seen(session, "floating_ip", {"port_id": port.ref.id}):
            if address.fact("port_id") == port.ref.id:
                yield _held(address)
    else:
        now = inventory.fetch(session, "port", port.ref.id)
        yield from _owner(session, now) if now else ()


def _owner(session: Session, port: Body) -> Iterator[Holder]:
    owner, device = str(port.get("device_owner") or ""), str(port.get("device_id") or "")
    if owner in INTERFACE_OWNERS:
        yield _held(_port(session, port))
    elif owner == "network:router_gateway" and device:
        yield _by_id(session, "router", device)
    elif owner == "network:floatingip" and device:
        yield _by_id(session, "floating_ip", device)
    elif owner.startswith("compute:") and device:
        yield _by_id(session, "server", device)
    elif owner == "Octavia" and device.startswith("lb-"):
        yield _by_id(session, "load_balancer", device.removeprefix("lb-"))


def _of_trunk(session: Session, trunk: Observed, _: Answer) -> Iterator[Holder]:
    """The server on its parent port."""
    for link in trunk.links:
        body = inventory.fetch(session, "port", link.id) if link.role == "port_id" else None
        if body is not None:
            yield from _owner(session, body)


def _of_floating_ip(session: Session, address: Observed, _: Answer) -> Iterator[Holder]:
    path = f"/v2.0/floatingips/{address.ref.id}/port_forwardings"
    for forwarding in _elements(session, "network", path, key="port_forwardings"):
        yield Holder("port_forwarding", str(forwarding.get("id") or ""), project_id=address.project_id)


def _of_volume(session: Session, volume: Observed, _: Answer) -> Iterator[Holder]:
    """Its servers; else its snapshots; else what was made from it (some backends keep that a chain)."""
    body = inventory.fetch(session, "volume", volume.ref.id)
    now = next(iter(observe(KINDS["volume"], session.scope, body)), volume) if body else volume
    servers = now.linked("server")
    yield from (_by_id(session, "server", server) for server in servers)
    snapshots = _seen(session, "volume_snapshot", {"volume_id": volume.ref.id})
    mine = [snapshot for snapshot in snapshots if volume.ref.id in snapshot.linked("volume")]
    yield from (_held(snapshot) for snapshot in mine)
    if not servers and not mine:
        yield from (_held(clone) for clone in _seen(session, "volume", {}) if volume.ref.id in clone.linked("volume"))


def _of_snapshot(session: Session, snapshot: Observed, _: Answer) -> Iterator[Holder]:
    for volume in _seen(session, "volume", {}):
        if snapshot.ref.id in volume.linked("volume_snapshot"):
            yield _held(volume)


def _of_backup(session: Session, backup: Observed, _: Answer) -> Iterator[Holder]:
    """Increments stand on the backups of the same volume that came before."""
    for other in _seen(session, "volume_backup", {}):
        same = set(other.linked("volume")) & set(backup.linked("volume"))
        later = (other.created_at or 0.0) >= (backup.created_at or 0.0)  # to the second: both may be of the same
        if same and later and other.facts.get("is_incremental") is True:
            yield _held(other)


def _of_pool(session: Session, pool: Observed, _: Answer) -> Iterator[Holder]:
    """L7 policies that send to it; they are no kind of the catalogue."""
    query = {"redirect_pool_id": pool.ref.id}
    for policy in _elements(session, "load-balancer", "/v2/lbaas/l7policies", key="l7policies", query=query):
        if policy.get("redirect_pool_id") == pool.ref.id:
            identifier, name, project = (str(policy.get(key) or "") for key in ("id", "name", "project_id"))
            yield Holder("l7policy", identifier, name, project)


def _of_image(session: Session, image: Observed, _: Answer) -> Iterator[Holder]:
    for server in _seen(session, "server", {}):
        if image.ref.id in server.linked("image"):
            yield _held(server)
    for body in inventory.found_by(session, "volume", {}):
        source = body.get("volume_image_metadata")
        if isinstance(source, Mapping) and source.get("image_id") == image.ref.id:
            yield from (_held(volume) for volume in observe(KINDS["volume"], session.scope, body))


def _elements(
    session: Session, service: str, path: str, *, key: str, query: Mapping[str, str] | None = None
) -> list[Body]:
    """A listing of something that is no kind of the catalogue; nothing where its parent is gone."""
    response = session.request(service, "GET", path, params=query)
    answer = classify(response)
    if answer.reply not in {Reply.ACCEPTED, Reply.GONE}:
        raise CloudFault(answer)
    return response.elements(key)


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
    "volume": _of_volume,
    "volume_snapshot": _of_snapshot,
    "volume_backup": _of_backup,
    "pool": _of_pool,
    "image": _of_image,
}
"""Kinds whose refusal is about another object. Of the others, the text stands alone."""
