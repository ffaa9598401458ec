"""What a stack of Heat's, a zone or a container of Swift's holds, or is held by: whole runs on the live cloud."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import stock_more as more
from kinds.play import Play

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

GRACE = 7.0  # seconds that a CI gives between its two signals
BOX = "openstack_objectstorage_container_v1.box"


@pytest.mark.services("heat")
def test_a_foreign_port_keeps_a_stack_and_nothing_else(enter: Callable[..., Play]) -> None:
    """Heat accepts the delete, tries for ten seconds, and gives up: whoever is in its way is found and named."""
    play = enter("orchestration")
    before = play.look()
    group = 'resource "openstack_networking_secgroup_v2" "beside" {\n  name = var.name\n}\n'
    (play.stage.root / "beside.tf").write_text(group, encoding="utf-8")
    play.apply()
    conn = play.stage.connection()
    (network,) = (seen for key, seen in play.look().items() if seen.kind == "network" and key not in before)
    port = conn.network.create_port(network_id=network.id, name="foreign")

    ran = play.destroy()
    assert ran.code == 1, ran.text
    (row,) = ran.objects(kind="stack")
    assert (row["outcome"], [holder["id"] for holder in row["holders"]]) == ("blocked", [port.id])
    assert [row["outcome"] for row in ran.objects(kind="security_group")] == ["deleted"]

    conn.network.delete_port(port)
    again = play.destroy()
    assert again.code == 0, again.text
    assert play.look() == before


@pytest.mark.thorough
@pytest.mark.services("designate")
def test_records_of_a_zone_go_with_it_and_another_zones_stay(enter: Callable[..., Play]) -> None:
    play = enter("dns")
    conn = play.stage.connection()
    other = more.zone(conn, f"{play.stage.project.name}-other")
    more.zone_export(conn, other)
    before = play.look()
    play.apply()
    (zone,) = (one.id for one in play.resources.values() if one.type == "openstack_dns_zone_v2")
    more.zone_export(conn, {"id": zone})
    play.stage.terraform("state", "rm", "openstack_dns_transfer_request_v2.offer")
    ran = play.destroy()
    assert ran.code == 0, ran.text
    assert {row["kind"] for row in ran.objects(evidence=["attached"])} == {"zone_export", "zone_transfer_request"}
    assert play.look() == before


@pytest.mark.services("swift")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.thorough)])
def test_a_full_container_is_emptied_by_more_than_one_run(enter: Callable[..., Play], count: int) -> None:
    """A signal ends the run within the grace, at the end of a batch; the next one goes on."""
    play = enter("objects")
    before = play.look()
    play.apply()
    conn, box = play.stage.connection(), f"{play.stage.variables['unique']}-box"
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda number: more.stored(conn, box, f"{number:05}"), range(count)))

    janitor = play.stage.start("destroy", "-y", "--direct")
    while len(left := more.objects(conn, box)) > 0.9 * count:
        assert janitor.process.poll() is None
        time.sleep(0.2)
    assert left
    janitor.signal(signal.SIGTERM)
    ended = janitor.end()
    assert (ended.code, ended.seconds < GRACE) == (130, True), ended.text
    assert more.objects(conn, box)

    again = play.stage.start("destroy", "-y", "--direct").end(timeout=900)
    assert again.code == 0, again.text
    assert play.look() == before


@pytest.mark.thorough
@pytest.mark.services("swift")
def test_a_container_that_was_there_before_the_run_keeps_what_others_put_there(enter: Callable[..., Play]) -> None:
    """Creating it was no error; its metadata says that it is the state's, and nothing that its content is."""
    play = enter("objects", run="r1")
    conn, box = play.stage.connection(), f"{play.stage.variables['unique']}-box"
    more.container(conn, box)
    more.stored(conn, box, "of others")
    time.sleep(2.5)
    play.apply()
    ran = play.destroy()
    assert ran.code == 1, ran.text
    (row,) = ran.objects(address=BOX)
    assert row["outcome"] == "blocked", row
    assert "may be older than the run" in row["reason"]
    assert more.objects(conn, box) == ["of others"]


@pytest.mark.services("swift")
def test_another_container_of_that_name_is_not_the_states(enter: Callable[..., Play]) -> None:
    play = enter("objects", run="r1")
    play.apply()
    conn, box = play.stage.connection(), f"{play.stage.variables['unique']}-box"
    for name in more.objects(conn, box):
        assert more.swift(conn, "DELETE", f"{box}/{name}").ok
    assert more.swift(conn, "DELETE", box).ok
    more.container(conn, box)
    ran = play.destroy("--expect-empty")
    assert ran.code == 0, ran.text
    (row,) = ran.objects(address=BOX)
    assert (row["outcome"], "metadata janitor-run differs" in row["reason"]) == ("kept", True), row
    assert more.swift(conn, "HEAD", box).ok
