"""Twins: an object that somebody else gave the very name of ours, while ours lives, and once it is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import EARLIER, HOME, LATER, NOW, a, case, in_state, ref, world

from janitor import journal
from janitor.core.case import Claim, Spent
from janitor.core.catalogue.reading import epoch
from janitor.core.model import Declared, Denial, Evidence, Verdict
from janitor.core.ownership import judge
from janitor.core.planning import make
from janitor.journal import recall
from janitor.workflows.cleaning import Looked, judge_of, remember

SINCE = epoch(NOW)
TYPE = "openstack_networking_network_v2"
ADDRESS = f"{TYPE}.net"
OURS = a("network", "ours", name="ci-7-net", created_at=LATER)
TWIN = a("network", "twin", name="ci-7-net", created_at=LATER)


def known(*claims: Claim, **more):
    declared = Declared(ADDRESS, TYPE, "ci-7-net", run_bound=True, **more.pop("declared", {}))
    return case(claims, instances=(declared,), names_prove=True, since=SINCE, **more)


def verdict(of, among, *seen) -> Verdict:
    return judge(among, world(*seen))[of.ref]


MARKED = a("network", "ours", name="ci-7-net", tags=["janitor:run=ci-7"])
SOURCES = [
    pytest.param(known(*in_state(OURS, address=ADDRESS)), OURS, id="state"),
    pytest.param(known(Claim(OURS.ref, Evidence.JOURNAL, ADDRESS)), OURS, id="journal"),
    pytest.param(known(marks=frozenset({"ci-7"})), MARKED, id="mark"),
]


@pytest.mark.parametrize(("case_", "ours"), SOURCES)
def test_a_twin_is_not_ours_beside_ours_whatever_proves_ours(case_, ours):
    assert verdict(ours, case_, ours, TWIN).ours
    assert verdict(TWIN, case_, ours, TWIN).denial is Denial.AMBIGUOUS


@pytest.mark.parametrize(("case_", "ours"), SOURCES)
def test_a_twin_does_not_become_ours_by_the_leaving_of_ours(case_, ours):
    """Each round of a run looks again: what it has deleted is not to be found a second time under its name."""
    first = world(ours, TWIN)
    later = remember(case_, make(case_, first, judge(case_, first)))
    assert verdict(TWIN, later, TWIN).denial is Denial.AMBIGUOUS


@pytest.mark.parametrize("gone", [True, False], ids=["seen gone", "its answer was lost"])
def test_nor_in_the_run_that_goes_on_where_one_was_killed(gone):
    """The journal says what the name stood for, also of what has left it."""
    written = [
        journal.run_begin(command="destroy", workspace="w", scopes=[HOME], since=SINCE),
        journal.planned(OURS.ref, evidence=[Evidence.NAME], address=ADDRESS, name="ci-7-net"),
        *([journal.gone(OURS.ref)] if gone else []),
    ]
    found = recall({"v": 1, "at": SINCE, **entry} for entry in written)
    claims = [Claim(one, Evidence.JOURNAL, said.address, said.name) for one, said in found.ours.items()]
    assert verdict(TWIN, known(*claims, spent=found.spent), TWIN).denial is Denial.AMBIGUOUS


def test_what_an_apply_makes_anew_at_that_address_is_proved_by_its_name():
    """Gone once, and begun again by an apply of ours: the name stands for the new one."""
    written = [
        journal.run_begin(command="destroy", workspace="w", scopes=[HOME], since=SINCE),
        journal.planned(OURS.ref, evidence=[Evidence.NAME], address=ADDRESS, name="ci-7-net"),
        journal.gone(OURS.ref),
        journal.applying(Path("/x/log.apply.jsonl"), whole=True),
        journal.creating(ADDRESS),
    ]
    found = recall({"v": 1, "at": SINCE, **entry} for entry in written)
    anew = known(spent=found.spent, in_flight=found.in_flight)
    assert verdict(TWIN, anew, TWIN).evidence == (Evidence.NAME,)


def test_what_would_carry_the_mark_since_its_making_is_not_what_lacks_it():
    marked = known(declared={"marks": frozenset({"ci-7"})})
    assert TWIN.ref not in judge(marked, world(TWIN))


def test_of_two_twins_the_one_on_our_network_is_ours_and_the_other_one_is_not():
    """What it hangs on settles what its name leaves open; the plan says so before anything is deleted."""
    network = a("network", "n", name="ci-7-net")
    ours, twin = (a("subnet", i, name="ci-7-sub", network_id=n, created_at=LATER) for i, n in (("o", "n"), ("t", "x")))
    of, on = "openstack_networking_subnet_v2", (("network_id", "openstack_x_v2.n"),)
    instance = Declared(f"{of}.s", of, "ci-7-sub", run_bound=True, refers=on)
    among = case(in_state(network), instances=(instance,), names_prove=True, since=SINCE)
    assert verdict(ours, among, network, ours, twin).evidence == (Evidence.ATTACHED,)
    assert verdict(twin, among, network, ours, twin).denial is Denial.AMBIGUOUS


def test_what_the_scan_denied_stays_denied_when_it_holds_something():
    """A holder is judged when a refusal names it; what the plan calls kept is not ours by then."""
    network, subnet = a("network", "n"), a("subnet", "s", name="web", network_id="n")
    seen, among = world(network, subnet), case(in_state(network))
    why = Verdict(subnet.ref, denial=Denial.AMBIGUOUS, why="one of two")
    verdicts = {**judge(among, seen), subnet.ref: why}
    looked = Looked(among, seen, verdicts, make(among, seen, verdicts))
    assert judge_of(looked)(subnet) == why


def test_a_foreign_health_monitor_does_not_go_along_with_our_pool():
    pool = a("pool", "p", healthmonitor_id="m", loadbalancers=[{"id": "lb"}])
    monitor = a("health_monitor", "m", pools=[{"id": "p"}])
    among, seen = case(in_state(pool)), world(pool, monitor)
    assert [h.id for h in make(among, seen, judge(among, seen)).held[pool.ref]] == ["m"]
    both = case([*in_state(pool), *in_state(monitor)])
    assert ref("pool", "p") not in make(both, seen, judge(both, seen)).held


def test_of_two_children_of_one_name_on_our_networks_nobody_can_say_which_one_was_declared():
    """Somebody else's subnet on a network of ours, called like the one that the configuration declares on another."""
    networks = [a("network", i, tags=["janitor:run=ci-7"]) for i in ("n", "m")]
    ours, theirs = (a("subnet", i, name="ci-7-sub", network_id=i, created_at=LATER) for i in ("n", "m"))
    of, on = "openstack_networking_subnet_v2", (("network_id", f"{TYPE}.n"),)
    instance = Declared(f"{of}.s", of, "ci-7-sub", run_bound=True, refers=on)
    among = case(marks=frozenset({"ci-7"}), instances=(instance,), names_prove=True, since=SINCE)
    assert not verdict(theirs, among, *networks, ours, theirs).ours
    assert verdict(ours, among, *networks, ours).ours
    later = remember(among, make(among, world(*networks, ours), judge(among, world(*networks, ours))))
    assert theirs.ref not in {ref for ref, v in judge(later, world(*networks, theirs)).items() if v.ours}


@pytest.mark.parametrize(("made", "told"), [(NOW, False), (LATER, True)], ids=["before it went", "since it went"])
def test_what_the_journal_saw_go_is_looked_for_only_where_something_new_could_be_it(made, told):
    """A floating IP has neither name nor mark; the one of a killed run is gone, and the neighbours' are not it."""
    of = "openstack_networking_floatingip_v2"
    went = {ref("floating_ip", "ours"): Spent(f"{of}.a", "", (SINCE or 0) + 60)}
    among = case(instances=(Declared(f"{of}.a", of),), names_prove=True, spent=went)
    seen = world(a("floating_ip", "theirs", created_at=made))
    assert bool(make(among, seen, judge(among, seen)).unproved) is told


@pytest.mark.parametrize(
    ("more", "ours"),
    [({}, True), ({"name": "reserved"}, False), ({"created_at": EARLIER}, False)],
    ids=["made by Nova", "it has a name", "older than the server"],
)
def test_a_port_that_nova_was_only_given_is_not_ours_by_its_server(more, ours):
    server = a("server", "s", created=NOW)
    given = a("port", "p", network_id="borrowed", device_owner="compute:nova", device_id="s", **more)
    found = judge(case(in_state(server)), world(server, given)).get(given.ref)
    assert (found is not None and found.ours) is ours
