"""Manila's refusals on the real service, resolved to what stands in the way; its stuck states, freed as advised."""

from __future__ import annotations

from typing import Any

import pytest
import stock
import stock_shares as manila

from ground.cloud import LocalCloud, Project, gate
from ground.connections import administrator_of
from janitor.cloud.holding.finding import ports as ports_of
from janitor.cloud.live import LiveCloud
from janitor.core.catalogue import KINDS
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer, Reply
from janitor.engine.steps import is_busy, is_dying, is_stuck

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.services("manila"),
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),
]


@pytest.fixture
def admin(local_cloud: LocalCloud) -> Any:
    return administrator_of(local_cloud)


def denied(live: LiveCloud, kind: str, object_id: str) -> tuple[Answer, tuple[Holder, ...]]:
    """Manila says 403, and this kind's entry says that this may mean a holder."""
    observed, answer = stock.ask(live, kind, object_id)
    assert (answer.reply, answer.status, answer.code) == (Reply.DENIED, 403, "forbidden"), answer
    assert KINDS[kind].forbids
    return answer, tuple(live.holders(observed, answer))


def refused(live: LiveCloud, kind: str, object_id: str, *, code: str) -> list[tuple[str, str]]:
    observed, answer = stock.ask(live, kind, object_id)
    assert (answer.reply, answer.code) == (Reply.REFUSED, code), answer
    return named(live.holders(observed, answer))


def named(holders: Any) -> list[tuple[str, str]]:
    return [(holder.kind, holder.id) for holder in holders]


def read(live: LiveCloud, kind: str, object_id: str) -> Observed:
    observed = live.read(Ref(live.scopes[0], kind, object_id))
    assert observed is not None
    return observed


def gone(live: LiveCloud, kind: str, object_id: str) -> None:
    stock.until(lambda: live.read(Ref(live.scopes[0], kind, object_id)) is None)


def test_a_share_is_held_by_its_snapshots(project: Project, conn: Any, live: LiveCloud) -> None:
    share = manila.share(conn, project.name)
    snapshot = manila.snapshot(conn, project.name, share)
    _, holders = denied(live, "share", share)
    assert named(holders) == [("share_snapshot", snapshot)]
    assert holders[0].observed is not None, "it can be judged, and go first where it is ours"


def test_a_share_takes_its_access_rules_along(project: Project, conn: Any, live: LiveCloud) -> None:
    rule = manila.access(conn, project.name)
    share = rule.partition("/")[0]
    answer = stock.ask(live, "share", share)[1]
    assert (answer.reply, answer.status) == (Reply.ACCEPTED, 202)
    gone(live, "share", share)
    gone(live, "share_access_rule", rule)
    assert live.listing(live.scopes[0], "share_access_rule") == []


def test_a_lock_and_a_transfer_are_named(project: Project, conn: Any, live: LiveCloud) -> None:
    """Somebody put them there on purpose: named, and nobody's to take off."""
    share = manila.share(conn, project.name)
    on_it = {"resource_id": share, "resource_type": "share", "resource_action": "delete", "lock_reason": "audit"}
    lock = manila.post(conn, "/resource-locks", resource_lock=on_it)
    _, holders = denied(live, "share", share)
    assert holders == (Holder("resource_lock", lock["id"], "audit", project.id),)
    conn.shared_file_system.delete(f"/resource-locks/{lock['id']}", microversion=manila.VERSION)

    transfer = manila.post(conn, "/share-transfers", transfer={"share_id": share, "name": project.name})
    _, holders = denied(live, "share", share)
    assert named(holders) == [("share_transfer", transfer["id"])]
    conn.shared_file_system.delete(f"/share-transfers/{transfer['id']}", microversion=manila.VERSION)


def test_a_share_that_is_being_deleted_has_no_holder(project: Project, conn: Any, live: LiveCloud) -> None:
    share = manila.share(conn, project.name)
    with gate("manila.delete_share", match=project.name, action="hang"):
        assert stock.ask(live, "share", share)[1].reply is Reply.ACCEPTED
        stock.until(lambda: is_dying(read(live, "share", share)))
        assert denied(live, "share", share)[1] == ()
    gone(live, "share", share)


def test_a_snapshot_that_is_being_deleted_is_refused_and_busy(project: Project, conn: Any, live: LiveCloud) -> None:
    snapshot = manila.snapshot(conn, project.name)
    with gate("manila.delete_snapshot", match=snapshot, action="hang"):
        assert stock.ask(live, "share_snapshot", snapshot)[1].status == 202
        stock.until(lambda: is_dying(read(live, "share_snapshot", snapshot)))
        assert refused(live, "share_snapshot", snapshot, code="badRequest") == []
        assert is_busy(KINDS["share_snapshot"], read(live, "share_snapshot", snapshot))
    gone(live, "share_snapshot", snapshot)


def test_a_share_network_is_held_by_its_shares(project: Project, conn: Any, live: LiveCloud) -> None:
    network = manila.network(conn, project.name, stock.subnet(conn, project.name))
    share = manila.share(conn, project.name, on=network)
    assert refused(live, "share_network", network, code="conflictingRequest") == [("share", share)]
    assert read(live, "share", share).linked("share_network") == (network,)


def test_a_share_network_of_several_subnets_is_made_ready(project: Project, conn: Any, live: LiveCloud) -> None:
    subnet = stock.subnet(conn, project.name)
    network = manila.network(conn, project.name, subnet)
    second = stock.subnet(conn, f"{project.name}-2", cidr="10.72.0.0/24")
    where = {"neutron_net_id": second.network_id, "neutron_subnet_id": second.id}
    manila.post(conn, f"/share-networks/{network}/subnets", **{"share-network-subnet": where})
    assert set(read(live, "share_network", network).linked("subnet")) == {subnet.id, second.id}
    answer = stock.ask(live, "share_network", network)[1]
    assert (answer.reply, answer.requests) == (Reply.ACCEPTED, 2), answer
    gone(live, "share_network", network)


def test_a_security_service_is_held_by_its_share_networks(project: Project, conn: Any, live: LiveCloud) -> None:
    """Going takes it off: no share network, ours or not, is edited for that."""
    network = manila.network(conn, project.name, stock.subnet(conn, project.name))
    service = manila.service(conn, project.name)
    manila.post(conn, f"/share-networks/{network}/action", add_security_service={"security_service_id": service})
    other = manila.network(conn, f"{project.name}-2", stock.subnet(conn, f"{project.name}-2"))
    assert named(denied(live, "security_service", service)[1]) == [("share_network", network)]
    assert other != network
    assert stock.ask(live, "share_network", network)[1].reply is Reply.ACCEPTED
    assert stock.ask(live, "security_service", service)[1].reply is Reply.ACCEPTED


def test_a_share_server_holds_the_network_until_its_share_network_is_gone(
    project: Project, conn: Any, live: LiveCloud
) -> None:
    """It outlives its last share; the ports it leaves go by themselves, and are waited for."""
    subnet = stock.subnet(conn, project.name)
    network = manila.network(conn, project.name, subnet)
    share = manila.share(conn, project.name, on=network)
    assert stock.ask(live, "share", share)[1].reply is Reply.ACCEPTED
    gone(live, "share", share)

    assert refused(live, "network", subnet.network_id, code="NetworkInUse") == [("share_network", network)]
    assert refused(live, "subnet", subnet.id, code="SubnetInUse") == [("share_network", network)]
    session = live.session(live.scopes[0])
    ports = ports_of(session, {"network_id": subnet.network_id})
    assert {(port.fact("device_owner"), port.project_id) for port in ports} == {("manila:share", project.id)}

    with gate("manila.teardown_server", match=".*", action="hang"):
        assert stock.ask(live, "share_network", network)[1].reply is Reply.ACCEPTED
        gone(live, "share_network", network)
        observed, answer = stock.ask(live, "network", subnet.network_id)
        held_by = {(h.kind, h.id, h.passing) for h in live.holders(observed, answer)}
        assert held_by, answer
        assert held_by <= {("port", port.ref.id, True) for port in ports}, "one of them may have gone before"
    stock.until(lambda: ports_of(session, {"network_id": subnet.network_id}) == [])
    assert stock.ask(live, "network", subnet.network_id)[1].reply is Reply.ACCEPTED


@pytest.mark.parametrize("kind", ["share", "share_snapshot"])
def test_a_stuck_one_is_freed_by_the_command_that_the_advice_names(
    project: Project, conn: Any, live: LiveCloud, admin: Any, kind: str
) -> None:
    """`delete --force` is the action `force_delete`, which the owner may not send."""
    made, path = stock.MAKERS[kind](conn, project.name), KINDS[kind].path
    with gate(f"manila.delete_{kind.rpartition('_')[2]}", match=f"{project.name}|{made}", action="fail"):
        assert stock.ask(live, kind, made)[1].reply is Reply.ACCEPTED
        stock.until(lambda: is_stuck(KINDS[kind], read(live, kind, made)))
    again = stock.ask(live, kind, made)[1]
    assert again.reply in {Reply.DENIED, Reply.REFUSED}, again
    assert "--force" in KINDS[kind].advice
    forced = {"microversion": manila.VERSION, "json": {"force_delete": None}}
    assert conn.shared_file_system.post(f"{path}/{made}/action", **forced).status_code == 403
    assert admin.shared_file_system.post(f"{path}/{made}/action", **forced).status_code == 202
    gone(live, kind, made)


def test_the_clouds_newest_version_is_known_from_one_reading(project: Project, live: LiveCloud) -> None:
    session = stock.session(project)
    before = session.requests
    versions = {session.microversion("shared-file-system", newest) for newest in ("2.7", "2.81", "2.81")}
    assert (versions, session.requests - before) == ({"2.7", "2.81"}, 1)
