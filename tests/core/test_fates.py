"""Kinds with nothing to do cost nothing and leave the state; an administrator's kinds are Terraform's to delete."""

from __future__ import annotations

import pytest
from builders import HOME, a, case, in_state, ref, world

from janitor.core.case import Claim, object_id, owner, state_claims
from janitor.core.catalogue import KINDS, Fate
from janitor.core.model import Denial, Evidence, Outcome, Resource
from janitor.core.ownership import judge
from janitor.core.planning import make
from janitor.core.proof import Ending, reconcile
from janitor.workflows.cleaning import Looked, refuse_wrong_cloud, relevant_kinds

QUOTA = Claim(ref("compute_quota", "home/RegionOne"), Evidence.STATE, "openstack_compute_quotaset_v2.q")
PROVIDER = "registry.opentofu.org/terraform-provider-openstack/openstack"


def plan_of(known, seen):
    return make(known, seen, judge(known, seen))


def of_fate(fate: Fate) -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.fate is fate]


def test_what_has_nothing_to_do_is_neither_listed_nor_read():
    assert relevant_kinds(case([QUOTA])) == frozenset()
    assert [name for name in of_fate(Fate.NOTHING) if KINDS[name].is_listed or KINDS[name].path] == []


def test_what_has_nothing_to_do_is_absent_with_a_note():
    (row,) = reconcile(plan_of(case([QUOTA]), world()), {}, Ending(world(), plan_of(case([QUOTA]), world())))
    assert (row.outcome, row.address) == (Outcome.ABSENT, QUOTA.address)
    assert row.reason.startswith("nothing to do: ")
    assert "the quota stays" in row.reason


def test_a_state_of_quotas_alone_says_nothing_of_the_cloud():
    known, seen = case([QUOTA]), world()
    refuse_wrong_cloud(Looked(known, seen, {}, plan_of(known, seen)), HOME, met=frozenset())


@pytest.mark.parametrize("name", sorted({*of_fate(Fate.NOTHING), *of_fate(Fate.REFUSED)}))
def test_every_kind_that_is_left_alone_says_why(name: str):
    assert KINDS[name].why


@pytest.mark.parametrize("name", of_fate(Fate.REFUSED))
def test_neither_a_mark_nor_a_name_proves_an_administrators_kind(name: str):
    kind = KINDS[name]
    assert (kind.marks, kind.created_mark, kind.created_field) == ((), (), "")


def test_an_administrators_object_is_kept_and_counts():
    flavor = a("flavor", "f", name="m1.ci")
    known = case(in_state(flavor))
    plan = plan_of(known, world(flavor))
    assert not plan.steps
    (row,) = reconcile(plan, {}, Ending(world(flavor), plan))
    assert (row.outcome, row.counts) == (Outcome.KEPT, True)
    assert "--admin-kinds flavor" in row.reason


def test_it_goes_when_its_kind_is_named_and_only_then():
    flavor = a("flavor", "f")
    assert judge(case(in_state(flavor), admin_kinds=frozenset({"flavor"})), world(flavor))[flavor.ref].ours
    verdict = judge(case(in_state(flavor), admin_kinds=frozenset({"aggregate"})), world(flavor))[flavor.ref]
    assert verdict.denial is Denial.ADMIN


def test_a_stronger_denial_is_not_hidden_by_it():
    """What else forbids its delete forbids it to Terraform, too."""
    flavor = a("flavor", "f")
    known = case(in_state(flavor, protected="skip_destroy is set in the state"))
    assert judge(known, world(flavor))[flavor.ref].denial is Denial.PROTECTED


def test_what_terraform_deleted_is_said_so():
    flavor = a("flavor", "f")
    known = case(in_state(flavor))
    (row,) = reconcile(plan_of(known, world(flavor)), {}, Ending(world(), plan_of(known, world())))
    assert (row.outcome, row.reason) == (Outcome.DELETED, "by terraform")


def test_a_quota_names_the_project_that_it_is_for_and_not_its_owner():
    quota = Resource(
        "openstack_compute_quotaset_v2.q",
        "openstack_compute_quotaset_v2",
        "other/RegionOne",
        provider=PROVIDER,
        attributes={"project_id": "other"},
    )
    volume = Resource(
        "openstack_blockstorage_volume_v3.v",
        "openstack_blockstorage_volume_v3",
        "v",
        provider=PROVIDER,
        attributes={"project_id": "other"},
    )
    assert (owner(quota), owner(volume)) == ("", "other")


def test_a_type_that_janitor_does_not_know_is_nobodys_claim():
    strange = Resource("openstack_new_thing_v9.x", "openstack_new_thing_v9", "x", provider=PROVIDER)
    claims, unknown = state_claims([strange], {strange.label: HOME})
    assert (claims, unknown) == ([], [strange])
    assert object_id(strange) == "x"
