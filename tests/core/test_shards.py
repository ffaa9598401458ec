"""The shares of a sweep: together the whole, nothing twice, even, and stable."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from janitor.core.shards import Shard, share_of

PROJECTS = [f"project-{number}" for number in range(10_000)]


@given(st.lists(st.text(), unique=True), st.integers(1, 20))
def test_every_key_has_exactly_one_share(keys, total):
    for key in keys:
        assert sum(Shard(index, total).has("cloud", key) for index in range(1, total + 1)) == 1


def test_ten_thousand_projects_over_a_hundred_shares_are_even():
    sizes = Counter(share_of(100, "cloud", project) for project in PROJECTS)
    assert len(sizes) == 100
    assert 60 < min(sizes.values()) <= max(sizes.values()) < 140


def test_a_share_does_not_change_with_the_list_or_the_process():
    found = [project for project in PROJECTS[:20] if Shard(2, 4).has("cloud", project)]
    assert found == ["project-8", "project-11", "project-16", "project-17", "project-19"]
