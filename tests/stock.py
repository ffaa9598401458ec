"""One object of every kind in the real cloud, made through openstacksdk.

What a test makes stays in its project, which nobody else sees, until the whole cloud is forgotten: emptying each of
them took half of the time.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import stock_compute
import stock_keys
import stock_more
import stock_network
import stock_shares

from ground.cloud import Project
from ground.connections import user_of
from janitor.cloud.live import LiveCloud
from janitor.cloud.session import Session
from janitor.cloud.signin import connect
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed, Ref
from janitor.core.plan import Action, Step
from janitor.engine.protocols import Answer

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILw0tmNoVPPv1cXxpvlFJzQFf3wSDn1A6fTtgtqRBqjB test"
CIDR = "10.71.0.0/24"
STRANGER = "0123456789abcdef0123456789abcdef"  # a project that nobody has


def session(project: Project, **options: Any) -> Session:
    """A session of janitor's own, signed in as the project's user."""
    with patch.dict(os.environ, project.env):
        return connect(project.cloud_name, **options)


def connection(project: Project) -> Any:
    """An SDK connection to make things with."""
    return user_of(project)


def step(observed: Observed) -> Step:
    return Step(observed.ref, Action.UNDO if KINDS[observed.ref.kind].undo else Action.DELETE, observed)


def until(found: Callable[[], Any], *, seconds: float = 60.0) -> Any:
    """What `found` returns as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "nothing came in time"
        time.sleep(0.2)
    return value


def ask(live: LiveCloud, kind: str, object_id: str) -> tuple[Observed, Answer]:
    """Read an object and ask for its deletion."""
    ref = Ref(live.scopes[0], kind, object_id)
    observed = live.read(ref)
    assert observed is not None, f"{ref} is not there"
    return observed, live.delete(step(observed), observed)


def network(conn: Any, name: str) -> Any:
    return conn.network.create_network(name=name)


def subnet(conn: Any, name: str, net: Any = None, cidr: str = CIDR) -> Any:
    net = net or network(conn, name)
    return conn.network.create_subnet(name=name, network_id=net.id, ip_version=4, cidr=cidr)


def port(conn: Any, name: str, **more: Any) -> Any:
    sub = more.pop("subnet", None) or subnet(conn, name)
    return conn.network.create_port(name=name, network_id=sub.network_id, fixed_ips=[{"subnet_id": sub.id}], **more)


def router(conn: Any, name: str, *, gateway: bool = False) -> Any:
    public = {"external_gateway_info": {"network_id": conn.network.find_network("public").id}} if gateway else {}
    return conn.network.create_router(name=name, **public)


def joined(conn: Any, name: str, *, gateway: bool = False) -> tuple[Any, Any, str]:
    """A router, a subnet behind it, and the id of the port that joins them."""
    made, sub = router(conn, name, gateway=gateway), subnet(conn, name)
    return made, sub, conn.network.add_interface_to_router(made, subnet_id=sub.id)["port_id"]


def floating_ip(conn: Any, **more: Any) -> Any:
    return conn.network.create_ip(floating_network_id=conn.network.find_network("public").id, **more)


def associated(conn: Any, name: str) -> tuple[Any, Any, str, Any]:
    """A floating IP on a port behind a router: router, subnet, interface, floating IP."""
    made, sub, interface = joined(conn, name, gateway=True)
    target = port(conn, name, subnet=sub)
    return made, sub, interface, floating_ip(conn, port_id=target.id)


def volume(conn: Any, name: str, **more: Any) -> Any:
    made = conn.block_storage.create_volume(name=name, size=1, **more)
    return conn.block_storage.wait_for_status(made, "available", interval=0.2, wait=60)


def snapshot(conn: Any, name: str, of: Any = None, **more: Any) -> Any:
    made = conn.block_storage.create_snapshot(name=name, volume_id=(of or volume(conn, name)).id, **more)
    return conn.block_storage.wait_for_status(made, "available", interval=0.2, wait=60)


def backup(conn: Any, name: str, of: Any = None, **more: Any) -> Any:
    made = conn.block_storage.create_backup(name=name, volume_id=(of or volume(conn, name)).id, **more)
    return conn.block_storage.wait_for_status(made, "available", interval=0.2, wait=60)


def server(conn: Any, name: str, **more: Any) -> Any:
    more.setdefault("networks", "none")
    made = conn.compute.create_server(
        name=name,
        flavor_id=conn.compute.find_flavor("tiny").id,
        image_id=conn.image.find_image("cirros").id,
        **more,
    )
    return conn.compute.wait_for_server(made, interval=0.3, wait=120)


def image(conn: Any, name: str, **more: Any) -> Any:
    made = conn.image.create_image(
        name=name, data=b"0" * 512, disk_format="raw", container_format="bare", wait=True, use_import=False, **more
    )
    return conn.image.get_image(made.id)


def load_balancer(conn: Any, name: str) -> Any:
    made = conn.load_balancer.create_load_balancer(name=name, vip_subnet_id=subnet(conn, name).id)
    return active(conn, made)


def active(conn: Any, balancer: Any) -> Any:
    return conn.load_balancer.wait_for_load_balancer(balancer.id, interval=0.3, wait=90)


def listener(conn: Any, name: str) -> tuple[Any, Any]:
    balancer = load_balancer(conn, name)
    made = conn.load_balancer.create_listener(name=name, loadbalancer_id=balancer.id, protocol="TCP", protocol_port=80)
    active(conn, balancer)
    return balancer, made


def pool(conn: Any, name: str) -> tuple[Any, Any]:
    balancer, front = listener(conn, name)
    made = conn.load_balancer.create_pool(name=name, listener_id=front.id, protocol="TCP", lb_algorithm="ROUND_ROBIN")
    active(conn, balancer)
    return balancer, made


def l7policy(conn: Any, name: str) -> tuple[Any, Any]:
    """A load balancer with an HTTP listener that sends some requests away."""
    balancer = load_balancer(conn, name)
    front = conn.load_balancer.create_listener(
        name=name, loadbalancer_id=balancer.id, protocol="HTTP", protocol_port=80
    )
    active(conn, balancer)
    made = conn.load_balancer.create_l7_policy(name=name, listener_id=front.id, action="REJECT")
    active(conn, balancer)
    return balancer, made


def _l7rule(conn: Any, name: str) -> str:
    balancer, policy = l7policy(conn, name)
    made = conn.load_balancer.create_l7_rule(policy, type="PATH", compare_type="STARTS_WITH", value="/old")
    active(conn, balancer)
    return f"{policy.id}/{made.id}"


def _member(conn: Any, name: str) -> str:
    balancer, group = pool(conn, name)
    made = conn.load_balancer.create_member(group, address="10.71.0.9", protocol_port=80)
    active(conn, balancer)
    return str(made.id)


def _health_monitor(conn: Any, name: str) -> str:
    balancer, group = pool(conn, name)
    made = conn.load_balancer.create_health_monitor(
        name=name, pool_id=group.id, type="TCP", delay=5, timeout=3, max_retries=2
    )
    active(conn, balancer)
    return str(made.id)


def _trunk(conn: Any, name: str) -> str:
    return str(conn.network.create_trunk(name=name, port_id=port(conn, name).id).id)


def _router_route(conn: Any, name: str) -> str:
    made, _, _ = joined(conn, name)
    route = {"destination": "192.0.2.0/24", "nexthop": "10.71.0.7"}
    conn.network.add_extra_routes_to_router(made, {"router": {"routes": [route]}})
    return f"{made.id}-route-{route['destination']}-{route['nexthop']}"


def _rule(conn: Any, name: str) -> str:
    group = conn.network.create_security_group(name=name)
    made = conn.network.create_security_group_rule(
        security_group_id=group.id, direction="ingress", protocol="tcp", port_range_min=22, port_range_max=22
    )
    return str(made.id)


def _volume_attachment(conn: Any, name: str) -> str:
    made, disk = server(conn, name), volume(conn, name)
    conn.compute.create_volume_attachment(made, volume_id=disk.id)
    conn.block_storage.wait_for_status(disk, "in-use", interval=0.2, wait=60)
    return f"{made.id}/{disk.id}"


def _interface_attachment(conn: Any, name: str) -> str:
    made, nic = server(conn, name), port(conn, name)
    conn.compute.create_server_interface(made, port_id=nic.id)
    return f"{made.id}/{nic.id}"


def _application_credential(conn: Any, name: str) -> str:
    roles = [{"name": "member"}]
    return str(conn.identity.create_application_credential(conn.current_user_id, name=name, roles=roles).id)


MAKERS: dict[str, Callable[[Any, str], str]] = {
    "floating_ip": lambda conn, _: floating_ip(conn).id,
    "floating_ip_association": lambda conn, name: associated(conn, name)[3].id,
    "trunk": _trunk,
    "port": lambda conn, name: port(conn, name).id,
    "interface_attachment": _interface_attachment,
    "router_interface": lambda conn, name: joined(conn, name)[2],
    "router_route": _router_route,
    "router": lambda conn, name: router(conn, name).id,
    "subnet": lambda conn, name: subnet(conn, name).id,
    "network": lambda conn, name: network(conn, name).id,
    "security_group": lambda conn, name: conn.network.create_security_group(name=name).id,
    "security_group_rule": _rule,
    "server": lambda conn, name: server(conn, name).id,
    "volume_attachment": _volume_attachment,
    "keypair": lambda conn, name: conn.compute.create_keypair(name=name, public_key=PUBLIC_KEY).id,
    "host_attachment": lambda conn, name: stock_compute.host_attachment(conn, volume(conn, name)),
    "image_member": lambda conn, name: stock_compute.image_member(conn, image(conn, name), STRANGER),
    "image_acceptance": stock_compute.image_acceptance,
    "ec2_credential": lambda conn, _: stock_compute.ec2_credential(conn),
    "server_group": lambda conn, name: conn.compute.create_server_group(name=name, policies=["affinity"]).id,
    "volume": lambda conn, name: volume(conn, name).id,
    "volume_snapshot": lambda conn, name: snapshot(conn, name).id,
    "volume_backup": lambda conn, name: backup(conn, name).id,
    "image": lambda conn, name: image(conn, name).id,
    "load_balancer": lambda conn, name: load_balancer(conn, name).id,
    "listener": lambda conn, name: listener(conn, name)[1].id,
    "pool": lambda conn, name: pool(conn, name)[1].id,
    "member": _member,
    "health_monitor": _health_monitor,
    "application_credential": _application_credential,
    "l7policy": lambda conn, name: l7policy(conn, name)[1].id,
    "l7rule": _l7rule,
    **stock_network.MAKERS,
    **stock_shares.MAKERS,
    "share_network": lambda conn, name: stock_shares.network(conn, name, subnet(conn, name)),
    **stock_keys.MAKERS,
    **stock_more.MAKERS,
}
"""Kind → how one of it is made; each returns the id as the catalogue writes it."""
