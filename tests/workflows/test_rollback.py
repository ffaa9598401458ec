"""Whose an object is that a rollback finds: what an earlier apply began is not removed as this one's."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import HOME

from janitor import journal
from janitor.journal import recall
from janitor.workflows import rollback

ADDRESS, TYPE = "openstack_compute_keypair_v2.key", "openstack_compute_keypair_v2"


def apply(when: float, name: str) -> list[journal.Entry]:
    """What stands in the journal of an apply that was killed while it created the key pair."""
    said = (
        journal.run_begin(command="apply", workspace="w", scopes=[HOME], since=when),
        journal.applying(Path(f"/x/{when}.apply.jsonl"), whole=True),
        journal.intended(ADDRESS, TYPE, name, (), run_bound=True, scope=HOME, within={}),
        journal.creating(ADDRESS),
    )
    return [{"v": 1, "at": when + 0.1 * place, **entry} for place, entry in enumerate(said)]


@pytest.mark.parametrize("earlier", [[], apply(1000, "old")])
def test_begun_is_what_the_last_apply_began_also_at_an_address_that_one_before_it_began(earlier: list[journal.Entry]):
    before, now = recall(earlier), recall([*earlier, *apply(2000, "new")])
    mine = rollback._of_this_apply(before, now)
    assert mine.in_flight == {ADDRESS: pytest.approx(2000.3)}
    assert {mine.intended[label].name for label in mine.in_flight} == {"new"}


def test_what_only_an_earlier_apply_began_is_not_this_ones() -> None:
    earlier = apply(1000, "old")
    now = recall([*earlier, *apply(2000, "new")[:2]])
    assert rollback._of_this_apply(recall(earlier), now).in_flight == {}
