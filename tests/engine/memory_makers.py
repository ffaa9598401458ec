"""What can be made in the in-memory cloud: a vocabulary of kinds and references, bodies as the services send them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engine import memory_extensions, memory_shares

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

CREATED = datetime(2026, 11, 21, 10, tzinfo=UTC).isoformat()


def _body(cloud: MemoryCloud, kind: str, name: str, project: str, **fields: Any) -> dict[str, Any]:
    owner = {"project_id": project, "tenant_id": project, "os-vol-tenant-attr:tenant_id": project}
    owner |= {"os-extended-snapshot-attributes:project_id": project, "owner": project}
    made = {"id": cloud.new_id(kind), "name": name, "created_at": CREATED, "created": CREATED}
    return {**made, **owner, "_p": project, "tags": [], "metadata": {}, **fields}


def _plain(kind: str, **fixed: Any) -> Callable[..., str]:
    def make(cloud: MemoryCloud, name: str, project: str, **fields: Any) -> str:
        return cloud.put(kind, _body(cloud, kind, name, project, **fixed, **fields))

    return make


def _with(kind: str, more: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    def make(cloud: MemoryCloud, name: str, project: str, **fields: Any) -> str:
        return cloud.put(kind, _body(cloud, kind, name, project, **more(cloud, **fields)))

    return make


def _subnet(cloud: MemoryCloud, name: str, project: str, *, network: str, **more: Any) -> str:
    body = _body(cloud, "subnet", name, project, **{"network_id": network, "cidr": "10.0.0.0/24", **more})
    cloud.bodies["network"][network]["subnets"].append(body["id"])
    return cloud.put("subnet", body)


def _port(
    cloud: MemoryCloud,
    name: str,
    project: str,
    *,
    network: str = "",
    subnet: str = "",
    groups: Iterable[str] = (),
    owner: str = "",
    device: str = "",
    **more: Any,
) -> str:
    network = network or cloud.bodies["subnet"][subnet]["network_id"]
    fixed = [{"subnet_id": subnet, "ip_address": "10.0.0.9"}] if subnet else []
    body = _body(cloud, "port", name, project, network_id=network, fixed_ips=fixed, security_groups=list(groups))
    body |= {"device_owner": owner, "device_id": device, "status": "ACTIVE", **more}
    return cloud.put("port", body)


def _interface(cloud: MemoryCloud, name: str, project: str, *, router: str, subnet: str) -> str:
    return _port(cloud, name, project, subnet=subnet, owner="network:router_interface", device=router)


def _route(cloud: MemoryCloud, _: str, __: str, *, router: str, nexthop: str = "10.0.0.9") -> str:
    route = {"destination": "192.0.2.0/24", "nexthop": nexthop}
    cloud.bodies["router"][router]["routes"].append(route)
    return f"{router}-route-{route['destination']}-{nexthop}"


def _floating_ip(cloud: MemoryCloud, name: str, project: str, *, port: str = "", router: str = "") -> str:
    link = {"port_id": port or None, "router_id": router or None, "fixed_ip_address": "10.0.0.9" if port else None}
    return cloud.put(
        "floating_ip", _body(cloud, "floating_ip", name, project, floating_ip_address="203.0.113.1", **link)
    )


def _rule(cloud: MemoryCloud, _: str, project: str, *, group: str, remote: str = "", addresses: str = "") -> str:
    rule = {"id": cloud.new_id("rule"), "security_group_id": group, "remote_group_id": remote or None}
    rule |= {"project_id": project, "tenant_id": project, "remote_address_group_id": addresses or None}
    cloud.bodies["security_group"][group]["security_group_rules"].append(rule)
    return str(rule["id"])


def _trunk(cloud: MemoryCloud, name: str, project: str, *, port: str, subports: Iterable[str] = ()) -> str:
    subs = [{"port_id": sub} for sub in subports]
    return cloud.put("trunk", _body(cloud, "trunk", name, project, port_id=port, sub_ports=subs, status="ACTIVE"))


def _server(
    cloud: MemoryCloud,
    name: str,
    project: str,
    *,
    ports: Iterable[str] = (),
    network: str = "",
    boot_volume: str = "",
    status: str = "ACTIVE",
) -> str:
    """Ports are bound; on a bare network Nova makes one of its own. A boot volume goes along."""
    body = _body(cloud, "server", name, project, status=status)
    body |= {"OS-EXT-STS:task_state": None, "os-extended-volumes:volumes_attached": []}
    identifier = cloud.put("server", body)
    made = [_port(cloud, "", project, network=network, made_by_nova=True)] if network else []
    for port in (*ports, *made):
        cloud.bodies["port"][port] |= {"device_owner": "compute:nova", "device_id": identifier}
    if boot_volume:
        _attachment(cloud, "", project, server=identifier, volume=boot_volume, along=True)
    return identifier


def _attachment(cloud: MemoryCloud, _: str, __: str, *, server: str, volume: str, along: bool = False) -> str:
    cloud.bodies["volume"][volume] |= {
        "status": "in-use",
        "attachments": [{"server_id": server, "volume_id": volume, "attachment_id": f"a-{volume}"}],
    }
    entry = {"id": volume, "delete_on_termination": along}
    cloud.bodies["server"][server]["os-extended-volumes:volumes_attached"].append(entry)
    return f"{server}/{volume}"


def _volume(cloud: MemoryCloud, name: str, project: str, *, snapshot: str = "", source: str = "", **more: Any) -> str:
    links = {"snapshot_id": snapshot or None, "source_volid": source or None}
    body = {"attachments": [], "status": "available", **links, **more}
    return cloud.put("volume", _body(cloud, "volume", name, project, **body))


def _snapshot(cloud: MemoryCloud, name: str, project: str, *, volume: str) -> str:
    return cloud.put(
        "volume_snapshot", _body(cloud, "volume_snapshot", name, project, volume_id=volume, status="available")
    )


def _backup(cloud: MemoryCloud, name: str, project: str, *, volume: str, of: str = "") -> str:
    """Full, or an increment of another one. Cinder tells its project to administrators only."""
    body = _body(cloud, "volume_backup", name, project, volume_id=volume, status="available")
    return cloud.put("volume_backup", {**body, "is_incremental": bool(of), "_parent": of})


def _load_balancer(cloud: MemoryCloud, name: str, project: str, *, subnet: str, status: str = "ACTIVE") -> str:
    body = _body(cloud, "load_balancer", name, project, provisioning_status=status, listeners=[], pools=[])
    device = f"lb-{body['id']}"
    vip = _port(cloud, f"octavia-{device}", project, subnet=subnet, owner="Octavia", device=device)
    network = cloud.bodies["subnet"][subnet]["network_id"]
    body |= {"vip_port_id": vip, "vip_subnet_id": subnet, "vip_network_id": network}
    return cloud.put("load_balancer", body)


def _listener(cloud: MemoryCloud, name: str, project: str, *, load_balancer: str, **more: Any) -> str:
    parents = [{"id": load_balancer}]
    body = _body(cloud, "listener", name, project, loadbalancers=parents, provisioning_status="ACTIVE")
    body |= {"protocol_port": 80, **more}
    cloud.bodies["load_balancer"][load_balancer]["listeners"].append({"id": body["id"]})
    return cloud.put("listener", body)


def _pool(cloud: MemoryCloud, name: str, project: str, *, listener: str, **_: Any) -> str:
    parents = cloud.bodies["listener"][listener]["loadbalancers"]
    body = _body(cloud, "pool", name, project, loadbalancers=parents, members=[], provisioning_status="ACTIVE")
    cloud.bodies["listener"][listener]["default_pool_id"] = body["id"]
    cloud.bodies["load_balancer"][parents[0]["id"]]["pools"].append({"id": body["id"]})
    return cloud.put("pool", body)


def _policy(cloud: MemoryCloud, name: str, project: str, *, listener: str, pool: str = "") -> str:
    links = {"listener_id": listener, "redirect_pool_id": pool or None}
    body = _body(cloud, "l7policy", name, project, provisioning_status="ACTIVE", rules=[], **links)
    cloud.bodies["listener"][listener].setdefault("l7policies", []).append({"id": body["id"]})
    return cloud.put("l7policy", body)


def _member(cloud: MemoryCloud, _: str, project: str, *, pool: str) -> str:
    member = {"id": cloud.new_id("member"), "project_id": project}
    cloud.bodies["pool"][pool]["members"].append(member)
    return str(member["id"])


def _monitor(cloud: MemoryCloud, name: str, project: str, *, pool: str) -> str:
    body = _body(cloud, "health_monitor", name, project, pools=[{"id": pool}], provisioning_status="ACTIVE")
    cloud.bodies["pool"][pool]["healthmonitor_id"] = body["id"]
    return cloud.put("health_monitor", body)


def _keypair(cloud: MemoryCloud, name: str, project: str) -> str:
    return cloud.put("keypair", _body(cloud, "keypair", name, project, fingerprint=f"print-of-{name}"))


MAKERS: Mapping[str, Callable[..., str]] = {
    "network": lambda cloud, name, project, **more: _plain("network")(cloud, name, project, subnets=[], **more),
    "subnet": _subnet,
    "router": lambda cloud, name, project, external="", **more: _plain("router")(
        cloud, name, project, routes=[], external_gateway_info={"network_id": external} if external else None, **more
    ),
    "router_interface": _interface,
    "router_route": _route,
    "port": _port,
    "floating_ip": _floating_ip,
    "security_group": lambda cloud, name, project, **more: _plain("security_group")(
        cloud, name, project, security_group_rules=[], **more
    ),
    "security_group_rule": _rule,
    "trunk": _trunk,
    "server": _server,
    "volume_attachment": _attachment,
    "keypair": _keypair,
    "server_group": _plain("server_group", members=()),
    "volume": _volume,
    "volume_snapshot": _snapshot,
    "volume_backup": _backup,
    "image": _plain("image", status="active"),
    "load_balancer": _load_balancer,
    "listener": _listener,
    "pool": _pool,
    "member": _member,
    "health_monitor": _monitor,
    "l7policy": _policy,
    "port_forwarding": memory_extensions.make_forwarding,
    **{kind: _plain(kind) for kind in memory_extensions.PLAIN},
    **{kind: _with(kind, more) for kind, more in memory_shares.BODIES.items()},
}
