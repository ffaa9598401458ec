"""What a sweep selects: exactly what carries the identity that was asked for, and nothing for its age."""

from __future__ import annotations

import re

import pytest
from builders import EARLIER, LATER, NOW, a, world
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from janitor.core.case import Case, Claim, claims_by_ref
from janitor.core.catalogue.reading import epoch
from janitor.core.model import Denial, Evidence
from janitor.core.ownership import judge
from janitor.core.producers import PRODUCERS
from janitor.core.selection import Selection, changed, identity

CLUSTER = "ci-4711"
OTHER = "ci-47110"


def selected(selection: Selection, *objects: object) -> set[str]:
    return {ref.id for ref in selection.selected(world(*objects))}  # type: ignore[arg-type]


def verdicts(selection: Selection, *objects: object):
    seen = world(*objects)  # type: ignore[arg-type]
    return judge(selection.applied(Case(kinds=selection.kinds()), seen), seen)


def test_a_name_is_exact():
    nets = [a("network", "n1", name="ci-7"), a("network", "n2", name="ci-77"), a("network", "n3", name="x-ci-7")]
    assert selected(Selection(names=frozenset({"ci-7"})), *nets) == {"n1"}


@pytest.mark.parametrize(
    ("tag", "found"),
    [(("team", "ci"), {"tagged", "volume"}), (("team", None), {"bare", "volume"}), (("team", "prod"), set())],
)
def test_a_tag_is_a_tag_or_metadata(tag, found):
    things = [
        a("network", "tagged", tags=["team=ci"]),
        a("network", "bare", tags=["team"]),
        a("volume", "volume", metadata={"team": "ci"}),
        a("network", "none", name="team"),
    ]
    assert selected(Selection(tags=(tag,)), *things) == found


class TestMarks:
    living = a("network", "living", tags=["janitor:run=4"])
    past = a("network", "past", tags=["janitor:run=3", "janitor:until=1000"])
    part = a("network", "part", tags=["janitor:run=3"])
    longer = a("network", "longer", tags=["janitor:run=5", "janitor:until=1000"])
    longest = a("network", "longest", tags=["janitor:run=5", "janitor:until=9000"])
    plain = a("network", "plain")
    all = (living, past, part, longer, longest, plain)

    def runs(self, **asked):
        return Selection(marks=frozenset({"*"}), **asked).runs(world(*self.all))

    def test_every_mark(self):
        assert self.runs() == {"3", "4", "5"}

    def test_a_living_run_is_never_swept(self):
        assert self.runs(alive=frozenset({"4"})) == {"3", "5"}

    def test_a_run_has_expired_when_its_latest_word_has_passed(self):
        """Objects of the run without a word of their own go with it."""
        assert self.runs(expired=2000.0) == {"3"}
        found = verdicts(Selection(marks=frozenset({"*"}), expired=2000.0), *self.all)
        assert {ref.id for ref, v in found.items() if v.ours} == {"past", "part"}

    def test_a_named_mark_takes_no_other(self):
        assert Selection(marks=frozenset({"3"})).runs(world(*self.all)) == {"3"}


class TestLaterLooks:
    """What the first look decided stays: what says when a run ends is deleted on the way."""

    wanted = Selection(marks=frozenset({"*"}), expired=2000.0)
    net = a("network", "net", tags=["janitor:run=3", "janitor:until=1000"])
    volume = a("volume", "volume", metadata={"janitor-run": "3"})

    def first(self, *objects, **seen):
        return self.wanted.applied(Case(kinds=self.wanted.kinds()), world(*objects, **seen))

    def again(self, case, *objects):
        return self.wanted.applied(case, world(*objects), again=True)

    def test_what_failed_is_still_ours_when_all_that_named_the_end_is_gone(self):
        later = self.again(self.first(self.net, self.volume), self.volume)
        assert judge(later, world(self.volume))[self.volume.ref].ours

    def test_no_run_is_added_that_was_not_asked_about(self):
        new = a("network", "new", tags=["janitor:run=9", "janitor:until=1000"])
        later = self.again(self.first(self.net), new)
        assert new.ref not in judge(later, world(new))

    def test_nothing_has_expired_where_something_was_not_seen(self):
        assert self.first(self.net, unseen={"server": "503"}).marks == frozenset()
        assert self.first(self.net, unseen={"server_group": "503"}).marks == {"3"}, "which carries no mark"

    def test_what_is_given_more_time_meanwhile_is_kept(self):
        case = self.first(self.net)
        longer = a("network", "net", tags=["janitor:run=3", "janitor:until=9000"])
        assert judge(case, world(longer))[longer.ref].denial is Denial.YOUNG


class TestAge:
    wanted = Selection(names=frozenset({"ci-7"}), older_than=epoch(NOW))
    old = a("network", "old", name="ci-7", created_at=EARLIER)
    young = a("network", "young", name="ci-7", created_at=LATER)
    undated = a("server_group", "undated", name="ci-7")
    idle = a("network", "idle", name="somebody's", created_at=EARLIER)

    def test_it_narrows_and_selects_nothing(self):
        found = verdicts(self.wanted, self.old, self.young, self.undated, self.idle)
        assert {ref.id for ref, v in found.items() if v.ours} == {"old"}
        assert {ref.id: v.denial for ref, v in found.items() if not v.ours} == {
            "young": Denial.YOUNG,
            "undated": Denial.YOUNG,
        }

    def test_what_hangs_on_the_old_one_has_to_be_old_too(self):
        new = a("port", "new", network_id="old", device_owner="", created_at=LATER)
        found = verdicts(self.wanted, self.old, new)
        assert found[new.ref].denial is Denial.YOUNG


class TestProducers:
    def test_of_octavia_only_what_a_balancer_left_that_is_gone(self):
        port, balancer = a("port", "p", name="octavia-lb-lb1"), a("load_balancer", "lb1")
        sweep = Selection(producers=(("octavia", "lb1"),))
        assert selected(sweep, port) == {"p"}
        assert selected(sweep, port, balancer) == set()
        assert sweep.selected(world(port, unseen={"load_balancer": "503"})) == {}

    def made(self, producer, *objects, key=CLUSTER):
        return selected(Selection(producers=((producer, key),)), *objects)

    def test_a_key_is_no_prefix(self):
        things = [
            a("load_balancer", "ours", description=f"Kubernetes external service a/web from cluster {CLUSTER}"),
            a("load_balancer", "theirs", description=f"Kubernetes external service a/web from cluster {OTHER}"),
            a("floating_ip", "ip", description=f"Floating IP for Kubernetes external service a from cluster {CLUSTER}"),
            a("security_group", "sg", description=f"Security Group for a/b Service LoadBalancer in cluster {CLUSTER}"),
        ]
        assert self.made("occm", *things) == {"ours", "ip", "sg"}

    def test_a_key_is_no_pattern(self):
        net = a("network", "n", name="shoot--a--bXc")
        assert self.made("gardener", net, key="shoot--a--b.c") == set()

    def test_harvesters_nameless_volume_is_known_by_the_snapshot_it_was_made_from(self):
        snapshot = a("volume_snapshot", "snap", name="import-controller-vm1-0", volume_id="data")
        source = a("volume", "data", name="")  # the machine's own disk, as Nova makes it
        theirs = a("volume_snapshot", "other", name="import-controller-vm10-0", volume_id="data")
        volume = a("volume", "v", name="", snapshot_id="snap")
        named = a("volume", "named", name="mine", snapshot_id="snap")
        foreign = a("volume", "f", name="", snapshot_id="other")
        image = a("image", "img", name="import-controller-vm1-0")
        assert self.made("harvester", source, snapshot, theirs, volume, named, foreign, image, key="vm1") == {
            "snap",
            "v",
            "img",
        }

    def test_capos_machine_is_known_by_its_port_and_its_root_volume_by_the_machine(self):
        said = f"Created by cluster-api-provider-openstack cluster {CLUSTER}"
        port = a("port", "p", description=said, device_owner="compute:nova", device_id="s")
        attached = [{"id": "root", "delete_on_termination": True}, {"id": "data", "delete_on_termination": False}]
        server = a("server", "s", name="machine", **{"os-extended-volumes:volumes_attached": attached})
        root = a("volume", "root", name="machine-root", attachments=[{"server_id": "s"}])
        data = a("volume", "data", name="pvc-1", attachments=[{"server_id": "s"}])
        foreign = a("server", "other", name="theirs")
        assert self.made("capo", port, server, root, data, foreign) == {"p", "s", "root"}

    def test_csi_by_metadata(self):
        mine = a("volume", "v", name="pvc-1", metadata={"cinder.csi.openstack.org/cluster": CLUSTER})
        theirs = a("volume", "w", name="pvc-2", metadata={"cinder.csi.openstack.org/cluster": OTHER})
        assert self.made("csi", mine, theirs) == {"v"}

    def test_a_marked_living_run_is_left_alone_whoever_made_it(self):
        net = a("network", "n", name="ci-7", tags=["janitor:run=7"])
        assert selected(Selection(names=frozenset({"ci-7"}), alive=frozenset({"7"})), net) == set()

    @pytest.mark.parametrize("producer", PRODUCERS)
    def test_every_pattern_needs_its_key(self, producer):
        """A trace without the key would select what others made, unless it hangs on one that has it."""
        for trace in PRODUCERS[producer]:
            assert "{key}" in trace.pattern or trace.of, trace

    @pytest.mark.parametrize(
        ("key", "other"),
        [
            ("ci-4711", "ci-47110"),
            ("b.c", "a.b.c"),
            ("b-c", "a-b-c"),
            ("a", "a-b"),
            ("a", "a.c"),
            ("a-b", "a.b"),
            ("prod", "prod-k8s-2"),
            ("prod", "prod-bastion"),
            ("7", "ci-7"),
        ],
    )
    @pytest.mark.parametrize("producer", PRODUCERS)
    @examples(3)
    @given(data=st.data())
    def test_what_was_made_for_another_key_never_fits(self, producer, key, other, data):
        """Keys of which one is the other's beginning or end are what a pattern can get wrong."""
        for trace in PRODUCERS[producer]:
            if trace.of:
                continue
            pattern = re.compile(trace.pattern.replace("{key}", re.escape(other)))
            text = data.draw(st.from_regex(pattern, fullmatch=True))
            kind = trace.kinds[0]
            body = {trace.field: text} if trace.field in {"name", "description"} else {"tags": [text]}
            if trace.field.startswith("metadata:"):
                body = {"metadata": {trace.field.removeprefix("metadata:"): text}}
            made = a(kind, "x", **body)
            assert trace.fits(made, other)
            assert not trace.fits(made, key), f"{trace} takes {text!r}, made for {other}, as made for {key}"

    def test_gardeners_machine_needs_a_port_on_the_shoots_own_network(self):
        net = a("network", "n", name="shoot--p--a")
        port = a("port", "p", network_id="n", device_owner="compute:nova", device_id="s")
        server = a("server", "s", name="shoot--p--a-worker-x")
        neighbour = a("server", "t", name="shoot--p--a-b-worker-x")
        theirs = a("port", "q", network_id="m", device_owner="compute:nova", device_id="t")
        assert self.made("gardener", net, port, server, neighbour, theirs, key="shoot--p--a") == {"n", "s"}


def test_what_is_selected_is_judged_like_everything_else():
    shared = a("network", "n1", name="ci-7", shared=True)
    kept = a("network", "n2", name="ci-7", tags=["janitor:keep"])
    marked = a("network", "n3", name="ci-7", tags=["janitor:run=another"])
    found = verdicts(Selection(names=frozenset({"ci-7"})), shared, kept, marked)
    assert {ref.id: (verdict.ours, verdict.denial) for ref, verdict in found.items()} == {
        "n1": (False, Denial.SHARED),
        "n2": (False, Denial.PROTECTED),
        "n3": (False, Denial.FOREIGN),
    }


class TestSavedPlans:
    net = a("network", "n", name="ci-7")
    plan = Selection(only={net.ref: identity(net)})

    def test_the_same_object_goes(self):
        assert verdicts(self.plan, self.net)[self.net.ref].ours

    @pytest.mark.parametrize("changed", [{"name": "theirs"}, {"tags": ["keep-me"]}, {"created_at": LATER}])
    def test_what_was_changed_or_made_anew_is_another_one(self, changed):
        other = a("network", "n", **{"name": "ci-7", **changed})
        assert not any(verdict.ours for verdict in verdicts(self.plan, other).values())

    def test_what_was_taken_off_to_be_kept_is_another_one(self):
        """A volume that Nova would have deleted along was planned for that alone."""
        on = a("volume", "v", attachments=[{"server_id": "s", "attachment_id": "x"}])
        off = a("volume", "v")
        assert not any(v.ours for v in verdicts(Selection(only={on.ref: identity(on)}), off).values())

    def test_what_was_found_the_same_once_stays_so_while_its_links_go(self):
        on = a("volume", "v", attachments=[{"server_id": "s", "attachment_id": "x"}])
        plan = Selection(only={on.ref: identity(on)})
        case = plan.applied(Case(kinds=plan.kinds()), world(on))
        off = a("volume", "v")
        later = plan.applied(case, world(off), again=True)
        assert judge(later, world(off))[off.ref].ours

    def test_a_key_pair_of_another_print_is_another_one(self):
        old, new = (a("keypair", "k", name="k", fingerprint=made) for made in ("aa", "bb"))
        found = verdicts(Selection(only={old.ref: identity(old)}), new)
        assert not any(verdict.ours for verdict in found.values())

    def test_a_listing_that_tells_less_than_the_object_itself_is_of_the_same_one(self):
        """Nova lists key pairs without their owner and their time."""
        listed = a("keypair", "k", name="k", fingerprint="aa", created_at=None)
        assert not changed(listed, a("keypair", "k", name="k", fingerprint="aa", user_id="u", created_at=NOW))
        assert changed(listed, a("keypair", "k", name="k", fingerprint="bb", user_id="u", created_at=NOW))
        assert changed(a("keypair", "k", name="k", user_id="u"), a("keypair", "k", name="k", user_id="v"))
        assert changed(a("network", "n", tags=["x"]), a("network", "n"))

    def test_nothing_that_hangs_on_it_goes_unless_it_was_saved(self):
        port = a("port", "p", network_id="n", device_owner="")
        assert {ref.id for ref, v in verdicts(self.plan, self.net, port).items() if v.ours} == {"n"}


def test_what_a_run_knew_by_a_mark_is_not_its_own_without_it():
    """What was planned is remembered; the mark is not."""
    net = a("network", "n", tags=["janitor:run=7"])
    known = Claim(net.ref, Evidence.JOURNAL, stood_on=(Evidence.MARK,))
    for tags, ours in ((["janitor:run=7"], True), ([], False)):
        seen = world(a("network", "n", tags=tags))
        verdict = judge(Case(claims=claims_by_ref([known]), marks=frozenset({"7"})), seen)[net.ref]
        assert verdict.ours is ours


@pytest.mark.parametrize(
    ("tags", "selected", "ours"), [(["janitor:run=7"], False, True), ([], True, True), ([], False, False)]
)
def test_what_a_run_knew_by_two_things_is_its_own_while_one_of_them_stands(tags, selected, ours):
    net = a("network", "n", tags=tags)
    known = Claim(net.ref, Evidence.JOURNAL, stood_on=(Evidence.MARK, Evidence.SELECTED))
    chosen = {net.ref: "selected"} if selected else {}
    verdict = judge(Case(claims=claims_by_ref([known]), marks=frozenset({"7"}), selected=chosen), world(net))[net.ref]
    assert verdict.ours is ours


def test_ports_follow_the_selected_network():
    net = a("network", "n", name="ci-7")
    port = a("port", "p", network_id="n", device_owner="")
    found = verdicts(Selection(names=frozenset({"ci-7"})), net, port)
    assert found[port.ref].evidence == (Evidence.ATTACHED,)
    assert found[net.ref].why == "has the name ci-7"
