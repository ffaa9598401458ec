"""Resources that stand for several objects at once, links inside bodies, and what goes along two steps down."""

from __future__ import annotations

import pytest
from builders import HOME, a, case, in_state, ref, world

from janitor.core.case import log_claims, object_ids, state_claims
from janitor.core.catalogue import KINDS, closure, observe
from janitor.core.model import ApplyLog, Configuration, Declared, LoggedCreate, Resource
from janitor.core.ownership import judge
from janitor.core.plan import Action
from janitor.core.planning import make

MEMBERS = Resource(
    "openstack_lb_members_v2.m", "openstack_lb_members_v2", "pool", attributes={"member": ({"id": "m1"}, {"id": "m2"})}
)
ROUTES = Resource(
    "openstack_networking_router_routes_v2.r",
    "openstack_networking_router_routes_v2",
    "router",
    attributes={"routes": ({"destination_cidr": "192.0.2.0/24", "next_hop": "10.0.0.9"},)},
)
GROUPS = Resource(
    "openstack_networking_port_secgroup_associate_v2.g",
    "openstack_networking_port_secgroup_associate_v2",
    "port",
    attributes={"security_group_ids": ("one", "two")},
)
RULE = Resource("openstack_lb_l7rule_v2.r", "openstack_lb_l7rule_v2", "rule", attributes={"l7policy_id": "policy"})


@pytest.mark.parametrize(
    ("resource", "ids"),
    [
        (MEMBERS, ("m1", "m2")),
        (ROUTES, ("router-route-192.0.2.0/24-10.0.0.9",)),
        (GROUPS, ("port/one", "port/two")),
        (RULE, ("policy/rule",)),
    ],
)
def test_a_list_is_claimed_entry_by_entry(resource: Resource, ids: tuple[str, ...]):
    assert object_ids(resource) == ids


def test_a_list_without_entries_claims_nothing():
    empty = Resource("openstack_lb_members_v2.m", "openstack_lb_members_v2", "pool", attributes={"member": ()})
    assert state_claims([empty], {}) == ([], [])
    assert object_ids(empty) == ()


def test_a_log_does_not_claim_what_it_tells_no_id_of():
    """It tells the pool's id for a list of members, and a rule's id without its policy's."""
    types = ("openstack_lb_members_v2", "openstack_lb_l7rule_v2", "openstack_networking_portforwarding_v2")
    created = tuple(LoggedCreate(f"{name}.x", name, "some-id") for name in types)
    known = Configuration(instances=tuple(Declared(f"{name}.x", name) for name in types), complete=True)
    assert log_claims([ApplyLog("log", created)], known, HOME, since=None) == []


def test_only_the_named_group_of_a_port_is_ours():
    port = {"id": "p", "security_groups": ["g1", "g2"], "device_owner": ""}
    found = {o.ref.id: o for o in observe(KINDS["port_security_group"], HOME, port)}
    assert set(found) == {"p/g1", "p/g2"}
    assert found["p/g1"].linked("security_group") == ("g1",)
    verdicts = judge(case(in_state(found["p/g1"])), world(*found.values()))
    assert [r.id for r, verdict in verdicts.items() if verdict.ours] == ["p/g1"]


def test_a_rule_of_a_policy_is_read_from_its_body():
    rules = [{"id": "r1", "type": "bandwidth_limit"}, {"id": "r2", "type": "dscp_marking"}]
    body = {"id": "q", "name": "q", "rules": rules}
    assert [o.ref.id for o in observe(KINDS["qos_dscp_marking_rule"], HOME, body)] == ["q/r2"]


def test_a_foreign_l7_policy_keeps_our_load_balancer():
    balancer = a("load_balancer", "lb", listeners=[{"id": "l"}])
    listener = a("listener", "l", loadbalancers=[{"id": "lb"}], l7policies=[{"id": "p"}])
    policy = a("l7policy", "p", listener_id="l")
    seen, known = world(balancer, listener, policy), case(in_state(balancer, listener))
    plan = make(known, seen, judge(known, seen))
    assert {r.id: [h.id for h in holders] for r, holders in plan.held.items()} == {"lb": ["p"], "l": ["p"]}


def test_our_l7_policy_goes_with_its_listener_and_is_written_through_the_load_balancer():
    balancer = a("load_balancer", "lb", listeners=[{"id": "l"}])
    listener = a("listener", "l", loadbalancers=[{"id": "lb"}], l7policies=[{"id": "p"}])
    policy = a("l7policy", "p", listener_id="l")
    known = case(in_state(balancer, listener, policy))
    plan = make(known, world(balancer, listener, policy), judge(known, world(balancer, listener, policy)))
    step = plan.steps[ref("l7policy", "p")]
    assert (step.action, step.carrier, step.writer) == (
        Action.GOES_WITH,
        ref("listener", "l"),
        ref("load_balancer", "lb"),
    )


def test_neutrons_extensions_are_listed_only_where_a_source_names_them():
    core = closure(frozenset({"network", "subnet", "port", "router", "server", "security_group", "floating_ip"}))
    assert [name for name in core if KINDS[name].alone] == []
    assert "vpn_service" in closure(frozenset({"vpn_service"}))


def test_a_firewall_group_called_default_is_never_deleted():
    group = a("firewall_group", "f", name="default")
    (verdict,) = judge(case(in_state(group)), world(group)).values()
    assert not verdict.ours
    assert "comes back by itself" in verdict.why
