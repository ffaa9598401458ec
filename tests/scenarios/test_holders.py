"""What holds our objects: a leftover of ours is found and goes; what belongs to others stays, and is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stage import Stage
from ways import ways

from ground.neighbour import put_port

pytestmark = pytest.mark.scenario


@ways("tofu first", "terraform first", rarely=("direct",))
def test_a_port_made_by_hand_on_our_network_goes_with_it(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """An interrupted job's leftover, in our group: terraform alone would poll for ten minutes. The port of a DHCP
    agent beside it is Neutron's, which takes it along.
    """
    stage = make("net", binary)
    stage.apply()
    name, conn = stage.variables["name"], stage.connection()
    port = put_port(conn, network=f"{name}-net", group=f"{name}-group")
    network = conn.network.find_network(f"{name}-net", ignore_missing=False)
    agent = conn.network.create_port(network_id=network.id, device_owner="network:dhcp", device_id="dhcp-agent")

    ended = stage.destroy(*mode)
    assert ended.code == 0, ended.text
    (found,) = ended.objects(id=port)
    assert (found["kind"], found["outcome"]) == ("port", "deleted")
    assert "attached" in found["evidence"]
    assert ended.objects(id=agent.id) == []
    assert stage.look() == {}
    if not mode:
        assert "debugging-by-hand" in ended.report["terraform"]["handed_over"]
        assert ended.report["terraform"]["seconds"] < 60


class Foreign:
    """A port that was there before, on a network of its own, and that somebody puts into our group."""

    def __init__(self, stage: Stage, name: str = "their-port") -> None:
        self.network = stage.connection().network
        self.net = self.network.create_network(name="theirs")
        self.port = self.network.create_port(name=name, network_id=self.net.id)

    def join(self, group: str) -> None:
        found = self.network.find_security_group(group, ignore_missing=False)
        self.port = self.network.update_port(self.port, security_group_ids=[found.id])

    def leave(self) -> None:
        self.network.update_port(self.port, security_group_ids=[])


@ways("tofu first", "terraform first", "direct")
def test_a_foreign_port_keeps_our_group_and_nothing_else(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    stage = make("net", binary)
    foreign = Foreign(stage)
    stage.apply()
    foreign.join(f"{stage.variables['name']}-group")

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    assert ended.report["verdict"] == "left"
    (held,) = [o for o in ended.report["objects"] if o["outcome"] not in ("deleted", "absent")]
    assert (held["kind"], held["outcome"]) == ("security_group", "blocked")
    assert held["holders"] == [
        {"kind": "port", "id": foreign.port.id, "name": "their-port", "project_id": stage.project.id}
    ]
    assert "their-port" in ended.text
    assert names(stage) == {"theirs", "their-port", f"{stage.variables['name']}-group"}
    assert stage.listed() == ["openstack_networking_secgroup_v2.group"]

    foreign.leave()
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert names(stage) == {"theirs", "their-port"}
    assert stage.listed() == []


def names(stage: Stage) -> set[str]:
    return {seen.name for seen in stage.look().values()}


@ways("direct", rarely=("tofu first",))
def test_of_a_borrowed_router_only_our_interface_leaves(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """It is given by a variable, as Kubespray's CI does, and a neighbour lives behind it."""
    stage = make("borrowing", binary)
    network = stage.connection().network
    outside = network.find_network("public", ignore_missing=False)
    router = network.create_router(name="lent", external_gateway_info={"network_id": outside.id})
    net = network.create_network(name="neighbour")
    subnet = network.create_subnet(name="neighbour", network_id=net.id, ip_version=4, cidr="10.99.0.0/24")
    network.add_interface_to_router(router, subnet_id=subnet.id)
    port = network.create_port(name="neighbour", network_id=net.id)
    network.create_ip(floating_network_id=outside.id, port_id=port.id)
    before, lent = stage.look(), network.get_router(router)
    stage.variables["router_id"] = router.id
    stage.apply()

    ended = stage.destroy(*mode)
    assert ended.code == 0, ended.text
    assert [o["outcome"] for o in ended.objects(kind="router_interface")] == ["deleted"]
    now, after = network.get_router(router), stage.look()
    assert after.keys() == before.keys()
    assert all(after[key] == seen for key, seen in before.items() if seen.kind != "router")
    assert (now.name, now.external_gateway_info, now.routes) == (lent.name, lent.external_gateway_info, lent.routes)
    assert {o["outcome"] for o in ended.objects(id=router.id)} <= {"kept"}
