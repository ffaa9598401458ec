"""Deletes in the wrong order on the real services: each refusal is resolved to the objects that stand in the way."""

import secrets
from pathlib import Path
from typing import Any

import pytest
import stock

from ground.cloud import LocalCloud, Project, gate
from janitor.cloud.holding.finding import ports as ports_of
from janitor.cloud.live import LiveCloud
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer, Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]


def refused(live: LiveCloud, kind: str, object_id: str, *, code: str) -> list[tuple[str, str]]:
    """Ask for the deletion, expect a refusal with this code, and name the holders."""
    observed, answer = stock.ask(live, kind, object_id)
    assert (answer.reply, answer.code) == (Reply.REFUSED, code), answer
    assert answer.text
    holders = live.holders(observed, answer)
    assert all(holder.observed is not None for holder in holders)
    return [(holder.kind, holder.id) for holder in holders]


def test_a_security_group_is_held_by_its_ports(project: Project, conn: Any, live: LiveCloud) -> None:
    group = conn.network.create_security_group(name=project.name)
    port = stock.port(conn, project.name, security_groups=[group.id])
    assert refused(live, "security_group", group.id, code="SecurityGroupInUse") == [("port", port.id)]


def test_a_rule_that_names_a_group_does_not_hold_it(project: Project, conn: Any, live: LiveCloud) -> None:
    one, two = (conn.network.create_security_group(name=f"{project.name}-{n}") for n in (1, 2))
    conn.network.create_security_group_rule(security_group_id=one.id, direction="ingress", remote_group_id=two.id)
    assert stock.ask(live, "security_group", two.id)[1].reply is Reply.ACCEPTED


def test_a_holder_in_a_project_we_cannot_see_is_not_invented(
    project: Project, conn: Any, live: LiveCloud, local_cloud: LocalCloud, tmp_path: Path
) -> None:
    group = conn.network.create_security_group(name=project.name)
    with local_cloud.project(f"{project.name[:40]}-other-{secrets.token_hex(2)}", tmp_path / "other") as other:
        conn.network.create_rbac_policy(
            object_type="security_group", object_id=group.id, action="access_as_shared", target_project_id=other.id
        )
        theirs = stock.connection(other)
        port = stock.port(theirs, other.name, security_groups=[group.id])
        assert refused(live, "security_group", group.id, code="SecurityGroupInUse") == []
        theirs.network.delete_port(port)
    assert stock.ask(live, "security_group", group.id)[1].reply is Reply.ACCEPTED


def test_a_port_that_serves_a_router_is_held_by_its_interface(project: Project, conn: Any, live: LiveCloud) -> None:
    _, subnet, interface = stock.joined(conn, project.name)
    scope = live.scopes[0]
    as_port = Observed(Ref(scope, "port", interface))
    answer = live.delete(stock.step(as_port), as_port)
    assert (answer.reply, answer.code) == (Reply.REFUSED, "ServicePortInUse")
    assert [(h.kind, h.id) for h in live.holders(as_port, answer)] == [("router_interface", interface)]
    assert refused(live, "subnet", subnet.id, code="SubnetInUse") == [("router_interface", interface)]


def test_a_subnet_and_its_network_are_held_by_ports(project: Project, conn: Any, live: LiveCloud) -> None:
    subnet = stock.subnet(conn, project.name)
    held = sorted(("port", stock.port(conn, f"{project.name}-{n}", subnet=subnet).id) for n in range(3))
    assert refused(live, "subnet", subnet.id, code="SubnetInUse") == held
    assert refused(live, "network", subnet.network_id, code="NetworkInUse") == held


@pytest.mark.thorough
def test_a_subnet_of_self_made_addresses_leaves_its_ports(project: Project, conn: Any, live: LiveCloud) -> None:
    """With SLAAC Neutron takes the address off every port but a router's."""
    six = {"ip_version": 6, "cidr": "fd00:71::/64", "ipv6_ra_mode": "slaac", "ipv6_address_mode": "slaac"}
    network = stock.subnet(conn, project.name).network_id
    subnet = conn.network.create_subnet(name=project.name, network_id=network, **six)
    port = conn.network.create_port(name=project.name, network_id=network)
    assert subnet.id in {address["subnet_id"] for address in port.fixed_ips}
    assert stock.ask(live, "subnet", subnet.id)[1].reply is Reply.ACCEPTED
    assert len(conn.network.get_port(port).fixed_ips) == 1


@pytest.mark.thorough
def test_the_group_default_is_refused_and_nobody_holds_it(project: Project, conn: Any, live: LiveCloud) -> None:
    (group,) = conn.network.security_groups(name="default", project_id=project.id)
    assert refused(live, "security_group", group.id, code="SecurityGroupCannotRemoveDefault") == []


def test_a_router_is_held_by_its_interfaces(project: Project, conn: Any, live: LiveCloud) -> None:
    router, _, interface = stock.joined(conn, project.name)
    assert refused(live, "router", router.id, code="RouterInUse") == [("router_interface", interface)]


def test_an_interface_is_held_by_the_floating_ips_behind_it(project: Project, conn: Any, live: LiveCloud) -> None:
    _, _, interface, address = stock.associated(conn, project.name)
    assert refused(live, "router_interface", interface, code="RouterInterfaceInUseByFloatingIP") == [
        ("floating_ip", address.id)
    ]


def test_an_interface_is_held_by_routes_through_its_subnet(project: Project, conn: Any, live: LiveCloud) -> None:
    route = stock.MAKERS["router_route"](conn, project.name)
    router = route.partition("-route-")[0]
    (interface,) = conn.network.ports(device_id=router)
    assert refused(live, "router_interface", interface.id, code="RouterInterfaceInUseByRoute") == [
        ("router_route", route)
    ]


def test_a_route_goes_without_the_others(project: Project, conn: Any, live: LiveCloud) -> None:
    route = stock.MAKERS["router_route"](conn, project.name)
    router = route.partition("-route-")[0]
    other = {"destination": "198.51.100.0/24", "nexthop": "10.71.0.8"}
    conn.network.add_extra_routes_to_router(router, {"router": {"routes": [other]}})
    assert stock.ask(live, "router_route", route)[1].reply is Reply.ACCEPTED
    assert conn.network.get_router(router).routes == [other]


def test_ports_of_a_trunk_are_held_by_it(project: Project, conn: Any, live: LiveCloud) -> None:
    subnet = stock.subnet(conn, project.name)
    parent, child = (stock.port(conn, f"{project.name}-{n}", subnet=subnet) for n in ("parent", "child"))
    subport = {"port_id": child.id, "segmentation_type": "vlan", "segmentation_id": 7}
    trunk = conn.network.create_trunk(name=project.name, port_id=parent.id, sub_ports=[subport])
    assert refused(live, "port", parent.id, code="PortInUseAsTrunkParent") == [("trunk", trunk.id)]
    assert refused(live, "port", child.id, code="PortInUseAsSubPort") == [("trunk", trunk.id)]


def test_a_floating_ip_is_held_by_its_port_forwardings(project: Project, conn: Any, live: LiveCloud) -> None:
    _, subnet, _ = stock.joined(conn, project.name, gateway=True)
    port = stock.port(conn, project.name, subnet=subnet)
    address = stock.floating_ip(conn)
    forwarding = conn.network.create_floating_ip_port_forwarding(
        address.id,
        internal_port_id=port.id,
        internal_ip_address=port.fixed_ips[0]["ip_address"],
        internal_port=22,
        external_port=2222,
        protocol="tcp",
    )
    observed, answer = stock.ask(live, "floating_ip", address.id)
    assert (answer.reply, answer.code) == (Reply.REFUSED, "FipInUseByPortForwarding")
    assert [(h.kind, h.id) for h in live.holders(observed, answer)] == [
        ("port_forwarding", f"{address.id}/{forwarding.id}")
    ]
    conn.network.delete_floating_ip_port_forwarding(address.id, forwarding.id)


def test_a_volume_is_held_by_its_server(project: Project, conn: Any, live: LiveCloud) -> None:
    server, volume = stock.MAKERS["volume_attachment"](conn, project.name).split("/")
    assert refused(live, "volume", volume, code="badRequest") == [("server", server)]


def test_a_volume_is_held_by_its_snapshots(project: Project, conn: Any, live: LiveCloud) -> None:
    volume = stock.volume(conn, project.name)
    snapshot = stock.snapshot(conn, project.name, volume)
    assert refused(live, "volume", volume.id, code="badRequest") == [("volume_snapshot", snapshot.id)]


def test_a_backup_is_held_by_its_increments(project: Project, conn: Any, live: LiveCloud) -> None:
    volume = stock.volume(conn, project.name)
    full = stock.backup(conn, project.name, volume)
    increment = stock.backup(conn, f"{project.name}-2", volume, is_incremental=True)
    assert refused(live, "volume_backup", full.id, code="badRequest") == [("volume_backup", increment.id)]


def test_what_was_made_from_a_snapshot_is_found(project: Project, conn: Any, live: LiveCloud) -> None:
    """A busy backend accepts, and the snapshot comes back: the engine asks for holders without a refusal."""
    snapshot = stock.snapshot(conn, project.name)
    volume = stock.volume(conn, f"{project.name}-2", snapshot_id=snapshot.id)
    observed = live.read(Ref(live.scopes[0], "volume_snapshot", snapshot.id))
    assert observed is not None
    holders = live.holders(observed, Answer(Reply.ACCEPTED))
    assert [(h.kind, h.id) for h in holders] == [("volume", volume.id)]
    assert holders[0].project_id == project.id


def test_what_was_made_from_an_image_is_found(project: Project, conn: Any, live: LiveCloud) -> None:
    image = stock.image(conn, project.name)
    volume = stock.volume(conn, project.name, image_id=image.id)
    observed = live.read(Ref(live.scopes[0], "image", image.id))
    assert observed is not None
    assert [(h.kind, h.id) for h in live.holders(observed, Answer(Reply.REFUSED))] == [("volume", volume.id)]


def test_a_protected_image_and_a_locked_server_are_opened_first(project: Project, conn: Any, live: LiveCloud) -> None:
    """Only ours get this far; what it costs is counted."""
    image = stock.image(conn, project.name, is_protected=True)
    server = stock.server(conn, project.name)
    conn.compute.lock_server(server)
    for kind, object_id in (("image", image.id), ("server", server.id)):
        _, answer = stock.ask(live, kind, object_id)
        assert (answer.reply, answer.requests) == (Reply.ACCEPTED, 2), answer
        ref = Ref(live.scopes[0], kind, object_id)
        stock.until(lambda ref=ref: live.read(ref) is None)


def test_a_volume_that_is_being_deleted_has_no_holder(project: Project, conn: Any, live: LiveCloud) -> None:
    volume = stock.volume(conn, project.name)
    with gate("cinder.delete_volume", match=project.name, action="hang"):
        assert stock.ask(live, "volume", volume.id)[1].reply is Reply.ACCEPTED
        stock.until(lambda: conn.block_storage.get_volume(volume.id).status == "deleting")
        observed, answer = stock.ask(live, "volume", volume.id)
        assert (answer.reply, answer.code, observed.status) == (Reply.REFUSED, "badRequest", "deleting")
        assert live.holders(observed, answer) == ()


def test_a_load_balancer_at_work_has_no_holder(project: Project, conn: Any, live: LiveCloud) -> None:
    balancer, listener = stock.listener(conn, project.name)
    with gate("octavia.delete_listener", match=project.name, action="hang"):
        assert stock.ask(live, "listener", listener.id)[1].reply is Reply.ACCEPTED
        for kind, object_id in (("load_balancer", balancer.id), ("listener", listener.id)):
            observed, answer = stock.ask(live, kind, object_id)
            assert (answer.reply, answer.status) == (Reply.REFUSED, 409)
            assert observed.status.startswith("PENDING_")
            assert live.holders(observed, answer) == ()


def test_a_pool_is_held_by_the_policies_that_send_to_it(project: Project, conn: Any, live: LiveCloud) -> None:
    balancer = stock.load_balancer(conn, project.name)
    front = conn.load_balancer.create_listener(
        name=project.name, loadbalancer_id=balancer.id, protocol="HTTP", protocol_port=80
    )
    stock.active(conn, balancer)
    pool = conn.load_balancer.create_pool(
        name=project.name, loadbalancer_id=balancer.id, protocol="HTTP", lb_algorithm="ROUND_ROBIN"
    )
    stock.active(conn, balancer)
    policy = conn.load_balancer.create_l7_policy(
        name=project.name, listener_id=front.id, action="REDIRECT_TO_POOL", redirect_pool_id=pool.id
    )
    stock.active(conn, balancer)
    observed, answer = stock.ask(live, "pool", pool.id)
    assert (answer.reply, answer.status) == (Reply.REFUSED, 409)
    assert live.holders(observed, answer) == (Holder("l7policy", policy.id, project.name, project.id),)


def test_service_ports_on_our_network_are_visible(project: Project, conn: Any, live: LiveCloud) -> None:
    """Octavia's own ports belong to the service project; the owner of the network may see them."""
    balancer = stock.load_balancer(conn, project.name)
    scope = live.scopes[0]
    assert [o.name for o in live.listing(scope, "port")] == [f"octavia-lb-{balancer.id}"]
    ports = ports_of(live.session(scope), {"network_id": balancer.vip_network_id})
    assert {p.ref.id for p in ports} > {balancer.vip_port_id}
    assert len({p.project_id for p in ports}) == 2


def test_a_port_of_a_server_is_named_with_it(project: Project, conn: Any, live: LiveCloud) -> None:
    subnet = stock.subnet(conn, project.name)
    server = stock.server(conn, project.name, networks=[{"uuid": subnet.network_id}])
    (port,) = conn.network.ports(device_id=server.id)
    holders = live.holders(
        next(o for o in live.listing(live.scopes[0], "port") if o.ref.id == port.id), Answer(Reply.DENIED, 403)
    )
    assert [(h.kind, h.id, h.name) for h in holders] == [("server", server.id, project.name)]
