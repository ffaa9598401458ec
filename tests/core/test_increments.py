"""Backups go youngest first, and each holds no more than what stands on it."""

from __future__ import annotations

from builders import EARLIER, LATER, NOW, a, case, in_state, world

from janitor.core import increments
from janitor.core.ownership import judge
from janitor.core.planning import make

EVENING = "2026-11-21T18:00:00Z"


def backup(name: str, at: str, *, full: bool = False, volume: str = "v", depended: bool | None = None):
    more = {} if depended is None else {"has_dependent_backups": depended}
    return a("volume_backup", name, volume_id=volume, created_at=at, is_incremental=not full, **more)


def ids(found):
    return {observed.ref.id for observed in found}


OLD, FIRST = backup("old", EARLIER, full=True), backup("first", NOW)
SECOND, NEW, LAST = backup("second", LATER), backup("new", EVENING, full=True), backup("last", EVENING)
ALL = (LAST, SECOND, OLD, NEW, FIRST)


def test_an_increment_stands_on_all_back_to_the_last_full_one():
    assert ids(increments.on(OLD, ALL)) == {"first", "second"}
    assert ids(increments.on(FIRST, ALL)) == {"second"}
    assert ids(increments.on(SECOND, ALL)) == set()


def test_one_of_the_same_second_counts():
    assert ids(increments.on(NEW, ALL)) == {"last"}


def test_nothing_stands_on_what_says_so_and_nothing_of_another_volume_does():
    assert increments.on(backup("old", EARLIER, full=True, depended=False), ALL) == []
    assert increments.on(backup("old", EARLIER, full=True, volume="other"), ALL) == []


def test_a_chain_made_within_one_second_has_no_circle():
    chain = [backup(n, NOW, full=n == "0", depended=n != "3") for n in "0123"]
    assert [ids(increments.on(one, chain)) for one in chain] == [{"3"}, {"3"}, {"3"}, set()]


def test_they_are_planned_youngest_first():
    plan = make(case(in_state(*ALL)), world(*ALL), judge(case(in_state(*ALL)), world(*ALL)))
    order = {(edge.dependent.id, edge.dependency.id) for edge in plan.graph.listed()}
    assert order == {("first", "old"), ("second", "old"), ("second", "first"), ("last", "new")}
