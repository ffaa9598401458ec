"""What starts when: along the edges, one writer at a time, within the limits; what goes along is looked for."""

from __future__ import annotations

from engine.memory_cloud import Times
from engine.staging import kubespray, left, outcomes, ref, stage

from janitor.core.model import Edge, EdgeSource, Outcome
from janitor.engine.protocols import Policy


def test_a_whole_stack_goes():
    here = stage()
    kubespray(here)
    done = here.run()
    assert left(done) == {}
    assert here.cloud.left() == []
    assert done.cut == ""


def test_a_whole_stack_costs_few_requests_and_little_time():
    here = stage(times=Times(server=1.5, load_balancer=1.0, volume=0.8))
    longest_chain = 1.5 + 0.8  # a server, then the volume that it had
    kubespray(here)
    plan = here.plan()
    done = here.run(plan)
    assert done.requests < 1.5 * len(plan.steps)
    assert done.requests == len(here.cloud.calls)
    assert here.crew.clock - 1000.0 < 1.4 * longest_chain


def test_nothing_is_refused_where_the_order_is_known():
    here = stage()
    kubespray(here)
    here.run()
    assert [c for c in here.cloud.calls if c.op == "delete" and c.answer.reply != "accepted"] == []


def test_accepted_is_not_gone_and_a_listing_proves_it():
    here = stage(times=Times(server=30.0))
    network = here.make("network", "n")
    port = here.make("port", "p", network=network)
    server = here.make("server", "s", ports=[port])
    assert left(here.run()) == {}
    gone = next(e.at for e in here.events if e.what == "gone" and e.ref == ref("server", server))
    asked = next(e.at for e in here.events if e.what == "start" and e.ref == ref("port", port))
    assert gone > 1030.0
    assert asked >= gone


def test_a_listing_that_began_before_the_answer_proves_nothing():
    """The first listing of volumes is under way when the second volume's delete is accepted."""
    here = stage(times=Times(volume=5.0))
    for n in range(20):
        here.make("volume", f"v{n}")
    here.run(policy=Policy(concurrency=2))
    first_seen_gone = min(e.at for e in here.events if e.what == "gone")
    assert first_seen_gone > 1005.0


def test_one_listing_serves_all_waits_of_a_kind():
    here = stage(times=Times(server=3.0))
    for n in range(40):
        here.make("server", f"s{n}")
    here.run()
    listings = [c for c in here.cloud.calls if c.op == "list"]
    assert {c.kind for c in listings} == {"server"}
    assert len(listings) < 12


def test_what_answers_after_its_row_is_gone_needs_no_listing():
    here = stage()
    here.make("security_group", "g")
    here.make("keypair", "k")
    here.run()
    assert [c for c in here.cloud.calls if c.op == "list"] == []


def test_the_concurrency_is_never_exceeded():
    here = stage()
    kubespray(here, servers=30)
    here.run(policy=Policy(concurrency=5, per_service=3))
    assert here.crew.most <= 5


def test_one_service_is_never_asked_for_more_than_its_share():
    here = stage()
    for n in range(30):
        here.make("security_group", f"g{n}")
    here.run(policy=Policy(concurrency=8, per_service=3))
    assert here.crew.most <= 3


def test_updates_of_one_parent_are_sent_one_at_a_time():
    here = stage()
    balancer = here.make("load_balancer", "lb", subnet=here.make("subnet", "s", network=here.make("network", "n")))
    here.foreign.add(balancer)
    listeners = [here.make("listener", f"l{n}", load_balancer=balancer) for n in range(4)]
    done = here.run()
    assert {outcomes(done)[f"listener {i}"] for i in listeners} == {Outcome.DELETED}
    refused = [c for c in here.cloud.calls if c.op == "delete" and c.kind == "listener" and c.answer.status == 409]
    assert len(refused) <= 4, "the load balancer's own pause may be met, not each other"


def test_a_kinds_order_only_waits_until_the_other_is_settled():
    """A stuck load balancer never keeps an unrelated address."""
    here = stage()
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    here.make("load_balancer", "lb", subnet=subnet, status="PENDING_UPDATE")
    address = here.make("floating_ip", "f")
    done = here.run()
    assert outcomes(done)[f"floating_ip {address}"] is Outcome.DELETED


def test_a_preferred_order_gives_way_when_its_first_cannot_go():
    here = stage()
    stuck = here.make("volume", "v", status="error_deleting")
    keypair = here.make("keypair", "k")
    edge = Edge(ref("volume", stuck), ref("keypair", keypair), EdgeSource.STATE)
    done = here.run(edges=[edge])
    assert outcomes(done) == {f"volume {stuck}": Outcome.FAILED, f"keypair {keypair}": Outcome.DELETED}


def test_what_goes_along_is_not_asked_for_and_is_looked_for():
    here = stage()
    network = here.make("network", "n")
    here.make("server", "s", network=network)
    done = here.run()
    assert left(done) == {}
    assert here.deletes("port") == []
    assert "port" in {c.kind for c in here.cloud.calls if c.op == "list"}


def test_what_should_have_gone_along_and_stayed_is_deleted():
    here = stage()
    network = here.make("network", "n")
    here.make("server", "s", network=network)
    plan = here.plan()
    (port,) = here.cloud.live("port")
    del port["made_by_nova"]
    done = here.run(plan)
    assert left(done) == {}
    assert here.deletes("port") == [port["id"]]


def test_rules_go_with_their_group_without_a_request():
    here = stage()
    group = here.make("security_group", "g")
    rule = here.make("security_group_rule", "", group=group)
    done = here.run()
    assert outcomes(done)[f"security_group_rule {rule}"] is Outcome.DELETED
    assert len(here.cloud.calls) == 2


def test_what_goes_along_stays_with_what_stays():
    here = stage()
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    balancer = here.make("load_balancer", "lb", subnet=subnet, status="PENDING_UPDATE")
    listener = here.make("listener", "l", load_balancer=balancer)
    done = here.run()
    result = done.results[ref("listener", listener)]
    assert result.outcome is Outcome.BLOCKED
    assert [h.id for h in result.holders] == [balancer]
    assert here.deletes("listener") == []


def test_a_circle_of_observed_edges_is_blocked_as_a_set_and_named():
    here = stage()
    one, two = here.make("keypair", "one"), here.make("keypair", "two")
    free = here.make("keypair", "free")
    a, b = ref("keypair", one), ref("keypair", two)
    edges = [Edge(a, b, EdgeSource.OBSERVED), Edge(b, a, EdgeSource.OBSERVED)]
    done = here.run(edges=edges)
    assert left(done) == {"keypair one": Outcome.BLOCKED, "keypair two": Outcome.BLOCKED}
    assert [h.id for h in done.results[a].holders] == ["two"]
    assert "circle" in done.results[b].reason
    assert here.deletes() == [free]


def test_a_weaker_edge_gives_way_in_a_circle():
    here = stage()
    one, two = (ref("keypair", here.make("keypair", n)) for n in ("one", "two"))
    done = here.run(edges=[Edge(one, two, EdgeSource.OBSERVED), Edge(two, one, EdgeSource.CONFIG)])
    assert here.deletes() == ["one", "two"]
    assert left(done) == {}


def test_what_is_not_there_is_absent():
    here = stage()
    key = here.make("keypair", "k")
    plan = here.plan()
    here.cloud.remove("keypair", key)
    done = here.run(plan)
    assert outcomes(done) == {"keypair k": Outcome.ABSENT}
    assert here.deletes() == []


def test_every_request_is_written_down_before_it_is_sent_and_after():
    here = stage()
    here.make("keypair", "k")
    here.run()
    assert [(r["op"], r["kind"], r["id"]) for r in here.records] == [
        ("ask", "keypair", "k"),
        ("answer", "keypair", "k"),
    ]
    assert here.records[1]["status"] == 204
    assert here.records[1]["reply"] == "accepted"


def test_the_same_seed_gives_the_same_run():
    def calls(seed: int) -> list[tuple[float, str, str]]:
        here = stage(seed)
        kubespray(here)
        here.run()
        return [(c.at, c.op, c.id) for c in here.cloud.calls]

    assert calls(7) == calls(7)
