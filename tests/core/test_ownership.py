"""Ours, or kept and why. Every "must never happen" that the judge alone can prevent is tried here."""

from __future__ import annotations

import pytest
from builders import AWAY, EARLIER, HOME, LATER, NOW, a, case, in_state, ref, world
from hypothesis import given
from hypothesis import strategies as st

from janitor.core.case import Claim
from janitor.core.catalogue.reading import epoch
from janitor.core.model import Declared, Denial, Evidence, Observed, Verdict
from janitor.core.ownership import judge

SINCE = epoch(NOW)


def verdict_of(observed: Observed, known, *others: Observed):
    return judge(known, world(observed, *others)).get(observed.ref)


def declared(kind_type: str, name: str | None, address: str = "", **more) -> Declared:
    return Declared(address or f"{kind_type}.x", kind_type, name, **{"run_bound": True, **more})


def test_an_object_without_evidence_has_no_verdict():
    assert verdict_of(a("server", "s", name="ci-1"), case()) is None


def test_an_id_in_the_state_is_ours():
    server = a("server", "s")
    assert verdict_of(server, case(in_state(server))).evidence == (Evidence.STATE,)


@pytest.mark.parametrize(
    ("observed", "denial"),
    [
        pytest.param(a("network", "n", project="away"), Denial.FOREIGN, id="another project's"),
        pytest.param(a("network", "n", shared=True), Denial.SHARED, id="shared"),
        pytest.param(a("network", "n", **{"router:external": True}), Denial.SHARED, id="external"),
        pytest.param(a("security_group", "g", name="default"), Denial.PROTECTED, id="the default group"),
        pytest.param(a("network", "n", tags=["janitor:keep"]), Denial.PROTECTED, id="keep tag"),
        pytest.param(a("server", "s", metadata={"janitor-keep": "true"}), Denial.PROTECTED, id="keep metadata"),
        pytest.param(a("port", "p", description="db, janitor:keep"), Denial.PROTECTED, id="keep token"),
        pytest.param(a("server", "s", metadata={"janitor-run": "other"}), Denial.FOREIGN, id="another run's mark"),
        pytest.param(a("port", "p", tags=["janitor:run=other"]), Denial.FOREIGN, id="another run's tag"),
    ],
)
def test_a_denial_is_stronger_than_state_and_mark(observed, denial):
    verdict = verdict_of(observed, case(in_state(observed), marks=frozenset({"mine"})))
    assert verdict.denial is denial
    assert not verdict.ours


def test_the_mark_that_the_state_itself_records_is_no_other_runs():
    server = a("server", "s", metadata={"janitor-run": "demo"})
    assert verdict_of(server, case(in_state(server, marks=frozenset({"demo"})))).ours


def test_a_protected_address_is_kept_with_or_without_its_index():
    server = a("server", "s")
    known = case(in_state(server, address="openstack_compute_instance_v2.db[0]"),
                 protected={"openstack_compute_instance_v2.db": "prevent_destroy"})  # fmt: skip
    assert verdict_of(server, known).denial is Denial.PROTECTED


def test_what_only_may_be_protected_is_kept_and_counts_as_left():
    server = a("server", "s1")
    address = "openstack_compute_instance_v2.db"
    known = case(in_state(server, address=address), protected={address: "unreadable"}, doubtful=frozenset({address}))
    assert verdict_of(server, known).denial is Denial.AMBIGUOUS


def test_what_only_the_mark_finds_is_kept_when_it_may_be_the_protected_one():
    network = a("network", "n", name="ci-1", tags=["janitor:run=r"])
    instance = declared("openstack_networking_network_v2", "ci-1", "openstack_networking_network_v2.n")
    known = case(marks=frozenset({"r"}), instances=(instance,), protected={instance.address: "prevent_destroy"})
    assert verdict_of(network, known).denial is Denial.PROTECTED
    other = a("network", "m", name="ci-2", tags=["janitor:run=r"])
    assert verdict_of(other, known).ours


def test_a_data_source_is_borrowed_unless_the_state_also_manages_the_object():
    network = a("network", "n")
    journal = [Claim(network.ref, Evidence.JOURNAL)]
    assert verdict_of(network, case(journal, borrowed=frozenset({network.ref}))).denial is Denial.PROTECTED
    assert verdict_of(network, case(in_state(network), borrowed=frozenset({network.ref}))).ours


def test_a_key_pair_with_another_fingerprint_is_not_the_one_of_the_state():
    keypair = a("keypair", "", name="ci", fingerprint="bb")
    claim = Claim(keypair.ref, Evidence.STATE, match={"fingerprint": "aa"})
    assert verdict_of(keypair, case([claim])).denial is Denial.FOREIGN


@pytest.mark.parametrize(
    ("description", "ours"),
    [
        ("janitor:run=mine", True),
        ("made by ci; janitor:run=mine", True),
        ("janitor:run=mine-too", False),
        ("xjanitor:run=mine", False),
        ("janitor:run=", False),
        ("note janitor:run=mine janitor:run=other", False),
    ],
)
def test_a_mark_in_a_description_is_a_whole_token(description, ours):
    verdict = verdict_of(a("floating_ip", "f", description=description), case(marks=frozenset({"mine"})))
    assert bool(verdict and verdict.ours) is ours


def test_a_forged_metadata_mark_on_a_kind_that_has_no_metadata_proves_nothing():
    assert verdict_of(a("port", "p", metadata={"janitor-run": "mine"}), case(marks=frozenset({"mine"}))) is None


class TestName:
    network = declared("openstack_networking_network_v2", "ci-77-net")

    def known(self, *instances, **more):
        return case(instances=instances or (self.network,), names_prove=True, **{"since": SINCE, **more})

    def test_exact_name_made_since_the_begin_is_ours(self):
        verdict = verdict_of(a("network", "n", name="ci-77-net", created_at=LATER), self.known())
        assert verdict.evidence == (Evidence.NAME,)

    def test_an_older_one_is_pre_existing(self):
        verdict = verdict_of(a("network", "n", name="ci-77-net", created_at=EARLIER), self.known())
        assert verdict.denial is Denial.PRE_EXISTING

    def test_twins_are_ambiguous(self):
        twin = a("network", "m", name="ci-77-net", created_at=LATER)
        verdict = verdict_of(a("network", "n", name="ci-77-net", created_at=LATER), self.known(), twin)
        assert verdict.denial is Denial.AMBIGUOUS

    def test_without_a_begin_a_name_proves_nothing(self):
        verdict = verdict_of(a("network", "n", name="ci-77-net"), self.known(since=None))
        assert verdict.denial is Denial.UNPROVED

    def test_a_log_that_tells_of_its_begun_creation_gives_the_begin(self):
        """Killed in flight: the log has no id for it. For what it does not tell of, the begin stays unknown."""
        found = a("network", "n", name="ci-77-net")
        told = self.known(since=None, in_flight={self.network.address: SINCE})
        assert verdict_of(found, told).evidence == (Evidence.NAME,)
        old = a("network", "n", name="ci-77-net", created_at=EARLIER)
        assert verdict_of(old, told).denial is Denial.UNPROVED
        assert verdict_of(found, self.known(since=None, in_flight={"other.net": SINCE})).denial is Denial.UNPROVED

    def test_by_name_lifts_only_the_demand_for_a_begin(self):
        assert verdict_of(a("network", "n", name="ci-77-net"), self.known(since=None, by_name=True)).ours
        old = a("network", "n", name="ci-77-net", created_at=EARLIER)
        assert verdict_of(old, self.known(by_name=True)).denial is Denial.PRE_EXISTING

    def test_a_name_without_a_value_of_this_run_proves_nothing(self):
        plain = declared("openstack_networking_network_v2", "internal", run_bound=False)
        assert verdict_of(a("network", "n", name="internal", created_at=LATER), self.known(plain)) is None

    def test_the_target_of_an_import_block_is_nobodys_child(self):
        imported = declared("openstack_networking_network_v2", "ci-77-net", imported=True)
        assert verdict_of(a("network", "n", name="ci-77-net", created_at=LATER), self.known(imported)) is None

    def test_a_hole_never_matches(self):
        hole = declared("openstack_networking_network_v2", None)
        assert verdict_of(a("network", "n", name="", created_at=LATER), self.known(hole)) is None

    def test_server_groups_have_no_date_and_are_never_proved_by_name(self):
        group = declared("openstack_compute_servergroup_v2", "ci-77-grp")
        assert verdict_of(a("server_group", "g", name="ci-77-grp"), self.known(group)) is None

    def test_names_prove_nothing_while_the_state_is_whole(self):
        network = a("network", "n", name="ci-77-net", created_at=LATER)
        assert verdict_of(network, case(instances=(self.network,), since=SINCE)) is None


class TestLog:
    def claim(self, observed, start, end, name=""):
        return case([Claim(observed.ref, Evidence.LOG, "x.y", name=name, window=(start, end))])

    def test_made_inside_the_window_is_ours(self):
        server = a("server", "s", created=NOW)
        assert verdict_of(server, self.claim(server, SINCE - 60, SINCE + 60)).evidence == (Evidence.LOG,)

    @pytest.mark.parametrize(
        "window", [(SINCE + 60, SINCE + 90), (SINCE - 90, SINCE - 60), (None, SINCE), (SINCE, None)]
    )
    def test_made_outside_or_without_a_window_is_not(self, window):
        server = a("server", "s", created=NOW)
        assert not verdict_of(server, self.claim(server, *window)).ours

    def test_a_kind_without_a_date_needs_the_configured_name(self):
        group = a("server_group", "g", name="grp")
        assert verdict_of(group, self.claim(group, None, None, name="grp")).ours
        assert not verdict_of(group, self.claim(group, None, None, name="other")).ours

    def test_only_where_there_is_a_date_a_begin_is_asked_for(self):
        policy, server = a("rbac_policy", "r"), a("server", "s", created=NOW)
        assert "--since" in verdict_of(server, self.claim(server, None, SINCE)).why
        assert "--since" not in verdict_of(policy, self.claim(policy, SINCE, SINCE)).why


class TestAttached:
    network = a("network", "n")
    server = a("server", "s", created=NOW)

    def ours(self, *claimed, **more):
        return case(in_state(*claimed), **more)

    def port(self, owner="", device="", project="home", **more):
        return a("port", "p", network_id="n", device_owner=owner, device_id=device, project=project, **more)

    def test_a_port_without_owner_on_our_network(self):
        verdict = verdict_of(self.port(), self.ours(self.network), self.network)
        assert verdict.evidence == (Evidence.ATTACHED,)

    def test_a_port_whose_server_is_gone(self):
        assert verdict_of(self.port("compute:nova", "dead"), self.ours(self.network), self.network).ours

    def test_a_live_foreign_servers_port_is_never_pulled(self):
        port = self.port("compute:nova", "s")
        assert verdict_of(port, self.ours(self.network), self.network, self.server) is None

    def test_a_port_of_an_unlisted_server_is_not_taken_for_an_orphan(self):
        port = self.port("compute:nova", "dead")
        seen = world(port, self.network, unseen={"server": "503"})
        assert port.ref not in judge(self.ours(self.network), seen)

    def test_the_vip_port_of_a_foreign_load_balancer_is_never_pulled(self):
        balancer = a("load_balancer", "L")
        port = self.port("Octavia", "lb-L")
        assert verdict_of(port, self.ours(self.network), self.network, balancer) is None
        assert verdict_of(port, self.ours(self.network, balancer), self.network, balancer).ours

    def test_another_projects_port_on_our_network_is_kept(self):
        verdict = verdict_of(self.port(project="away"), self.ours(self.network), self.network)
        assert verdict.denial is Denial.FOREIGN

    def test_a_port_marked_by_another_run_is_kept(self):
        verdict = verdict_of(self.port(tags=["janitor:run=other"]), self.ours(self.network), self.network)
        assert verdict.denial is Denial.FOREIGN

    def test_dhcp_and_gateway_ports_are_neutrons_own(self):
        for owner in ("network:dhcp", "network:router_gateway", "network:floatingip", "network:distributed"):
            assert verdict_of(self.port(owner, "x"), self.ours(self.network), self.network) is None

    def test_a_network_that_is_ours_by_name_alone_carries_no_undeclared_port(self):
        network = a("network", "n", name="ci-77-net", created_at=LATER)
        instance = declared("openstack_networking_network_v2", "ci-77-net", "openstack_networking_network_v2.n")
        known = case(instances=(instance,), names_prove=True, since=SINCE)
        assert verdict_of(self.port(), known, network) is None

    def test_a_reserved_floating_ip_on_our_port_is_kept_out(self):
        port = self.port()
        ip = a("floating_ip", "f", port_id="p", floating_ip_address="192.0.2.1")
        assert verdict_of(ip, self.ours(self.network, port), self.network, port) is None

    def test_a_floating_ip_that_the_configuration_declares_on_our_port_is_ours(self):
        port = self.port()
        ip = a("floating_ip", "f", port_id="p", floating_ip_address="192.0.2.1", created_at=LATER)
        instance = declared("openstack_networking_floatingip_v2", None, refers=(("port_id", "x.port"),))
        claims = in_state(self.network) + in_state(port, address="x.port[0]")
        known = case(claims, instances=(instance,), names_prove=True, since=SINCE)
        assert verdict_of(ip, known, self.network, port).ours
        old = a("floating_ip", "f", port_id="p", floating_ip_address="192.0.2.1", created_at=EARLIER)
        assert verdict_of(old, known, self.network, port) is None

    def test_a_pool_that_is_declared_on_a_listener_is_ours_with_it(self):
        """Its balancer is only the listener's: the configuration does not name it beside the pool."""
        balancer, listener = a("load_balancer", "b"), a("listener", "l", loadbalancers=[{"id": "b"}])
        on = {"loadbalancers": [{"id": "b"}], "listeners": [{"id": "l"}], "created_at": LATER}
        pool, theirs = a("pool", "p", name="ci-77-pool", **on), a("pool", "t", name="added-by-hand", **on)
        instance = declared("openstack_lb_pool_v2", "ci-77-pool", refers=(("listener_id", "x.listener"),))
        claims = in_state(balancer, address="x.balancer") + in_state(listener, address="x.listener")
        known = case(claims, instances=(instance,), names_prove=True)
        assert verdict_of(pool, known, balancer, listener, theirs).evidence == (Evidence.ATTACHED,)
        assert not (verdict_of(theirs, known, balancer, listener, pool) or Verdict(theirs.ref)).ours

    def test_the_interface_of_our_subnet_on_a_borrowed_router(self):
        subnet = a("subnet", "sub", network_id="n")
        interface = a("router_interface", "i", device_owner="network:router_interface", device_id="r", network_id="n",
                      fixed_ips=[{"subnet_id": "sub"}])  # fmt: skip
        router = a("router", "r")
        known = self.ours(self.network, subnet)
        assert verdict_of(interface, known, self.network, subnet, router).ours
        assert verdict_of(router, known, self.network, subnet, interface) is None

    def test_a_neighbours_interface_on_our_router_is_not_ours(self):
        router = a("router", "r")
        theirs = a("router_interface", "i", device_owner="network:router_interface", device_id="r", network_id="m",
                   fixed_ips=[{"subnet_id": "theirs"}])  # fmt: skip
        assert verdict_of(theirs, self.ours(router), router, a("subnet", "theirs", network_id="m")) is None

    def test_a_nameless_boot_volume_goes_with_our_server_and_a_data_volume_does_not(self):
        volumes = [{"id": name, "delete_on_termination": True} for name in "vdb"]
        server = a("server", "s", created=NOW, **{"os-extended-volumes:volumes_attached": volumes})
        boot = a("volume", "v", name="", attachments=[{"server_id": "s"}], created_at=LATER)
        data = a("volume", "d", name="data", attachments=[{"server_id": "s"}])
        assert verdict_of(boot, self.ours(server), server, data).ours
        assert verdict_of(data, self.ours(server), server, boot) is None
        blank = a("volume", "b", name="s-blank-vol", attachments=[{"server_id": "s"}], created_at=LATER)
        assert verdict_of(blank, self.ours(server), server).ours, "the one other name that Nova gives"

    @pytest.mark.parametrize(
        ("became", "claimed", "ours"),
        [("", False, False), ("missing", False, False), ("missing", True, True), ("deleted", False, True)],
    )
    def test_what_a_server_left_on_our_volume_is_ours_when_that_server_was_and_is_gone(self, became, claimed, ours):
        volume, server = a("volume", "v"), a("server", "s")
        link = a("volume_attachment", "", server_id="s", volume_id="v", server_is=became)
        known = self.ours(volume, server) if claimed else self.ours(volume)
        assert (verdict_of(link, known, volume) is not None) is ours
        assert verdict_of(link, self.ours(server) if claimed else case(), volume) is None, "the volume is not ours"


@given(
    marks=st.frozensets(st.sampled_from(["mine", "other"])),
    project=st.sampled_from(["home", "away"]),
    tags=st.lists(st.sampled_from(["janitor:run=mine", "janitor:run=other", "janitor:keep", "x"]), max_size=3),
    claimed=st.booleans(),
    shared=st.booleans(),
)
def test_nothing_is_ours_against_a_denial_or_without_evidence(marks, project, tags, claimed, shared):
    network = a("network", "n", project=project, tags=tags, shared=shared)
    verdict = verdict_of(network, case(in_state(network) if claimed else [], marks=marks))
    ours = verdict is not None and verdict.ours
    runs = {tag.split("=")[1] for tag in tags if "run=" in tag}
    assert not ours or (claimed or runs & marks)
    assert not ours or not (shared or project == "away" or "janitor:keep" in tags or runs - marks)


def test_the_same_id_in_another_scope_is_another_object():
    claim = in_state(a("server", "s"))
    assert ref("server", "s", AWAY) not in judge(case(claim), world(a("server", "s", scope=AWAY, project="away")))
    assert HOME != AWAY
