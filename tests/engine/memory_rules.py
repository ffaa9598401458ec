"""What the services answer to a delete, and what happens then. Codes as on the real ones (tests/conformance)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

Body = dict[str, Any]
TAKEN_ALONG = frozenset({"network:dhcp", "network:distributed"})
NO_CONTENT = Answer(Reply.ACCEPTED, 204)
ACCEPTED = Answer(Reply.ACCEPTED, 202)
GONE = Answer(Reply.GONE, 404, "NotFound")
VOLUME_CAN_GO = frozenset({"available", "error", "error_restoring", "error_extending", "error_managing"})
SNAPSHOT_CAN_GO = frozenset({"available", "error"})


def refused(code: str, *ids: str, status: int = 409) -> Answer:
    return Answer(Reply.REFUSED, status, code, text=f"{code} {' '.join(ids)}".strip(), ids=ids)


def ports(cloud: MemoryCloud, **where: str) -> list[Body]:
    return [p for p in cloud.live("port") if all(p.get(k) == v for k, v in where.items())]


def interfaces(cloud: MemoryCloud, router: str) -> list[Body]:
    return [p for p in ports(cloud, device_id=router) if p["device_owner"] in INTERFACE_OWNERS]


def on_subnet(cloud: MemoryCloud, subnet: str) -> list[Body]:
    return [p for p in cloud.live("port") if any(ip["subnet_id"] == subnet for ip in p["fixed_ips"])]


def _blocking(found: list[Body]) -> list[str]:
    return [p["id"] for p in found if p["device_owner"] not in TAKEN_ALONG]


def _network(cloud: MemoryCloud, observed: Observed) -> Answer:
    network = observed.ref.id
    if network not in cloud.bodies["network"]:
        return GONE
    if blocking := _blocking(ports(cloud, network_id=network)):
        return refused("NetworkInUse", *blocking)
    for port in ports(cloud, network_id=network):
        cloud.remove("port", port["id"])
    for subnet in cloud.bodies["network"][network]["subnets"]:
        cloud.remove("subnet", subnet)
    cloud.remove("network", network)
    return NO_CONTENT


def _subnet(cloud: MemoryCloud, observed: Observed) -> Answer:
    subnet = cloud.bodies["subnet"].get(observed.ref.id)
    if subnet is None:
        return GONE
    if _blocking(on_subnet(cloud, subnet["id"])):
        return refused("SubnetInUse")
    cloud.bodies["network"][subnet["network_id"]]["subnets"].remove(subnet["id"])
    cloud.remove("subnet", subnet["id"])
    return NO_CONTENT


def _router(cloud: MemoryCloud, observed: Observed) -> Answer:
    if observed.ref.id not in cloud.bodies["router"]:
        return GONE
    if found := interfaces(cloud, observed.ref.id):
        return refused("RouterInUse", *(p["id"] for p in found))
    cloud.remove("router", observed.ref.id)
    return NO_CONTENT


def _interface(cloud: MemoryCloud, observed: Observed) -> Answer:
    port = cloud.bodies["port"].get(observed.ref.id)
    if port is None:
        return GONE
    if addresses_behind(cloud, port):
        return refused("RouterInterfaceInUseByFloatingIP")
    if cloud.bodies["router"].get(port["device_id"], {}).get("routes"):
        return refused("RouterInterfaceInUseByRoute")
    cloud.remove("port", port["id"])
    return Answer(Reply.ACCEPTED, 200)


def addresses_behind(cloud: MemoryCloud, interface: Body) -> list[Body]:
    subnets = {ip["subnet_id"] for ip in interface["fixed_ips"]}
    behind = {p["id"] for subnet in subnets for p in on_subnet(cloud, subnet)}
    found = cloud.live("floating_ip")
    return [f for f in found if f["port_id"] in behind and f["router_id"] == interface["device_id"]]


def _route(cloud: MemoryCloud, observed: Observed) -> Answer:
    router, _, rest = observed.ref.id.partition("-route-")
    routes = cloud.bodies["router"].get(router, {}).get("routes", [])
    ours = [r for r in routes if f"{r['destination']}-{r['nexthop']}" == rest]
    if not ours:
        return GONE
    routes.remove(ours[0])
    return Answer(Reply.ACCEPTED, 200)


def _port(cloud: MemoryCloud, observed: Observed) -> Answer:
    port = cloud.bodies["port"].get(observed.ref.id)
    if port is None:
        return GONE
    if port["device_owner"] in INTERFACE_OWNERS and port["device_id"] in cloud.bodies["router"]:
        return refused("ServicePortInUse")
    if port["device_owner"].startswith("compute:") and port["device_id"] in cloud.bodies["server"]:
        return Answer(Reply.DENIED, 403, "PolicyNotAuthorized", text="delete_port is disallowed by policy")
    for trunk in cloud.live("trunk"):
        if trunk["port_id"] == port["id"]:
            return refused("PortInUseAsTrunkParent")
        if port["id"] in [sub["port_id"] for sub in trunk["sub_ports"]]:
            return refused("PortInUseAsSubPort")
    _drop_port(cloud, port["id"])
    return NO_CONTENT


def _drop_port(cloud: MemoryCloud, port: str) -> None:
    for address in cloud.live("floating_ip"):
        if address["port_id"] == port:
            address |= {"port_id": None, "router_id": None, "fixed_ip_address": None}
    cloud.remove("port", port)


def _group(cloud: MemoryCloud, observed: Observed) -> Answer:
    group = cloud.bodies["security_group"].get(observed.ref.id)
    if group is None:
        return GONE
    if group["name"] == "default":
        return refused("SecurityGroupCannotRemoveDefault")
    if any(group["id"] in p["security_groups"] for p in cloud.live("port")):
        return refused("SecurityGroupInUse", group["id"])
    for other in cloud.live("security_group"):
        kept = [r for r in other["security_group_rules"] if r["remote_group_id"] != group["id"]]
        other["security_group_rules"] = kept
    cloud.remove("security_group", group["id"])
    return NO_CONTENT


def _rule(cloud: MemoryCloud, observed: Observed) -> Answer:
    for group in cloud.live("security_group"):
        for rule in group["security_group_rules"]:
            if rule["id"] == observed.ref.id:
                group["security_group_rules"].remove(rule)
                return NO_CONTENT
    return GONE


def _association(cloud: MemoryCloud, observed: Observed) -> Answer:
    address = cloud.bodies["floating_ip"].get(observed.ref.id)
    if address is None:
        return GONE
    address |= {"port_id": None, "router_id": None, "fixed_ip_address": None}
    return Answer(Reply.ACCEPTED, 200)


def _trunk(cloud: MemoryCloud, observed: Observed) -> Answer:
    trunk = cloud.bodies["trunk"].get(observed.ref.id)
    if trunk is None:
        return GONE
    cloud.remove("trunk", trunk["id"])
    return NO_CONTENT


def _server(cloud: MemoryCloud, observed: Observed) -> Answer:
    server = cloud.bodies["server"].get(observed.ref.id)
    if server is None:
        return GONE
    if server["OS-EXT-STS:task_state"] != "deleting":
        server["OS-EXT-STS:task_state"] = "deleting"
        if server["id"] not in cloud.times.never:
            cloud.later(cloud.times.server, partial(_end_server, cloud, server))
    return NO_CONTENT


def _end_server(cloud: MemoryCloud, server: Body) -> None:
    for port in ports(cloud, device_id=server["id"]):
        if port.get("made_by_nova"):
            _drop_port(cloud, port["id"])
        else:
            port |= {"device_owner": "", "device_id": ""}
    for entry in server["os-extended-volumes:volumes_attached"]:
        volume = cloud.bodies["volume"].get(entry["id"])
        if volume is None:
            continue
        volume |= {"attachments": [], "status": "available"}
        if entry["delete_on_termination"]:
            _start_volume(cloud, volume)
    cloud.remove("server", server["id"])


def _attachment(cloud: MemoryCloud, observed: Observed) -> Answer:
    server, _, volume = observed.ref.id.partition("/")
    body = cloud.bodies["volume"].get(volume)
    if body is None or not any(a["server_id"] == server for a in body["attachments"]):
        return GONE
    body["status"] = "detaching"
    cloud.later(cloud.times.attachment, lambda: body.update(attachments=[], status="available"))
    return ACCEPTED


def _volume(cloud: MemoryCloud, observed: Observed) -> Answer:
    volume = cloud.bodies["volume"].get(observed.ref.id)
    if volume is None:
        return GONE
    held = any(s["volume_id"] == volume["id"] for s in cloud.live("volume_snapshot"))
    if volume["status"] not in VOLUME_CAN_GO or volume["attachments"] or held:
        return refused("badRequest", status=400)
    _start_volume(cloud, volume)
    return ACCEPTED


def _start_volume(cloud: MemoryCloud, volume: Body) -> None:
    volume["status"] = "deleting"
    if volume["id"] not in cloud.times.never:
        cloud.later(cloud.times.volume, lambda: cloud.remove("volume", volume["id"]))


def _snapshot(cloud: MemoryCloud, observed: Observed) -> Answer:
    snapshot = cloud.bodies["volume_snapshot"].get(observed.ref.id)
    if snapshot is None:
        return GONE
    if snapshot["status"] not in SNAPSHOT_CAN_GO:
        return refused("badRequest", status=400)
    snapshot["status"] = "deleting"
    cloud.later(cloud.times.volume, partial(_end_snapshot, cloud, snapshot))
    return ACCEPTED


def _end_snapshot(cloud: MemoryCloud, snapshot: Body) -> None:
    """A backend that needs the snapshot for a clone puts it back without a word."""
    if any(volume["snapshot_id"] == snapshot["id"] for volume in cloud.live("volume")):
        snapshot["status"] = "available"
    else:
        cloud.remove("volume_snapshot", snapshot["id"])


def _load_balancer(cloud: MemoryCloud, observed: Observed) -> Answer:
    balancer = cloud.bodies["load_balancer"].get(observed.ref.id)
    if balancer is None:
        return GONE
    if balancer["provisioning_status"] not in {"ACTIVE", "ERROR"}:
        return refused("Client")
    balancer["provisioning_status"] = "PENDING_DELETE"
    if balancer["id"] not in cloud.times.never:
        cloud.later(cloud.times.load_balancer, partial(_end_load_balancer, cloud, balancer))
    return NO_CONTENT


def _end_load_balancer(cloud: MemoryCloud, balancer: Body) -> None:
    pools = {pool["id"] for pool in balancer["pools"]}
    for monitor in cloud.live("health_monitor"):
        if monitor["pools"][0]["id"] in pools:
            cloud.remove("health_monitor", monitor["id"])
    for pool in pools:
        cloud.remove("pool", pool)
    for listener in balancer["listeners"]:
        cloud.remove("listener", listener["id"])
    _drop_port(cloud, balancer["vip_port_id"])
    cloud.remove("load_balancer", balancer["id"])


def _child(kind: str, cloud: MemoryCloud, observed: Observed) -> Answer:
    """A child's delete is an update of its load balancer, which takes nothing else until that is over."""
    body = cloud.bodies[kind].get(observed.ref.id)
    if body is None:
        return GONE
    balancer = cloud.bodies["load_balancer"][body["loadbalancers"][0]["id"]]
    if balancer["provisioning_status"] != "ACTIVE":
        return refused("Client")
    balancer["provisioning_status"] = body["provisioning_status"] = "PENDING_UPDATE"

    def over() -> None:
        balancer["provisioning_status"] = "ACTIVE"
        balancer[f"{kind}s"] = [c for c in balancer[f"{kind}s"] if c["id"] != body["id"]]
        cloud.remove(kind, body["id"])

    cloud.later(cloud.times.child, over)
    return NO_CONTENT


def _row(kind: str, cloud: MemoryCloud, observed: Observed) -> Answer:
    if observed.ref.id not in cloud.bodies[kind]:
        return GONE
    cloud.remove(kind, observed.ref.id)
    return NO_CONTENT


def _address(cloud: MemoryCloud, observed: Observed) -> Answer:
    return _row("floating_ip", cloud, observed)


DELETES: Mapping[str, Callable[[MemoryCloud, Observed], Answer]] = {
    "network": _network,
    "subnet": _subnet,
    "router": _router,
    "router_interface": _interface,
    "router_route": _route,
    "port": _port,
    "security_group": _group,
    "security_group_rule": _rule,
    "floating_ip": _address,
    "floating_ip_association": _association,
    "trunk": _trunk,
    "server": _server,
    "volume_attachment": _attachment,
    "volume": _volume,
    "volume_snapshot": _snapshot,
    "load_balancer": _load_balancer,
    "listener": partial(_child, "listener"),
    "pool": partial(_child, "pool"),
    **{kind: partial(_row, kind) for kind in ("keypair", "server_group", "image")},
}
