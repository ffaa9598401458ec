"""Load balancers that Octavia works on, or only says so: the one is waited for, the other told with its way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stock
from stage import Stage
from workspaces import Workspace

from ground.cloud import LocalCloud, gate
from ground.cloud.database import sql

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

SQL = "as admin, in Octavia's database: "


@pytest.mark.thorough
def test_a_creation_is_waited_for_and_what_never_ends_is_told_with_the_command_that_ends_it(
    make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str
) -> None:
    stage, ours = make("terraform", tofu), Workspace()
    conn: Any = stock.connection(stage.project)
    name = stage.project.name
    subnet = stock.subnet(conn, name)
    ours.add("networking_network_v2.net", subnet.network_id)
    ours.add("networking_subnet_v2.net", subnet.id)
    made = {
        each: conn.load_balancer.create_load_balancer(name=f"{name}-{each}", vip_subnet_id=subnet.id)
        for each in ("orphaned", "deleting")
    }
    for balancer in made.values():
        stock.active(conn, balancer)
    octavia = "UPDATE octavia.load_balancer SET provisioning_status = 'PENDING_CREATE' WHERE id = '{}'"
    sql(local_cloud.slot, octavia.format(made["orphaned"].id))
    stage.patience("25s", "load_balancer")

    with (
        gate("octavia.update_vip_sg", match=f"^{name}-creating$", action="hang", seconds=5) as begun,
        gate("octavia.deallocate_vip", match=f"^{name}-deleting$", action="hang"),
    ):
        made["creating"] = conn.load_balancer.create_load_balancer(name=f"{name}-creating", vip_subnet_id=subnet.id)
        for each, balancer in made.items():
            ours.add(f"lb_loadbalancer_v2.{each}", balancer.id)
        ours.write(stage.state)
        assert begun.reached(20)
        ended = stage.destroy("--direct", "--timeout", "5m")
        assert ended.code == 1, ended.text
        assert ended.seconds < 120
    told = {each: ended.objects(id=balancer.id)[0] for each, balancer in made.items()}
    outcomes = {each: row["outcome"] for each, row in told.items()}
    assert outcomes == {"orphaned": "failed", "deleting": "failed", "creating": "deleted"}, ended.text
    assert told["deleting"]["reason"].startswith("is PENDING_DELETE and does not change")
    assert told["orphaned"]["reason"].startswith("is PENDING_CREATE and does not change")

    command, _, then = told["orphaned"]["reason"].partition(SQL)[2].partition("; then: ")
    assert then == f"openstack loadbalancer delete --cascade {made['orphaned'].id}"
    sql(local_cloud.slot, f"USE octavia; {command}")
    again = stage.destroy("--direct", "--timeout", "5m")
    assert again.code == 0, again.text
    assert stage.look() == {}
