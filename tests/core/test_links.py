"""Objects that name themselves and each other by links, what an order made, ids that say nothing of their parent."""

from __future__ import annotations

import pytest
from builders import HOME, a, case, in_state, ref, world

from janitor.core.case import log_claims, object_id
from janitor.core.catalogue import closure, kind_of_type
from janitor.core.graph import Graph
from janitor.core.model import ApplyLog, Configuration, Declared, Edge, EdgeSource, LoggedCreate, Observed, Resource
from janitor.core.ownership import judge
from janitor.core.planning import make

ROOT = "https://keys.example/v1"


def secret(name: str) -> Observed:
    return a("secret", "", secret_ref=f"{ROOT}/secrets/{name}", name=name)


def container(name: str, *secrets: str) -> Observed:
    boxed = [{"name": "s", "secret_ref": f"{ROOT}/secrets/{s}"} for s in secrets]
    return a("secret_container", "", container_ref=f"{ROOT}/containers/{name}", secret_refs=boxed)


def order(name: str, **made: str) -> Observed:
    links = {f"{what}_ref": f"{ROOT}/{what}s/{identifier}" for what, identifier in made.items()}
    return a("secret_order", "", order_ref=f"{ROOT}/orders/{name}", **links)


def listener(**fields: object) -> Observed:
    return a("listener", "listener", loadbalancers=[{"id": "lb"}], **fields)


def test_an_id_is_the_end_of_a_link_whatever_address_the_service_gives_itself() -> None:
    assert secret("one").ref == ref("secret", "one")
    assert a("secret", "", secret_ref="http://behind.a.proxy:9311/keys/v1/secrets/one/").ref == ref("secret", "one")
    assert container("box", "one", "two").linked("secret") == ("one", "two")


@pytest.mark.parametrize(
    ("field", "collection", "kind"),
    [
        ("default_tls_container_ref", "containers", "secret_container"),
        ("default_tls_container_ref", "secrets", "secret"),
        ("client_ca_tls_container_ref", "secrets", "secret"),
    ],
)
def test_a_listener_goes_before_the_certificate_it_serves(field: str, collection: str, kind: str) -> None:
    front = listener(**{field: f"{ROOT}/{collection}/it"})
    held = secret("it") if kind == "secret" else container("it")
    seen = world(front, held)
    known = case(in_state(front, held))
    plan = make(known, seen, judge(known, seen))
    assert Edge(front.ref, held.ref, EdgeSource.OBSERVED) in plan.graph.listed()
    assert front.linked("secret") + front.linked("secret_container") == ("it",)


def test_every_certificate_of_a_listener_is_seen() -> None:
    links = [f"{ROOT}/containers/{n}" for n in "ab"]
    assert listener(sni_container_refs=links, default_tls_container_ref=None).linked("secret_container") == ("a", "b")


def test_what_our_order_made_is_ours_and_goes_before_it() -> None:
    key, pair = order("key", secret="made"), order("pair", container="box")
    seen = world(key, pair, secret("made"), container("box", "private"), secret("private"), secret("foreign"))
    known = case(in_state(key, pair))
    verdicts = judge(known, seen)
    assert {r.id for r, v in verdicts.items() if v.ours} == {"key", "pair", "made", "box", "private"}
    edges = make(known, seen, verdicts).graph
    assert Graph.of(edges.listed()).edges[ref("secret", "made"), ref("secret_order", "key")] is EdgeSource.OBSERVED
    assert (ref("secret_container", "box"), ref("secret", "private")) in edges.edges


def test_a_foreign_order_makes_nothing_ours() -> None:
    mine, theirs = order("mine", secret="a"), order("theirs", secret="b")
    verdicts = judge(case(in_state(mine)), world(mine, theirs, secret("a"), secret("b")))
    assert {r.id for r, v in verdicts.items() if v.ours} == {"mine", "a"}


def test_an_order_brings_the_listing_of_what_it_made() -> None:
    assert {"secret", "secret_container"} <= closure(frozenset({"secret_order"}))


def test_a_network_brings_no_listing_of_services_that_only_stand_on_it() -> None:
    assert closure(frozenset({"network", "subnet"})) & {"share_network", "cluster", "database_instance"} == set()
    assert closure(frozenset({"share"})) & {"share_access_rule", "share_snapshot"} == set()


def test_a_rules_id_is_that_of_its_share_and_its_own() -> None:
    kept = Resource("a.b", "openstack_sharedfilesystem_share_access_v2", "rule", attributes={"share_id": "share"})
    assert object_id(kept) == "share/rule"


def test_a_log_that_does_not_say_whose_rule_it_is_claims_nothing() -> None:
    address = "openstack_sharedfilesystem_share_access_v2.all"
    kind = address.partition(".")[0]
    made = ApplyLog("log", created=(LoggedCreate(address, kind, "rule"),), finished=True, modified=1.0)
    configured = Configuration(instances=(Declared(address, kind),), complete=True)
    assert kind_of_type(kind) is not None
    assert log_claims([made], configured, HOME, since=0.0) == []


def test_a_log_names_an_association_of_nova_by_its_address() -> None:
    """Its id in the log is ADDRESS/INSTANCE/FIXED, as in the state."""
    kind = "openstack_compute_floatingip_associate_v2"
    made = ApplyLog("log", created=(LoggedCreate(f"{kind}.a", kind, "192.0.2.7/server/10.0.0.3"),), finished=True)
    configured = Configuration(instances=(Declared(f"{kind}.a", kind),), complete=True)
    (claim,) = log_claims([made], configured, HOME, since=0.0)
    assert claim.ref.id == "address:192.0.2.7"


def test_a_port_forwarding_goes_before_the_port_that_would_take_it_along() -> None:
    """At once, nobody could tell whether our own request or Neutron's cascade was what deleted it."""
    address, port = a("floating_ip", "fip"), a("port", "p")
    forwarding = a("port_forwarding", "f", internal_port_id="p", **{"^id": "fip"})
    seen, known = world(address, port, forwarding), case(in_state(address, port, forwarding))
    edges = make(known, seen, judge(known, seen)).graph.listed()
    assert Edge(forwarding.ref, port.ref, EdgeSource.OBSERVED) in edges
    assert Edge(forwarding.ref, address.ref, EdgeSource.OBSERVED) in edges
