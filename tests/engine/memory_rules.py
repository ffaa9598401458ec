"""What the services answer to a delete, and what happens then. Codes as on the real ones (tests/conformance)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine import memory_balancer, memory_extensions, memory_shares, memory_storage
from engine.memory_answers import GONE, NO_CONTENT, Body, drop_port, refused, row
from engine.memory_storage import start_volume

from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

TAKEN_ALONG = frozenset({"network:dhcp", "network:distributed"})


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
    of_server = port["device_owner"].startswith("compute:") and port["device_id"] in cloud.bodies["server"]
    if of_server or port["device_owner"] == memory_shares.SERVER_OWNER:
        return Answer(Reply.DENIED, 403, "PolicyNotAuthorized", text="delete_port is disallowed by policy")
    for trunk in cloud.live("trunk"):
        if trunk["port_id"] == port["id"]:
            return refused("PortInUseAsTrunkParent")
        if port["id"] in [sub["port_id"] for sub in trunk["sub_ports"]]:
            return refused("PortInUseAsSubPort")
    drop_port(cloud, port["id"])
    return NO_CONTENT


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
    if cloud.times.keeps and server["status"] != "SOFT_DELETED":
        server["OS-EXT-STS:task_state"] = "soft-deleting"
        kept = {"status": "SOFT_DELETED", "OS-EXT-STS:task_state": None}
        cloud.later(cloud.times.server, partial(server.update, kept))
        return NO_CONTENT
    if server["OS-EXT-STS:task_state"] != "deleting":
        server["OS-EXT-STS:task_state"] = "deleting"
        if server["id"] not in cloud.times.never:
            cloud.later(cloud.times.server, partial(_end_server, cloud, server))
    return NO_CONTENT


def _end_server(cloud: MemoryCloud, server: Body) -> None:
    for port in ports(cloud, device_id=server["id"]):
        if port.get("made_by_nova"):
            drop_port(cloud, port["id"])
        else:
            port |= {"device_owner": "", "device_id": ""}
    for entry in server["os-extended-volumes:volumes_attached"]:
        volume = cloud.bodies["volume"].get(entry["id"])
        if volume is None or volume["id"] in cloud.times.left:
            continue
        volume |= {"attachments": [], "status": "available"}
        if entry["delete_on_termination"]:
            start_volume(cloud, volume)
    cloud.remove("server", server["id"])


def _address(cloud: MemoryCloud, observed: Observed) -> Answer:
    return row("floating_ip", cloud, observed)


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
    **memory_storage.DELETES,
    **memory_balancer.DELETES,
    **memory_shares.DELETES,
    **memory_extensions.DELETES,
    **{kind: partial(row, kind) for kind in ("keypair", "server_group", "image")},
}
