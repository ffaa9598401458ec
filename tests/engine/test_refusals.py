"""A refusal becomes knowledge: whom it is about, whether that one may go, and what is said when it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import HOME
from engine.staging import left, outcomes, ref, stage

from janitor.core.model import Edge, EdgeSource, Holder, Outcome, Ref


def test_an_unplanned_holder_of_ours_goes_first():
    here = stage()
    group = here.make("security_group", "g")
    port = here.make("port", "p", network=here.make("network", "n"), groups=[group])
    plan = here.plan(hide=[port])
    done = here.run(plan)
    assert left(done) == {}
    assert done.results[ref("port", port)].outcome is Outcome.DELETED
    assert Edge(ref("port", port), ref("security_group", group), EdgeSource.OBSERVED) in done.graph.listed()


def test_a_foreign_holder_is_named_and_everything_else_goes():
    here = stage()
    elsewhere = here.foreigner("network", "theirs")
    group = here.make("security_group", "g")
    port = here.foreigner("port", "p", network=elsewhere, groups=[group])
    network = here.make("network", "n")
    here.make("subnet", "s", network=network)
    done = here.run()
    assert left(done) == {f"security_group {group}": Outcome.BLOCKED}
    result = done.results[ref("security_group", group)]
    assert [(h.kind, h.id, h.name) for h in result.holders] == [("port", port, "p")]
    assert "SecurityGroupInUse" in result.reason
    assert here.deletes("port") == []


def test_a_blocked_step_is_tried_once_more_at_the_end():
    here = stage()
    group = here.make("security_group", "g")
    port = here.foreigner("port", "p", network=here.foreigner("network", "theirs"), groups=[group])
    here.make("server", "s")
    here.cloud.later(1.0, lambda: here.cloud.remove("port", port))
    done = here.run()
    assert left(done) == {}
    assert here.deletes("security_group") == [group, group]


def test_a_blocked_step_is_not_tried_for_ever():
    here = stage()
    group = here.make("security_group", "g")
    here.foreigner("port", "p", network=here.foreigner("network", "theirs"), groups=[group])
    here.run()
    assert len(here.deletes("security_group")) == 2


def test_a_busy_volume_that_is_tried_once_more_still_has_its_holder():
    """Nothing but `in-use` would be left of it: an administrator would be told to force what a server writes to."""
    here = stage()
    server, volume = here.foreigner("server", "s"), here.make("volume", "v")
    here.foreigner("volume_attachment", "", server=server, volume=volume)
    done = here.run(here.plan())
    result = done.results[ref("volume", volume)]
    assert (result.outcome, [h.id for h in result.holders]) == (Outcome.BLOCKED, [server])
    assert "force" not in result.reason


def test_a_holder_that_nobody_may_see_is_waited_for_with_patience_and_not_invented():
    here = stage()
    group = here.make("security_group", "g")
    network = here.cloud.make("network", "n", project="away")
    here.cloud.make("port", "p", project="away", network=network, groups=[group])
    done = here.run()
    result = done.results[ref("security_group", group)]
    assert result.outcome is Outcome.FAILED
    assert result.holders == ()
    assert "something we cannot see, in another project most likely (SecurityGroupInUse)" in result.reason
    assert f"as admin: openstack port list --security-group {group}" in result.reason


def test_a_hidden_holder_that_goes_is_noticed():
    here = stage()
    group = here.make("security_group", "g")
    network = here.cloud.make("network", "n", project="away")
    port = here.cloud.make("port", "p", project="away", network=network, groups=[group])
    here.cloud.later(3.0, lambda: here.cloud.remove("port", port))
    assert left(here.run()) == {}


def test_a_network_waits_for_ports_that_come_meanwhile():
    here = stage()
    network = here.make("network", "n")
    plan = here.plan()
    here.make("port", "late", network=network)
    done = here.run(plan)
    assert left(done) == {}
    assert "held" in {event.what for event in here.events}


def test_a_route_that_would_go_along_is_taken_off_when_it_holds_the_interface():
    here = stage()
    router = here.make("router", "r")
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    here.make("router_interface", "", router=router, subnet=subnet)
    route = here.make("router_route", "", router=router)
    done = here.run()
    assert left(done) == {}
    assert here.deletes("router_route") == [route]


def test_an_address_behind_an_interface_goes_first():
    here = stage()
    router = here.make("router", "r")
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    here.make("router_interface", "", router=router, subnet=subnet)
    port = here.make("port", "p", subnet=subnet)
    address = here.make("floating_ip", "f", port=port, router=router)
    done = here.run(here.plan(hide=[address]))
    assert left(done) == {}


def test_a_borrowed_router_loses_only_our_interface():
    here = stage()
    router = here.foreigner("router", "borrowed")
    ours = here.make("subnet", "s", network=here.make("network", "n"))
    theirs = here.foreigner("subnet", "t", network=here.foreigner("network", "tn"))
    here.make("router_interface", "", router=router, subnet=ours)
    kept = here.foreigner("router_interface", "", router=router, subnet=theirs)
    assert left(here.run()) == {}
    assert router in here.cloud.bodies["router"]
    assert kept in here.cloud.bodies["port"]


def test_a_servers_port_is_not_pulled_while_the_server_is_kept():
    here = stage()
    network = here.make("network", "n")
    port = here.make("port", "p", network=network)
    server = here.foreigner("server", "s", ports=[port])
    done = here.run()
    assert left(done) == {f"port {port}": Outcome.BLOCKED, f"network {network}": Outcome.BLOCKED} | {
        k: o for k, o in left(done).items() if k.startswith("interface_attachment")
    }
    assert port in here.cloud.bodies["port"]
    assert server in here.cloud.bodies["server"]


@pytest.mark.parametrize("seed", range(5))
def test_a_volume_waits_for_its_snapshot_and_that_for_its_clone(seed):
    here = stage(seed)
    volume = here.make("volume", "v")
    snapshot = here.make("volume_snapshot", "s", volume=volume)
    clone = here.make("volume", "c", snapshot=snapshot)
    done = here.run(here.plan(hide=[clone]))
    assert left(done) == {}
    assert here.cloud.left() == []


def test_a_snapshot_that_comes_back_is_held_by_what_was_made_from_it():
    here = stage()
    snapshot = here.make("volume_snapshot", "s", volume=here.foreigner("volume", "v"))
    clone = here.foreigner("volume", "c", snapshot=snapshot)
    done = here.run()
    result = done.results[ref("volume_snapshot", snapshot)]
    assert result.outcome is Outcome.BLOCKED
    assert [h.id for h in result.holders] == [clone]
    assert "dropped" in result.reason


def test_what_the_judge_denies_at_the_last_moment_is_kept():
    here = stage()
    key = here.make("keypair", "k")
    plan = here.plan()
    here.foreign.add(key)
    done = here.run(plan)
    result = done.results[ref("keypair", key)]
    assert result.outcome is Outcome.KEPT
    assert result.reason == "somebody else's"
    assert not result.counts
    assert here.deletes() == []


def test_a_holder_seen_as_a_port_is_the_interface_that_was_planned():
    here = stage()
    router = here.make("router", "r")
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    interface = here.make("router_interface", "", router=router, subnet=subnet)
    plan = here.plan()
    bare = type(plan)(plan.steps)
    done = here.run(bare)
    assert left(done) == {}
    assert here.deletes("port") == []
    assert here.deletes("router_interface").count(interface) >= 1


def test_without_any_edge_the_refusals_teach_the_order():
    here = stage()
    network = here.make("network", "n")
    subnet = here.make("subnet", "s", network=network)
    group = here.make("security_group", "g")
    port = here.make("port", "p", subnet=subnet, groups=[group])
    here.make("server", "s", ports=[port])
    plan = here.plan()
    done = here.run(type(plan)(plan.steps))
    assert left(done) == {}
    assert len(done.graph.listed()) >= 3


def test_a_holder_of_another_scope_is_not_taken_for_ours():
    here = stage()
    group = here.make("security_group", "g")
    away = type(HOME)("cloud", "RegionTwo", "home", "home")
    here.foreigner("port", "p", network=here.foreigner("network", "theirs"), groups=[group])
    done = here.run()
    assert Ref(away, "port", "p") not in done.results
    assert outcomes(done)[f"security_group {group}"] is Outcome.BLOCKED


def test_what_would_take_something_foreign_along_is_not_asked_for():
    here = stage()
    balancer = here.make("load_balancer", "lb", subnet=here.make("subnet", "s", network=here.make("network", "n")))
    listener = here.foreigner("listener", "l", load_balancer=balancer)
    guarded, theirs = here.judge, here.cloud.observed()[ref("listener", listener)]

    def judge(observed):
        held = (Holder("listener", listener, "l", "home", theirs),) if observed.ref.id == balancer else ()
        return replace(guarded(observed), held_by=held)

    plan = here.plan()
    here.judge = judge
    done = here.run(plan)
    result = done.results[ref("load_balancer", balancer)]
    assert result.outcome is Outcome.BLOCKED
    assert [h.id for h in result.holders] == [listener]
    assert here.deletes("load_balancer") == []
    assert done.results[ref("subnet", next(iter(here.cloud.bodies["subnet"])))].outcome is Outcome.BLOCKED


def test_somebody_elses_delete_between_our_reading_and_ours_is_success():
    here = stage()
    key = here.make("keypair", "k")
    here.cloud.after_read.append(lambda read: here.cloud.remove("keypair", read.id))
    done = here.run()
    assert outcomes(done) == {f"keypair {key}": Outcome.ABSENT}


def test_what_holds_but_is_blocked_itself_is_named():
    here = stage()
    router = here.foreigner("router", "r")
    subnet = here.make("subnet", "s", network=here.foreigner("network", "n"))
    joint = here.make("router_interface", "", router=router, subnet=subnet)
    port = here.foreigner("port", "p", subnet=subnet)
    address = here.foreigner("floating_ip", "f", port=port, router=router)
    done = here.run()
    assert [h.id for h in done.results[ref("router_interface", joint)].holders] == [address]
    assert done.results[ref("subnet", subnet)].outcome is Outcome.BLOCKED
