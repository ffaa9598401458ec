"""Manila in the engine: a 403 that has a holder, and share servers that keep a network after their last share."""

from __future__ import annotations

from engine.memory_cloud import Times
from engine.staging import left, outcomes, ref, stage

from janitor.core.model import Edge, EdgeSource, Outcome


def test_an_unplanned_snapshot_of_ours_goes_before_its_share():
    here = stage()
    share = here.make("share", "s")
    snapshot = here.make("share_snapshot", "p", share=share)
    done = here.run(here.plan(hide=[snapshot]))
    assert left(done) == {}
    assert Edge(ref("share_snapshot", snapshot), ref("share", share), EdgeSource.OBSERVED) in done.graph.listed()


def test_a_foreign_snapshot_keeps_our_share_and_is_named():
    here = stage()
    share = here.make("share", "s")
    snapshot = here.foreigner("share_snapshot", "p", share=share)
    done = here.run()
    assert left(done) == {f"share {share}": Outcome.BLOCKED}
    result = done.results[ref("share", share)]
    assert [(h.kind, h.id) for h in result.holders] == [("share_snapshot", snapshot)]
    assert "forbidden" in result.reason
    assert here.deletes("share_snapshot") == []


def test_a_403_that_nobody_stands_behind_is_believed_in_the_end():
    here = stage()
    share = here.make("share", "s")
    here.cloud.bodies["share"][share]["_forbidden"] = True
    begun = here.crew.now()
    done = here.run()
    assert left(done) == {f"share {share}": Outcome.FAILED}
    assert done.results[ref("share", share)].reason == "not allowed: 403 forbidden"
    assert 1 < len(here.deletes("share")) < 6
    assert here.crew.now() - begun < 10, "who may not is told so soon"


def test_the_network_waits_for_the_servers_of_a_share_network_that_is_gone():
    """Longer than it would wait for what does not move; nobody pulls their ports."""
    here = stage(times=Times(share_server=200.0))
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    network = here.make("share_network", "sn", subnet=subnet)
    here.make("share", "share", network=network)
    here.foreign |= {port["id"] for port in here.cloud.live("port")}
    done = here.run()
    assert left(done) == {}
    assert set(outcomes(done).values()) == {Outcome.DELETED}
    assert here.deletes("port") == []
    assert here.cloud.left() == []


def test_a_foreign_share_network_keeps_our_network_and_is_named():
    here = stage()
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    network = here.foreigner("share_network", "sn", subnet=subnet)
    here.foreigner("share", "share", network=network)
    here.foreign |= {port["id"] for port in here.cloud.live("port")}
    done = here.run()
    assert set(left(done).values()) == {Outcome.BLOCKED}
    held = {(h.kind, h.id) for result in done.results.values() for h in result.holders}
    assert ("share_network", network) in held
    assert here.deletes("share_network") == []


def test_servers_that_never_go_are_named_in_the_end():
    here = stage(times=Times(share_server=1e6))
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    here.make("share", "share", network=here.make("share_network", "sn", subnet=subnet))
    (port,) = here.cloud.live("port")
    here.foreign.add(port["id"])
    done = here.run()
    assert set(left(done).values()) <= {Outcome.FAILED, Outcome.BLOCKED}
    assert {h.id for result in done.results.values() for h in result.holders} >= {port["id"]}
