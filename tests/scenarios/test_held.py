"""Every refusal that a neighbour can bring about, in one run: each is named with its holder, and all else goes.

His objects are in the same project without any evidence of ours, or in another one. `core` needs the services that are
always there, `more` the optional ones, too.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import holders
import pytest
import stock
import workspaces
from holders import UNSEEN, Hold, Neighbour
from stage import Ran, Stage
from workspaces import RUN, Workspace

from ground.cloud import LocalCloud, Project
from ground.connections import administrator_of
from ground.witness import everything

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]


@dataclass(frozen=True, slots=True)
class Row:
    """What of ours, how it is held, and the service's word for it where it has one."""

    ours: str
    hold: Callable[[Neighbour, str], Hold]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The workspace, what of it is held, and what stays only because that does."""

    made: Callable[[Any, str, str, str], Workspace]
    rows: tuple[Row, ...]
    along: frozenset[str]


CORE = Table(
    workspaces.core,
    (
        Row("networking_secgroup_v2.near", holders.port_in_group, "SecurityGroupInUse"),
        Row("networking_secgroup_v2.far", holders.far_port_in_group, "SecurityGroupInUse"),
        Row("networking_port_v2.parent", holders.trunk_on_port, "PortInUseAsTrunkParent"),
        Row("networking_port_v2.child", holders.trunk_with_port, "PortInUseAsSubPort"),
        Row("networking_port_v2.published", holders.far_address_on_port, "FipAssociated"),
        Row(
            "networking_router_interface_v2.behind",
            holders.address_behind_interface,
            "RouterInterfaceInUseByFloatingIP",
        ),
        Row("networking_router_interface_v2.routed", holders.route_through_interface, "RouterInterfaceInUseByRoute"),
        Row("networking_router_interface_v2.vpn", holders.vpn_through_interface, "SubnetInUseByVPNService"),
        Row("networking_router_v2.joined", holders.interface_of_router, "RouterInUse"),
        Row("networking_subnet_v2.lent", holders.far_port_on_subnet, "SubnetInUse"),
        Row("networking_subnetpool_v2.pool", holders.subnet_of_pool, "SubnetPoolDeleteError"),
        Row("networking_addressscope_v2.scope", holders.pool_of_scope, "AddressScopeInUse"),
        Row("networking_address_group_v2.addresses", holders.rule_with_addresses, "AddressGroupInUse"),
        Row("networking_qos_policy_v2.port", holders.port_with_policy, "QosPolicyInUse"),
        Row("networking_qos_policy_v2.network", holders.network_with_policy, "QosPolicyInUse"),
        Row("fw_rule_v2.rule", holders.policy_with_rule, "FirewallRuleInUse"),
        Row("blockstorage_volume_v3.snapped", holders.snapshot_of_volume, "badRequest"),
        Row("blockstorage_volume_v3.used", holders.server_with_volume, "badRequest"),
        Row("blockstorage_volume_v3.offered", holders.offer_of_volume, "badRequest"),
        Row("backup", holders.increment_of_backup, "badRequest"),
        Row("lb_loadbalancer_v2.balancer", holders.listener_of_balancer),
        Row("keymanager_secret_v1.secret", holders.consumer_of_secret),
    ),
    frozenset(
        {
            *(f"networking_{kind}_v2.{net}" for kind in ("network", "subnet") for net in ("base", "behind", "routed")),
            *("networking_network_v2.vpn", "networking_subnet_v2.vpn", "networking_network_v2.lent"),
            *("networking_router_v2.outside", "networking_router_v2.private", "networking_router_interface_v2.base"),
            *("networking_rbac_policy_v2.security_group", "networking_rbac_policy_v2.network"),
        }
    ),
)
MORE = Table(
    workspaces.more,
    (
        Row("lb_pool_v2.pool", holders.policy_to_pool),
        Row("vpnaas_ike_policy_v2.ike", holders.site_with_policy, "IKEPolicyInUse"),
        Row("sharedfilesystem_share_v2.snapped", holders.snapshot_of_share),
        Row("sharedfilesystem_sharenetwork_v2.net", holders.share_on_network),
        Row("dns_zone_v2.zone", holders.zone_below_zone, "zone_has_sub_zone"),
    ),
    frozenset({"networking_network_v2.net", "networking_subnet_v2.net"}),
)


@pytest.fixture
def neighbour(project: Project, local_cloud: LocalCloud, tmp_path: Path) -> Iterator[Neighbour]:
    with local_cloud.project(f"{project.name[:40]}-far-{secrets.token_hex(2)}", tmp_path / "far") as far:
        he = Neighbour(stock.connection(project), stock.connection(far), administrator_of(local_cloud))
        yield he
        he.leave()


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(CORE, id="core", marks=pytest.mark.thorough),
        pytest.param(MORE, id="more", marks=[pytest.mark.thorough, pytest.mark.services("designate", "manila")]),
    ],
)
def test_whoever_holds_ours_is_named_and_untouched_and_all_else_goes(
    make: Callable[..., Stage], tofu: str, neighbour: Neighbour, table: Table
) -> None:
    stage, home, away = make("terraform", tofu), neighbour.home, neighbour.away
    stage.patience("10s", "port", "router_interface", "security_group")  # held by somebody unseen, who stays unseen
    lent = stock.router(home, "their-router")
    ours = table.made(home, stage.project.name, lent.id, away.current_project_id)
    ours.write(stage.state)
    alone = everything(home).keys()
    holds = {row.ours: row.hold(neighbour, ours[row.ours]) for row in table.rows}
    before, far = everything(home), everything(away)

    ended = stage.destroy("--direct", "--mark", RUN)
    assert ended.code == 1, ended.text
    for row in table.rows:
        assert_named(ended, row, ours[row.ours], holds[row.ours])
    now = everything(home)
    theirs = {key: seen for key, seen in before.items() if key not in alone or seen.name.startswith("their")}
    assert {key: now.get(key) for key in theirs} == theirs
    assert everything(away) == far
    there = {key.rpartition("/")[2] for key in now}
    stays = {row.ours for row in table.rows} | table.along
    assert {address for address, identifier in ours.ids.items() if identifier in there} == stays

    neighbour.leave()
    again = stage.destroy("--direct", "--mark", RUN)
    assert again.code == 0, again.text
    assert not {key.rpartition("/")[2] for key in everything(home)} & set(ours.ids.values())


def assert_named(ended: Ran, row: Row, identifier: str, hold: Hold) -> None:
    """Named with what would free it; of a holder that is hidden from us, with who can see it."""
    (told,) = ended.objects(id=identifier)
    if hold is UNSEEN:
        assert (told["outcome"], told["holders"]) == ("failed", []), told
        hidden = f"held by something we cannot see, in another project most likely ({row.said}); who it is, as admin: "
        assert told["reason"].startswith(hidden)
        return
    assert told["outcome"] == "blocked", told
    assert [tuple(holder.values()) for holder in told["holders"]] == [hold], told
    assert f"held by {hold}" in told["reason"]
    assert row.said in told["reason"]
    assert f": delete or detach {hold}, then run the same command again" in ended.text
