"""Who goes before whom, what goes along, what holds, and what cannot be found again."""

from __future__ import annotations

import pytest
from builders import AWAY, EARLIER, LATER, NOW, a, case, in_state, ref, world
from hypothesis import given
from hypothesis import strategies as st

from janitor.core.case import Claim
from janitor.core.catalogue.reading import epoch
from janitor.core.graph import Graph
from janitor.core.model import Declared, Edge, EdgeSource, Evidence, Outcome
from janitor.core.outcome import Result
from janitor.core.ownership import judge, surroundings
from janitor.core.plan import Action
from janitor.core.planning import hold, make
from janitor.core.proof import Ending, reconcile

SINCE = epoch(NOW)


def plan_of(known, seen, **edges):
    return make(known, seen, judge(known, seen), **edges)


def order(plan):
    return {(str(e.dependent), str(e.dependency), e.source.name) for e in plan.graph.listed()}


network = a("network", "n")
subnet = a("subnet", "sub", network_id="n")
group = a("security_group", "g", name="web")
port = a(
    "port",
    "p",
    network_id="n",
    fixed_ips=[{"subnet_id": "sub"}],
    security_groups=["g"],
    device_owner="compute:nova",
    device_id="s",
)
server = a("server", "s")


def test_edges_come_from_the_bodies_of_the_live_cloud():
    plan = plan_of(case(in_state(network, subnet, group, port, server)), world(network, subnet, group, port, server))
    assert order(plan) == {
        ("port p", "network n", "OBSERVED"),
        ("port p", "subnet sub", "OBSERVED"),
        ("port p", "security_group g", "OBSERVED"),
        ("server s", "port p", "OBSERVED"),
        ("subnet sub", "network n", "OBSERVED"),
    }


def test_a_port_that_nova_made_goes_with_its_server_and_one_of_the_state_goes_by_itself():
    seen = world(network, port, server)
    assert plan_of(case(in_state(server)), seen).steps[port.ref].action is Action.GOES_WITH
    assert plan_of(case(in_state(server, port)), seen).steps[port.ref].action is Action.DELETE


def test_a_rule_goes_with_our_group_and_is_deleted_alone_on_a_foreign_one():
    rule = a("security_group_rule", "r", security_group_id="g")
    assert plan_of(case(in_state(group, rule)), world(group, rule)).steps[rule.ref].carrier == group.ref
    assert plan_of(case(in_state(rule)), world(group, rule)).steps[rule.ref].action is Action.DELETE


def test_an_interface_on_a_borrowed_router_is_undone_by_one_writer_of_that_router():
    interface = a("router_interface", "i", device_owner="network:router_interface", device_id="r", network_id="n",
                  fixed_ips=[{"subnet_id": "sub"}])  # fmt: skip
    router = a("router", "r")
    plan = plan_of(case(in_state(subnet, network)), world(subnet, network, interface, router))
    assert plan.steps[interface.ref].action is Action.UNDO
    assert plan.steps[interface.ref].writer == ref("router", "r")
    assert router.ref not in plan.steps


def test_a_load_balancer_with_a_listener_that_is_not_ours_is_held_by_it():
    balancer = a("load_balancer", "L", listeners=[{"id": "theirs"}], pools=[])
    theirs = a("listener", "theirs", loadbalancers=[{"id": "L"}], name="theirs")
    known, seen = case(in_state(balancer)), world(balancer, theirs)
    verdicts = judge(known, seen)
    held = hold(verdicts[balancer.ref], balancer, surroundings(known, seen, verdicts))
    assert [h.id for h in held.held_by] == ["theirs"]


def test_a_rule_of_another_region_holds_no_group_though_it_names_its_id():
    rule = a("security_group_rule", "r", scope=AWAY, security_group_id="theirs", remote_group_id="g")
    assert plan_of(case(in_state(group)), world(group, rule)).held == {}


def test_a_server_is_held_by_a_volume_that_was_attached_after_the_scan():
    """It would go along, and no listing has shown it: it is newer than the scan, and not one that is no more."""
    bare = a("server", "s")
    known, seen = case(in_state(bare)), world(bare)
    now = a("server", "s", **{"os-extended-volumes:volumes_attached": [{"id": "new", "delete_on_termination": True}]})
    verdict = hold(judge(known, seen)[bare.ref], now, surroundings(known, seen, judge(known, seen)))
    assert [holder.id for holder in verdict.held_by] == ["new"]


def test_a_server_whose_foreign_data_volume_would_go_along_is_held():
    volumes = [{"id": "d", "delete_on_termination": True}]
    doomed = a("server", "s", **{"os-extended-volumes:volumes_attached": volumes})
    data = a("volume", "d", name="data", attachments=[{"server_id": "s"}])
    known, seen = case(in_state(doomed)), world(doomed, data)
    verdicts = judge(known, seen)
    assert hold(verdicts[doomed.ref], doomed, surroundings(known, seen, verdicts)).held_by[0].name == "data"


def test_a_volume_that_could_not_be_seen_may_be_foreign_and_holds():
    volumes = [{"id": "d", "delete_on_termination": True}]
    doomed = a("server", "s", **{"os-extended-volumes:volumes_attached": volumes})
    known = case(in_state(doomed))
    for seen, held in ((world(doomed), 0), (world(doomed, unseen={"volume": "503"}), 1)):
        verdicts = judge(known, seen)
        assert len(hold(verdicts[doomed.ref], doomed, surroundings(known, seen, verdicts)).held_by) == held


def test_a_group_that_a_foreign_groups_rule_names_is_held_by_that_rule():
    theirs = a("security_group", "theirs")
    rule = a("security_group_rule", "r", security_group_id="theirs", remote_group_id="g")
    own = a("security_group_rule", "o", security_group_id="g", remote_group_id="g")
    plan = plan_of(case(in_state(group)), world(group, theirs, rule, own))
    assert [h.id for h in plan.held[group.ref]] == ["r"]


def test_state_edges_are_weaker_than_what_the_cloud_shows():
    team = a("server_group", "t")
    claims = in_state(server, address="a.server") + in_state(team, address="a.team")
    plan = plan_of(case(claims), world(server, team), state_edges=[("a.server", "a.team")])
    assert order(plan) == {("server s", "server_group t", "STATE")}


def test_what_its_service_guards_takes_no_order_from_the_state():
    claims = in_state(network, address="a.net") + in_state(group, address="a.grp")
    plan = plan_of(case(claims), world(network, group), state_edges=[("a.grp", "a.net")])
    assert not order(plan)


def test_a_kind_that_names_its_own_order_takes_none_from_the_state():
    interface = a("router_interface", "i", device_owner="network:router_interface", device_id="r", network_id="n",
                  fixed_ips=[{"subnet_id": "sub"}])  # fmt: skip
    claims = in_state(server, address="a.server") + in_state(interface, address="a.interface")
    plan = plan_of(case(claims), world(server, interface), state_edges=[("a.server", "a.interface")])
    assert not order(plan)


def test_what_no_listing_holds_is_absent_and_what_could_not_be_listed_is_not():
    claims = in_state(server, group)
    plan = plan_of(case(claims), world(unseen={"security_group": "503"}))
    assert [v.ref for v in plan.absent] == [server.ref]


class TestUnproved:
    declared = Declared("openstack_networking_floatingip_v2.f", "openstack_networking_floatingip_v2")

    def plan(self, *objects, instance=None, **more):
        known = case(instances=(instance or self.declared,), names_prove=True, **{"since": SINCE, **more})
        return plan_of(known, world(*objects))

    def test_an_unexplained_candidate_makes_it_unproved(self):
        plan = self.plan(a("floating_ip", "x", created_at=LATER))
        assert [u.address for u in plan.unproved] == [self.declared.address]
        assert not plan.steps

    def test_no_candidate_no_doubt(self):
        assert not self.plan().unproved

    def test_an_older_one_is_explained(self):
        assert not self.plan(a("floating_ip", "x", created_at=EARLIER)).unproved

    @pytest.mark.parametrize(
        ("name", "candidate"),
        [("ci-77-net", True), ("ci--net", True), ("ci-a\nb-net", True), ("ci-net", False), ("prod-net", False)],
    )
    def test_of_a_name_with_a_hole_what_fits_it_is_a_candidate_and_nothing_else(self, name, candidate):
        hole = Declared("n.n", "openstack_networking_network_v2", pattern=("ci-", "-net"))
        plan = self.plan(a("network", "n", name=name, created_at=LATER), instance=hole, by_name=True)
        assert [one.name for u in plan.unproved for one in u.candidates] == [name] * candidate
        assert not plan.steps, "a hole never matches by itself"
        assert all("'ci-…-net'" in unproved.why for unproved in plan.unproved)

    def test_a_name_of_which_nothing_is_known_may_be_any(self):
        hole = Declared("n.n", "openstack_networking_network_v2")
        assert self.plan(a("network", "n", name="prod-net", created_at=LATER), instance=hole).unproved

    def test_what_is_ours_stands_for_the_name_that_it_fits(self):
        mine = a("network", "m", name="other", created_at=LATER, tags=["janitor:run=r"])
        candidate = a("network", "n", name="ci-77-net", created_at=LATER)
        hole = Declared("n.n", "openstack_networking_network_v2", pattern=("ci-", "-net"))
        (unproved,) = self.plan(mine, candidate, instance=hole, marks=frozenset({"r"})).unproved
        assert unproved.candidates == (candidate,)

    def test_one_with_another_runs_mark_is_explained(self):
        assert not self.plan(a("floating_ip", "x", created_at=LATER, tags=["janitor:run=other"])).unproved

    def test_an_instance_whose_create_call_carries_the_mark_cannot_be_an_unmarked_object(self):
        marked = Declared("f.f", "openstack_networking_floatingip_v2", marks=frozenset({"r"}))
        found = a("floating_ip", "x", created_at=LATER)
        assert not self.plan(found, instance=marked, marks=frozenset({"r"})).unproved

    def test_the_mark_that_the_configuration_itself_gives_is_not_another_runs(self):
        """Also when nobody gave it as --mark: what carries it may well be ours, and an exit code 0 would be a lie."""
        marked = Declared("f.f", "openstack_networking_floatingip_v2", marks=frozenset({"r"}))
        found = a("floating_ip", "x", created_at=LATER, tags=["janitor:run=r"])
        assert self.plan(found, instance=marked).unproved

    def test_one_that_is_ours_already_stands_for_the_instance(self):
        mine = a("floating_ip", "x", created_at=LATER, tags=["janitor:run=r"])
        other = a("floating_ip", "y", created_at=LATER)
        assert not self.plan(mine, other, marks=frozenset({"r"})).unproved

    def test_one_that_was_ours_and_is_gone_still_stands_for_the_instance(self):
        """Found on our port, and deleted: the last look must not ask which of the others it may be."""
        gone = Claim(ref("floating_ip", "x"), Evidence.JOURNAL, name="172.24.0.9")
        known = case([gone], instances=(self.declared,), names_prove=True, since=SINCE)
        assert not plan_of(known, world(a("floating_ip", "y", created_at=LATER))).unproved


class TestProof:
    def end(self, *objects, known=None, unseen=None):
        seen = world(*objects, unseen=unseen)
        known = known or case(in_state(server))
        return Ending(seen, plan_of(known, seen))

    def test_accepted_is_not_deleted_while_it_is_listed(self):
        first = plan_of(case(in_state(server)), world(server))
        done = {server.ref: Result(server.ref, Outcome.DELETED)}
        assert reconcile(first, done, self.end(server))[0].outcome is Outcome.FAILED

    def test_could_not_list_is_not_empty(self):
        first = plan_of(case(in_state(server)), world(server))
        done = {server.ref: Result(server.ref, Outcome.DELETED)}
        assert reconcile(first, done, self.end(unseen={"server": "503"}))[0].outcome is Outcome.UNVERIFIED

    def test_what_failed_and_is_gone_at_the_end_is_deleted(self):
        first = plan_of(case(in_state(server)), world(server))
        done = {server.ref: Result(server.ref, Outcome.FAILED)}
        assert reconcile(first, done, self.end())[0].outcome is Outcome.DELETED

    def test_what_appears_at_the_end_is_left(self):
        late = a("port", "late", network_id="n")
        known = case(in_state(network))
        end = self.end(network, late, known=known)
        results = {r.ref: r for r in reconcile(plan_of(known, world(network)), {}, end)}
        assert results[late.ref].outcome is Outcome.FAILED


refs = st.builds(ref, st.just("port"), st.sampled_from("abcdef"))
edges = st.lists(st.builds(Edge, refs, refs, st.sampled_from(EdgeSource)), max_size=25)


@given(edges)
def test_breaking_cycles_keeps_every_observed_edge_and_names_hopeless_sets(given_edges):
    graph = Graph.of(given_edges)
    result, dropped, hopeless = graph.acyclic()
    assert all(edge.source is not EdgeSource.OBSERVED for edge in dropped)
    assert {k for k, s in graph.edges.items() if s is EdgeSource.OBSERVED} <= set(result.edges)
    if not hopeless:
        again, more, none = result.acyclic()
        assert again == result
        assert not more
        assert not none


@given(edges)
def test_the_most_trusted_source_of_an_edge_is_kept(given_edges):
    graph = Graph.of(given_edges)
    for edge in given_edges:
        if edge.dependent != edge.dependency:
            assert graph.edges[edge.dependent, edge.dependency] <= edge.source


def test_a_journal_claim_keeps_what_lost_its_link_meanwhile():
    ip = a("floating_ip", "f")
    plan = plan_of(case([Claim(ip.ref, Evidence.JOURNAL)]), world(ip))
    assert plan.steps[ip.ref].evidence == (Evidence.JOURNAL,)


def test_the_states_order_says_no_more_than_the_cloud_shows():
    """Of two ports and two servers each port waits for its own server; only what nobody sees is ordered as a whole."""
    ports = [a("port", f"p{n}", network_id="n", device_owner="compute:nova", device_id=f"s{n}") for n in range(2)]
    servers = [a("server", f"s{n}") for n in range(2)]
    claims = [claim for n, p in enumerate(ports) for claim in in_state(p, address=f"openstack_x_v2.port[{n}]")]
    claims += [claim for n, s in enumerate(servers) for claim in in_state(s, address=f"openstack_x_v2.server[{n}]")]
    pairs = [("openstack_x_v2.server", "openstack_x_v2.port")]
    found = order(plan_of(case(claims), world(*ports, *servers), state_edges=pairs))
    assert found == {("server s0", "port p0", "OBSERVED"), ("server s1", "port p1", "OBSERVED")}
    loose = [a("port", f"p{n}", network_id="n") for n in range(2)]
    found = order(plan_of(case(claims), world(*loose, *servers), state_edges=pairs))
    assert found == {(f"server s{n}", f"port p{m}", "STATE") for n in range(2) for m in range(2)}


def test_what_a_controller_on_our_nodes_would_make_again_waits_for_them():
    """A load balancer of the configuration itself has nobody who makes it anew, and waits for nothing."""
    text = "Kubernetes external service default/web from cluster kubernetes"
    service = a("load_balancer", "web", vip_subnet_id="sub", description=text)
    plain = a("load_balancer", "api", vip_subnet_id="sub")
    node = a("server", "node")
    known = case([claim for one in (network, subnet, node, plain) for claim in in_state(one)])
    plan = plan_of(known, world(network, subnet, node, plain, service))
    assert plan.steps[service.ref].evidence == (Evidence.ATTACHED,)
    assert [found for found in order(plan) if "server node" in found] == [("server node", "load_balancer web", "KIND")]


def test_an_interface_waits_for_the_addresses_of_its_own_router():
    owner = {"network_id": "n", "device_owner": "network:router_interface"}
    interfaces = [a("router_interface", f"i{n}", device_id=f"r{n}", **owner) for n in range(2)]
    addresses = [a("floating_ip", f"f{n}", router_id=f"r{n}") for n in range(2)]
    known = case([claim for o in (*interfaces, *addresses) for claim in in_state(o)])
    found = order(plan_of(known, world(*interfaces, *addresses)))
    assert found == {(f"floating_ip f{n}", f"router_interface i{n}", "KIND") for n in range(2)}
