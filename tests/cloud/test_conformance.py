"""The real services give the answers of the table; tests/engine holds the in-memory cloud to the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
import stock
import stock_keys
import stock_network
import stock_shares
from clouds import needing
from conformance import CASES, Case, kinds, resolved
from conformance_network import NETWORK_CASES

from ground.cloud import Project
from janitor.cloud.live import LiveCloud
from janitor.core.model import Observed, Ref

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

ALL = (*CASES, *NETWORK_CASES)
REPRESENTATIVE = {
    *("qos-policy", "subnet-pool-of-a-subnet", "address-with-a-forwarding", "ike-policy-of-a-site"),
    *("firewall-group", "firewall-policy-of-a-group", "pool-that-a-policy-sends-to"),
}
"""Of Neutron's extensions and Octavia's rules: the other rows are tried by SCENARIOS=all, and in memory always."""
NEXT_HOP = "10.0.0.9"


def _subnet(conn: Any, name: str, *, network: str, **more: Any) -> str:
    plan = more or {"cidr": "10.0.0.0/24"}
    return str(conn.network.create_subnet(name=name, network_id=network, ip_version=4, **plan).id)


def _router(conn: Any, name: str, *, external: str = "") -> str:
    return str(stock.router(conn, name, gateway=bool(external)).id)


def _interface(conn: Any, _: str, *, router: str, subnet: str) -> str:
    return str(conn.network.add_interface_to_router(router, subnet_id=subnet)["port_id"])


def _route(conn: Any, _: str, *, router: str) -> str:
    route = {"destination": "192.0.2.0/24", "nexthop": NEXT_HOP}
    conn.network.add_extra_routes_to_router(router, {"router": {"routes": [route]}})
    return f"{router}-route-{route['destination']}-{route['nexthop']}"


def _port(conn: Any, name: str, *, subnet: str, groups: Iterable[str] = (), **more: Any) -> str:
    more |= {"security_groups": list(groups)} if groups else {}
    return str(stock.port(conn, name, subnet=conn.network.get_subnet(subnet), **more).id)


def _rule(conn: Any, _: str, *, group: str, remote: str | None = None, addresses: str | None = None) -> str:
    names = {"remote_group_id": remote, "remote_address_group_id": addresses}
    return str(conn.network.create_security_group_rule(security_group_id=group, direction="ingress", **names).id)


def _trunk(conn: Any, name: str, *, port: str, subports: Iterable[str] = ()) -> str:
    subs = [{"port_id": sub, "segmentation_type": "vlan", "segmentation_id": n} for n, sub in enumerate(subports, 7)]
    return str(conn.network.create_trunk(name=name, port_id=port, sub_ports=subs).id)


def _server(conn: Any, name: str, *, ports: Iterable[str] = ()) -> str:
    return str(stock.server(conn, name, networks=[{"port": port} for port in ports] or "none").id)


def _attachment(conn: Any, _: str, *, server: str, volume: str) -> str:
    conn.compute.create_volume_attachment(server, volume_id=volume)
    conn.block_storage.wait_for_status(conn.block_storage.get_volume(volume), "in-use", interval=0.2, wait=60)
    return f"{server}/{volume}"


def _balancer(conn: Any, name: str, *, subnet: str) -> str:
    return str(stock.active(conn, conn.load_balancer.create_load_balancer(name=name, vip_subnet_id=subnet)).id)


def _listener(conn: Any, name: str, *, load_balancer: str, protocol_port: int = 80, protocol: str = "TCP") -> str:
    made = conn.load_balancer.create_listener(
        name=name, loadbalancer_id=load_balancer, protocol=protocol, protocol_port=protocol_port
    )
    stock.active(conn, conn.load_balancer.get_load_balancer(load_balancer))
    return str(made.id)


def _pool(conn: Any, name: str, *, listener: str, protocol: str = "TCP") -> str:
    made = conn.load_balancer.create_pool(
        name=name, listener_id=listener, protocol=protocol, lb_algorithm="ROUND_ROBIN"
    )
    (parent,) = conn.load_balancer.get_listener(listener).load_balancers
    stock.active(conn, conn.load_balancer.get_load_balancer(parent["id"]))
    return str(made.id)


def _policy(conn: Any, name: str, *, listener: str, pool: str) -> str:
    sent = {"action": "REDIRECT_TO_POOL", "redirect_pool_id": pool}
    return _settled(conn, pool, conn.load_balancer.create_l7_policy(name=name, listener_id=listener, **sent))


def _member(conn: Any, _: str, *, pool: str) -> str:
    made = conn.load_balancer.create_member(pool, address="10.0.0.9", protocol_port=80)
    return _settled(conn, pool, made)


def _monitor(conn: Any, name: str, *, pool: str) -> str:
    made = conn.load_balancer.create_health_monitor(
        name=name, pool_id=pool, type="TCP", delay=5, timeout=3, max_retries=2
    )
    return _settled(conn, pool, made)


def _settled(conn: Any, pool: str, made: Any) -> str:
    (parent,) = conn.load_balancer.get_pool(pool).loadbalancers
    stock.active(conn, conn.load_balancer.get_load_balancer(parent["id"]))
    return str(made.id)


def _backup(conn: Any, name: str, *, volume: str, of: str = "") -> str:
    return str(stock.backup(conn, name, conn.block_storage.get_volume(volume), is_incremental=bool(of)).id)


def _share(conn: Any, name: str, *, network: str = "", snapshot: str = "") -> str:
    return stock_shares.share(conn, name, on=network, **({"snapshot_id": snapshot} if snapshot else {}))


def _share_snapshot(conn: Any, name: str, *, share: str) -> str:
    return stock_shares.snapshot(conn, name, share)


def _share_network(conn: Any, name: str, *, subnet: str, services: Iterable[str] = ()) -> str:
    made = stock_shares.network(conn, name, conn.network.get_subnet(subnet))
    for service in services:
        stock_shares.post(conn, f"/share-networks/{made}/action", add_security_service={"security_service_id": service})
    return made


def _container(conn: Any, name: str, *, secrets: Iterable[str] = ()) -> str:
    root = str(conn.key_manager.get_endpoint()).rstrip("/")
    links = [f"{root}/v1/secrets/{secret}" for secret in secrets]
    return stock_keys.identifier(stock_keys.container(conn, name, *links))


MAKERS: Mapping[str, Callable[..., str]] = {
    "network": lambda conn, name, **more: str(conn.network.create_network(name=name, **more).id),
    "subnet": _subnet,
    "router": _router,
    "router_interface": _interface,
    "router_route": _route,
    "port": _port,
    "floating_ip": lambda conn, _, port, router: str(stock.floating_ip(conn, **({"port_id": port} if port else {})).id),
    "security_group": lambda conn, name: str(conn.network.create_security_group(name=name).id),
    "security_group_rule": _rule,
    "trunk": _trunk,
    "server": _server,
    "volume_attachment": _attachment,
    "keypair": lambda conn, name: str(conn.compute.create_keypair(name=name, public_key=stock.PUBLIC_KEY).id),
    "server_group": lambda conn, name: str(conn.compute.create_server_group(name=name, policies=["affinity"]).id),
    "volume": lambda conn, name: str(stock.volume(conn, name).id),
    "volume_snapshot": lambda conn, name, volume: str(
        stock.snapshot(conn, name, conn.block_storage.get_volume(volume)).id
    ),
    "image": lambda conn, name: str(stock.image(conn, name).id),
    "volume_backup": _backup,
    "member": _member,
    "health_monitor": _monitor,
    "load_balancer": _balancer,
    "listener": _listener,
    "l7policy": _policy,
    **stock_network.NAMED,
    "pool": _pool,
    "share": _share,
    "share_snapshot": _share_snapshot,
    "share_network": _share_network,
    "security_service": stock_shares.service,
    "secret": stock_keys.MAKERS["secret"],
    "secret_container": _container,
}


def _read(live: LiveCloud, kind: str, identifier: str) -> Observed | None:
    return live.read(Ref(live.scopes[0], kind, identifier))


def _marks(case: Case) -> list[pytest.MarkDecorator]:
    rare = [pytest.mark.thorough] if case in NETWORK_CASES and case.name not in REPRESENTATIVE else []
    return [*rare, *(needing(made.kind) for made in case.setup)]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=case.name, marks=_marks(case)) for case in ALL],
)
def test_the_services_answer_as_the_table_says(case: Case, project: Project, conn: Any, live: LiveCloud) -> None:
    ids: dict[str, str] = {}
    kind_of = kinds(case)
    for made in case.setup:
        ids[made.name] = MAKERS[made.kind](conn, f"{project.name}-{made.name}", **resolved(made.values, ids))
    for name in case.first:
        stock.ask(live, kind_of[name], ids[name])
    observed, answer = stock.ask(live, kind_of[case.delete], ids[case.delete])
    assert (answer.reply, answer.code) == (case.reply, case.code), answer
    assert answer.status == case.status or not case.status
    if case.holders:
        held = {(h.kind, h.id) for h in live.holders(observed, answer)}
        assert held == {(kind_of[name], ids[name]) for name in case.holders}
    for name in case.gone:
        stock.until(lambda name=name: _read(live, kind_of[name], ids[name]) is None)
    assert [name for name in case.stays if _read(live, kind_of[name], ids[name]) is None] == []
