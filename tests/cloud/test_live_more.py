"""Designate, Heat and Swift in the wrong order: what is refused, held, left behind, or takes more than one attempt."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stock
import stock_more as more

from ground.cloud import LocalCloud, Project, gate
from janitor.cloud.live import LiveCloud
from janitor.cloud.ways import objects
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, Reply
from janitor.engine.steps import is_dying

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]
dns, heat, swift = (pytest.mark.services(name) for name in ("designate", "heat", "swift"))


@pytest.fixture
def other(local_cloud: LocalCloud, project: Project, tmp_path: Path) -> Iterator[Project]:
    with local_cloud.project(f"{project.name[:40]}-{secrets.token_hex(3)}", tmp_path / "other") as made:
        yield made


def refused(live: LiveCloud, kind: str, object_id: str, code: str) -> list[tuple[str, str]]:
    """Ask for the deletion, expect a refusal with this code, and name the holders."""
    observed, answer = stock.ask(live, kind, object_id)
    assert (answer.reply, answer.code) == (Reply.REFUSED, code), answer
    return [(holder.kind, holder.id) for holder in live.holders(observed, answer)]


def listed(live: LiveCloud, kind: str) -> set[str]:
    return {observed.ref.id for observed in live.listing(live.scopes[0], kind)}


@dns
def test_a_zone_is_held_by_its_sub_zone_and_takes_its_recordsets_along(
    project: Project, conn: Any, live: LiveCloud
) -> None:
    zone = more.zone(conn, project.name)
    recordset = more.recordset(conn, zone)
    below = more.zone(conn, f"below.{project.name}")
    assert refused(live, "zone", zone["id"], "zone_has_sub_zone") == [("zone", below["id"])]
    for made in (below, zone):
        assert stock.ask(live, "zone", made["id"])[1].reply is Reply.ACCEPTED
        stock.until(lambda made=made: made["id"] not in listed(live, "zone"))
    assert f"{zone['id']}/{recordset['id']}" not in listed(live, "recordset")


@dns
def test_a_shared_zone_is_held_by_its_share_and_that_by_what_the_other_project_made(
    project: Project, conn: Any, live: LiveCloud, other: Project
) -> None:
    """The header that deletes a zone with its shares would take the other project's recordset along."""
    zone = more.zone(conn, project.name)
    share = f"{zone['id']}/{more.share(conn, zone, other.id)['id']}"
    theirs = LiveCloud([stock.session(other)])
    made = more.recordset(stock.connection(other), zone, "theirs")
    recordset = f"{zone['id']}/{made['id']}"

    assert refused(live, "zone", zone["id"], "zone_is_shared") == [("zone_share", share)]
    assert refused(live, "zone_share", share, "shared_zone_has_recordsets") == [("recordset", recordset)]
    assert recordset not in listed(live, "recordset")
    assert listed(theirs, "recordset") == {recordset}
    assert (listed(theirs, "zone"), listed(theirs, "zone_share")) == (set(), set())
    assert stock.ask(theirs, "recordset", recordset)[1].reply is Reply.ACCEPTED
    stock.until(lambda: not listed(theirs, "recordset"))
    assert stock.ask(live, "zone_share", share)[1].reply is Reply.ACCEPTED


@dns
def test_what_designate_remembers_of_a_zone_survives_it(project: Project, conn: Any, live: LiveCloud) -> None:
    imported = more.zone_import(conn, project.name)
    zone = {"id": imported["zone_id"]}
    export, request = more.zone_export(conn, zone), more.transfer_request(conn, zone)
    assert stock.ask(live, "zone", zone["id"])[1].reply is Reply.ACCEPTED
    stock.until(lambda: live.read(Ref(live.scopes[0], "zone", zone["id"])) is None)
    for kind, made in (("zone_import", imported), ("zone_export", export), ("zone_transfer_request", request)):
        assert listed(live, kind) == {made["id"]}
        assert stock.ask(live, kind, made["id"])[1].reply is Reply.ACCEPTED
        assert listed(live, kind) == set()


@dns
def test_an_offer_of_others_is_not_among_ours(project: Project, conn: Any, live: LiveCloud, other: Project) -> None:
    """Designate lists it without a word of whose it is."""
    theirs = stock.connection(other)
    zone = more.zone(theirs, other.name)
    offer = more.transfer_request(theirs, zone, target_project_id=project.id)
    assert offer["id"] in {
        body["id"] for body in more.answer(conn.dns.get("/zones/tasks/transfer_requests"))["transfer_requests"]
    }
    assert listed(live, "zone_transfer_request") == set()


@dns
def test_a_zone_whose_backend_hangs_is_dying_until_it_is_gone(project: Project, conn: Any, live: LiveCloud) -> None:
    zone = more.zone(conn, project.name)
    ref = Ref(live.scopes[0], "zone", zone["id"])
    with gate("designate.delete_zone", match=project.name, action="hang") as held:
        assert stock.ask(live, "zone", ref.id)[1].reply is Reply.ACCEPTED
        assert held.reached(10)
        now = live.read(ref)
        assert now is not None
        assert (now.status, is_dying(now)) == ("PENDING", True)
        assert ref.id in listed(live, "zone")
    stock.until(lambda: live.read(ref) is None)


@dns
def test_a_zone_that_its_backend_does_not_let_go_is_gone_for_all_who_ask(project: Project, live: LiveCloud) -> None:
    """Designate drops it all the same: what its name servers still answer is theirs to see, and nobody's to delete."""
    ref = Ref(live.scopes[0], "zone", more.zone(stock.connection(project), project.name)["id"])
    with gate("designate.delete_zone", match=project.name, action="fail"):
        assert stock.ask(live, "zone", ref.id)[1].reply is Reply.ACCEPTED
        stock.until(lambda: live.read(ref) is None)
    assert ref.id not in listed(live, "zone")


@heat
def test_a_stack_is_held_by_who_uses_its_subnet(project: Project, conn: Any, live: LiveCloud) -> None:
    net = {"type": "OS::Neutron::Net", "properties": {"name": project.name}}
    subnet = {"network": {"get_resource": "net"}, "cidr": "10.72.0.0/24"}
    made = more.stack(conn, project.name, {"net": net, "sub": {"type": "OS::Neutron::Subnet", "properties": subnet}})
    port = conn.network.create_port(network_id=conn.network.find_network(project.name).id)

    observed, answer = stock.ask(live, "stack", made)
    assert answer.reply is Reply.ACCEPTED
    stock.until(lambda: (now := live.read(observed.ref)) is not None and is_dying(now))
    more.stack_status(conn, made, "DELETE_FAILED")
    dropped = Answer(Reply.REFUSED, code="accepted, then dropped")
    assert [(holder.kind, holder.id) for holder in live.holders(observed, dropped)] == [("port", port.id)]

    conn.network.delete_port(port)
    assert stock.ask(live, "stack", made)[1].reply is Reply.ACCEPTED
    stock.until(lambda: made not in listed(live, "stack"))
    assert live.read(observed.ref) is None
    assert conn.orchestration.get(f"/stacks/{project.name}/{made}").json()["stack"]["stack_status"] == "DELETE_COMPLETE"


@heat
def test_a_nested_stack_is_its_parents_business(project: Project, conn: Any, live: LiveCloud) -> None:
    group = {"count": 1, "resource_def": {"type": "OS::Heat::RandomString"}}
    made = more.stack(conn, project.name, {"group": {"type": "OS::Heat::ResourceGroup", "properties": group}})
    every = more.answer(conn.orchestration.get("/stacks?show_nested=true"))["stacks"]
    assert len(every) == 2
    assert listed(live, "stack") == {made}


@swift
def test_a_container_is_emptied_a_batch_per_attempt(
    project: Project, conn: Any, live: LiveCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "BATCH", 10)
    box = more.container(conn, project.name)
    for number in range(25):
        more.stored(conn, box, f"{number:02} ?#%\n/ü")
    answers = [stock.ask(live, "container", box)[1] for _ in range(3)]
    assert [answer.reply for answer in answers] == [Reply.PARTLY, Reply.PARTLY, Reply.ACCEPTED], answers
    assert answers[0].text == "10 of 25 objects gone, going on"
    assert live.read(Ref(live.scopes[0], "container", box)) is None


@swift
def test_what_came_after_the_reading_is_not_deleted_unjudged(project: Project, conn: Any, live: LiveCloud) -> None:
    box = more.container(conn, project.name)
    observed = live.read(Ref(live.scopes[0], "container", box))
    assert observed is not None
    more.stored(conn, box, "late")
    answer = live.delete(stock.step(observed), observed)
    assert (answer.reply, answer.status) == (Reply.REFUSED, 409)
    assert live.holders(observed, answer) == ()
    assert more.objects(conn, box) == ["late"]


@swift
@pytest.mark.parametrize("still", [True, False])
def test_versions_go_although_no_listing_shows_them(
    project: Project, conn: Any, live: LiveCloud, *, still: bool
) -> None:
    box = more.container(conn, project.name, X_Versions_Enabled="true")
    for data in (b"1", b"2"):
        more.stored(conn, box, "kept", data)
    assert more.swift(conn, "DELETE", f"{box}/kept").ok
    if not still:
        assert more.swift(conn, "POST", box, headers={"X-Versions-Enabled": "false"}).ok
    assert more.objects(conn, box) == []
    assert stock.ask(live, "container", box)[1].reply is Reply.ACCEPTED
    assert live.read(Ref(live.scopes[0], "container", box)) is None


@swift
def test_an_expired_object_is_listed_and_holds_nothing(project: Project, conn: Any, live: LiveCloud) -> None:
    box = more.container(conn, project.name)
    name = more.stored(conn, box, "expired", X_Delete_After="1")
    stock.until(lambda: live.read(Ref(live.scopes[0], "stored_object", name)) is None)
    assert more.objects(conn, box) == ["expired"]
    assert stock.ask(live, "container", box)[1].reply is Reply.ACCEPTED
    assert live.read(Ref(live.scopes[0], "container", box)) is None


@swift
def test_segments_of_large_objects_stay_and_are_told_of(project: Project, conn: Any, live: LiveCloud) -> None:
    box, parts = more.container(conn, project.name), more.container(conn, f"{project.name}-parts")
    for number in range(2):
        more.stored(conn, parts, f"part{number}")
    more.stored(conn, box, "dynamic", b"", X_Object_Manifest=f"{parts}/part")
    manifest = [{"path": f"/{parts}/part0"}]
    assert more.swift(conn, "PUT", f"{box}/static", params={"multipart-manifest": "put"}, json=manifest).ok
    told = f"the segments of the large objects of container {box} are in {parts}"

    assert stock.ask(live, "stored_object", f"{box}/dynamic")[1].note.startswith(told)
    assert stock.ask(live, "container", box)[1].note.startswith(told)
    assert [note for note in live.notes if note.startswith(told)]
    assert more.objects(conn, parts) == ["part0", "part1"]


@swift
@pytest.mark.parametrize("header", ["X_Versions_Location", "X_History_Location"])
def test_old_versions_in_another_container_stay_or_come_back_but_hold_nothing(
    project: Project, conn: Any, live: LiveCloud, header: str
) -> None:
    archive = more.container(conn, f"{project.name}-archive")
    box = more.container(conn, project.name, **{header: archive})
    for data in (b"1", b"2", b"3"):
        more.stored(conn, box, "again", data)
    replies = []
    while live.read(ref := Ref(live.scopes[0], "container", box)) is not None:
        answer = stock.ask(live, "container", box)[1]
        replies.append(answer.reply)
        assert archive in answer.note or answer.reply is Reply.ACCEPTED
        assert len(replies) < 8
    assert live.read(ref) is None
    assert set(replies) == {Reply.PARTLY, Reply.ACCEPTED}


@swift
def test_another_projects_container_of_that_name_is_another_one(
    project: Project, conn: Any, live: LiveCloud, other: Project
) -> None:
    box = more.container(conn, project.name)
    theirs = LiveCloud([stock.session(other)])
    ref = Ref(theirs.scopes[0], "container", box)
    assert (theirs.read(ref), listed(theirs, "container")) == (None, set())
    assert theirs.delete(stock.step(Observed(ref)), Observed(ref)).reply is Reply.GONE
    assert live.read(Ref(live.scopes[0], "container", box)) is not None
