"""Statuses that look bad and keep nothing, those that only pass, and those that only somebody else can end."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import stock
import stock_more
from stage import Ran, Stage
from workspaces import RUN, Workspace

from ground.cloud import LocalCloud, gate
from ground.cloud.database import sql

pytestmark = [
    pytest.mark.scenario,
    pytest.mark.thorough,
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]

TRUNK = "UPDATE neutron.trunks SET status = '{}' WHERE id = '{}'"
IMAGE = "UPDATE glance.images SET status = '{}' WHERE id = '{}'"
HIDDEN = "UPDATE nova.instances SET vm_state = 'soft-delete', task_state = NULL WHERE uuid = '{}'"


@pytest.fixture
def stage(make: Callable[..., Stage], tofu: str) -> Stage:
    made = make("terraform", tofu)
    made.patience("10s", "server", "zone")
    return made


@pytest.fixture
def conn(stage: Stage) -> Any:
    return stock.connection(stage.project)


def test_what_only_looks_bad_goes_as_if_it_were_well(stage: Stage, conn: Any, local_cloud: LocalCloud) -> None:
    """Trunks that their driver gave up, a volume in `error`, images that nobody finished."""
    ours, name = Workspace(), stage.project.name
    subnet = stock.subnet(conn, name)
    ours.add("networking_network_v2.net", subnet.network_id)
    ours.add("networking_subnet_v2.net", subnet.id)
    for status in "DOWN", "DEGRADED", "ERROR":
        parent = stock.port(conn, f"{name}-{status}", subnet=subnet).id
        ours.add(f"networking_port_v2.{status}", parent)
        trunk = ours.add(f"networking_trunk_v2.{status}", conn.network.create_trunk(name=name, port_id=parent).id)
        sql(local_cloud.slot, TRUNK.format(status, trunk))
        assert conn.network.get_trunk(trunk).status == status
    volume = ours.add("blockstorage_volume_v3.error", stock.volume(conn, name).id)
    reset = {"os-reset_status": {"status": "error"}}
    local_cloud.admin.service("block-storage", "POST", f"/volumes/{volume}/action", reset)
    for each in "queued", "saving":
        made = conn.image.create_image(name=f"{name}-{each}", disk_format="raw", container_format="bare")
        ours.add(f"images_image_v2.{each}", made.id)
        sql(local_cloud.slot, IMAGE.format(each, made.id))
        assert conn.image.get_image(made.id).status == each
    ours.write(stage.state)

    ended = stage.destroy("--direct", "--timeout", "5m")
    assert ended.code == 0, ended.text
    assert {row["outcome"] for row in ended.report["objects"]} == {"deleted"}
    assert stage.look() == {}


def test_a_server_whose_delete_never_ends_is_told_with_what_ends_it(stage: Stage, conn: Any) -> None:
    ours, name = Workspace(), stage.project.name
    server = ours.add("compute_instance_v2.server", stock.server(conn, name).id)
    ours.write(stage.state)
    with gate("nova.destroy", match=f"^{name}$", action="hang"):
        ended = stage.destroy("--direct", "--timeout", "5m")
        assert ended.code == 1, ended.text
    (told,) = ended.objects(id=server)
    assert told["outcome"] == "failed"
    assert told["reason"].startswith("is ACTIVE (deleting) and does not change")
    admin = f"as admin: openstack server set --state error {server}; openstack server delete {server}"
    assert told["reason"].endswith(admin)
    assert stage.destroy("--direct").code == 0
    assert stage.look() == {}


def test_a_server_that_the_cloud_only_hides_is_deleted_for_good(
    stage: Stage, conn: Any, local_cloud: LocalCloud
) -> None:
    """As where deleted servers are kept for a while: no listing shows it, and its port is still bound to it."""
    ours, name = Workspace(), stage.project.name
    port = ours.add("networking_port_v2.port", stock.port(conn, name).id)
    server = ours.add("compute_instance_v2.server", stock.server(conn, name, networks=[{"port": port}]).id)
    sql(local_cloud.slot, HIDDEN.format(server))
    assert conn.compute.get_server(server).status == "SOFT_DELETED"
    assert [each.id for each in conn.compute.servers()] == []
    ours.write(stage.state)

    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert (row(ended, server)["outcome"], row(ended, port)["outcome"]) == ("deleted", "deleted")
    assert conn.compute.get(f"/servers/{server}").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.services("designate")
def test_zones_are_waited_for_and_one_that_does_not_end_is_told(
    stage: Stage, conn: Any, local_cloud: LocalCloud
) -> None:
    ours, name = Workspace(), stage.project.name
    slow = stock_more.zone(conn, f"{name}-slow")["id"]
    with (
        gate("designate.create_zone", match=f"^{name}-begun", action="hang", seconds=4),
        gate("designate.create_zone", match=f"^{name}-broken", action="fail"),
        gate("designate.delete_zone", match=f"^{name}-slow", action="hang"),
    ):
        made = {each: created(conn, f"{name}-{each}") for each in ("begun", "broken")} | {"slow": slow}
        for each, zone in made.items():
            ours.add(f"dns_zone_v2.{each}", zone)
        ours.write(stage.state)
        stock_more.settled(conn, "zones", {"id": made["broken"]}, "ERROR")
        ended = stage.destroy("--direct", "--timeout", "5m")
        assert ended.code == 1, ended.text
        told = {each: row(ended, zone) for each, zone in made.items()}
        everywhere = {"X-Auth-All-Projects": "true"}
        local_cloud.admin.service("dns", "POST", f"/v2/zones/{slow}/tasks/abandon", **everywhere)
        stock.until(lambda: conn.dns.get(f"/zones/{slow}").status_code == HTTPStatus.NOT_FOUND)
    outcomes = {each: (told[each]["outcome"]) for each in made}
    assert outcomes == {"begun": "deleted", "broken": "deleted", "slow": "failed"}
    assert told["slow"]["reason"].startswith("is PENDING (DELETE) and does not change")
    assert f"as admin: openstack zone abandon --all-projects {slow}" in told["slow"]["reason"]
    again = stage.destroy("--direct")
    assert again.code == 0, again.text


@pytest.mark.services("heat")
def test_a_stack_that_failed_on_something_of_ours_is_deleted_again_when_that_is_gone(stage: Stage, conn: Any) -> None:
    """The port is known by its mark alone, so it would wait for the stack, which cannot go before it."""
    ours, name = Workspace(), stage.project.name
    net = {"type": "OS::Neutron::Net", "properties": {"name": name}}
    subnet = {"network": {"get_resource": "net"}, "cidr": "10.73.0.0/24"}
    parts = {"net": net, "sub": {"type": "OS::Neutron::Subnet", "properties": subnet}}
    stack = ours.add("orchestration_stack_v1.stack", stock_more.stack(conn, name, parts), name=name)
    network = conn.network.find_network(name).id
    port = conn.network.create_port(name=f"{name}-port", network_id=network, description=f"janitor:run={RUN}")
    conn.orchestration.delete(f"/stacks/{name}/{stack}")
    stock_more.stack_status(conn, stack, "DELETE_FAILED")
    ours.write(stage.state)

    ended = stage.destroy("--direct", "--mark", RUN, "--timeout", "5m")
    assert ended.code == 0, ended.text
    assert (row(ended, stack)["outcome"], row(ended, port.id)["outcome"]) == ("deleted", "deleted")
    assert stage.look() == {}


def created(conn: Any, name: str) -> str:
    """A zone that need not become anything."""
    body = {"name": stock_more.zone_name(name), "email": "a@example.com"}
    return str(stock_more.answer(conn.dns.post("/zones", json=body))["id"])


def row(ended: Ran, identifier: str) -> dict[str, Any]:
    """What the report says of an object."""
    (found,) = ended.objects(id=identifier)
    return found
