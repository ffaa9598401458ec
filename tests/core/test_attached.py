"""What hangs on ours because the configuration declares it there: a link alone, or a hole in a name, says nothing."""

from __future__ import annotations

from builders import a, case, in_state, world

from janitor.core.model import Declared, Evidence, Observed, Verdict
from janitor.core.ownership import judge
from janitor.core.selection import Selection

EARLIER, SINCE, LATER = "2026-11-20T10:00:00Z", 1_795_176_000.0, "2026-11-20T14:00:00Z"

SERVER, NETWORK = a("server", "s"), a("network", "n")
GROUP = a("server_group", "g", name="ci-7-masters", members=["s"])
PORT = a("port", "p", network_id="n")
ADDRESS = a("floating_ip", "f", port_id="p", floating_ip_address="192.0.2.1", created_at=LATER)


def verdict_of(observed: Observed, known, *others: Observed) -> Verdict:
    return judge(known, world(observed, *others)).get(observed.ref) or Verdict(observed.ref)


def group_named(name: str | None, **more) -> Declared:
    return Declared("openstack_compute_servergroup_v2.g", "openstack_compute_servergroup_v2", name, **more)


def with_our_server(*instances: Declared):
    return case(in_state(SERVER), instances=instances, names_prove=True)


class TestServerGroups:
    """They have neither a time nor a mark, and whoever shares one may be away at the moment."""

    def test_one_that_the_configuration_declares_goes_with_its_members(self):
        verdict = verdict_of(GROUP, with_our_server(group_named("ci-7-masters")), SERVER)
        assert verdict.evidence == (Evidence.ATTACHED,)

    def test_one_that_it_does_not_is_kept_though_our_servers_are_alone_in_it(self):
        shared = a("server_group", "g", name="shared-anti-affinity", members=["s"])
        assert not verdict_of(shared, with_our_server(), SERVER).ours
        assert not verdict_of(shared, with_our_server(group_named("ci-7-masters")), SERVER).ours
        assert not verdict_of(shared, with_our_server(group_named(None, pattern=("", "-anti-affinity"))), SERVER).ours
        assert not verdict_of(shared, with_our_server(group_named("shared-anti-affinity", imported=True)), SERVER).ours

    def test_one_with_another_member_or_with_none_is_kept(self):
        known = with_our_server(group_named("ci-7-masters"))
        assert not verdict_of(a("server_group", "g", name="ci-7-masters", members=["s", "t"]), known, SERVER).ours
        assert not verdict_of(a("server_group", "g", name="ci-7-masters", members=[]), known, SERVER).ours

    def test_of_more_than_are_declared_nobody_knows_which(self):
        twin = a("server_group", "h", name="ci-7-masters", members=["s"])
        assert not verdict_of(GROUP, with_our_server(group_named("ci-7-masters")), SERVER, twin).ours

    def test_of_kubespray_all_members_have_to_be_the_clusters(self):
        sweep = Selection(producers=(("kubespray", "ci"),))
        node = a("server", "s", name="ci-k8s-master-1")
        theirs = a("server", "t", name="other-k8s-master-1")
        both = a("server_group", "g", name="k8s-master-srvgrp", members=["s", "t"])
        own = a("server_group", "h", name="k8s-master-srvgrp", members=["s"])
        others = a("server_group", "i", name="shared-anti-affinity", members=["s"])
        selected = sweep.selected(world(node, theirs, both, own, others))
        assert set(selected) == {node.ref, own.ref}


class TestAddresses:
    link = "openstack_networking_floatingip_associate_v2"
    own = Declared("openstack_networking_floatingip_v2.f", "openstack_networking_floatingip_v2")

    def known(self, *instances: Declared, since: float | None = SINCE):
        claims = in_state(NETWORK) + in_state(PORT, address="x.port")
        return case(claims, instances=instances, names_prove=True, since=since)

    def test_an_association_alone_may_be_one_of_a_reserved_address(self):
        given = Declared(f"{self.link}.l", self.link, refers=(("port_id", "x.port"), ("floating_ip", "var.address")))
        for since in (SINCE, None):
            assert not verdict_of(ADDRESS, self.known(given, since=since), NETWORK, PORT).ours
            assert not verdict_of(ADDRESS, self.known(given, self.own, since=since), NETWORK, PORT).ours

    def test_an_association_with_a_declared_address_says_that_it_is_ours(self):
        both = Declared(f"{self.link}.l", self.link, refers=(("floating_ip", self.own.address), ("port_id", "x.port")))
        assert verdict_of(ADDRESS, self.known(both, self.own), NETWORK, PORT).ours


class TestNamesWithHoles:
    """A name that nobody can evaluate is not the same as no name."""

    network = a("network", "n", name="ci-77-net", created_at=LATER)
    nameless = a("port", "p", network_id="n", created_at=LATER)

    def known(self, name: str | None, **more):
        parent = Declared("x.n", "openstack_networking_network_v2", "ci-77-net", run_bound=True)
        child = Declared("x.p", "openstack_networking_port_v2", name, refers=(("network_id", "x.n"),), **more)
        return case(instances=(parent, child), names_prove=True, since=SINCE)

    def test_what_has_no_name_is_the_one_that_is_given_none(self):
        assert verdict_of(self.nameless, self.known(""), self.network).ours

    def test_it_is_not_the_one_whose_name_is_unknown(self):
        assert not verdict_of(self.nameless, self.known(None, pattern=("p-", "")), self.network).ours
        assert not verdict_of(self.nameless, self.known(None), self.network).ours
