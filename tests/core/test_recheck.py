"""Judged twice: the verdict on an object as it is read right before its delete is never weaker than the first one."""

from __future__ import annotations

import pytest
from builders import LATER, NOW, a, case, in_state, world

from janitor.core.case import Claim
from janitor.core.model import Denial, Evidence
from janitor.core.ownership import judge, recheck, surroundings


def check(was, now, known=None, *others):
    known = known or case(in_state(was))
    seen = world(was, *others)
    verdicts = judge(known, seen)
    return recheck(verdicts[was.ref], was, now, surroundings(known, seen, verdicts))


def test_the_same_object_stays_ours():
    server = a("server", "s")
    assert check(server, server).ours


def test_a_keep_mark_set_meanwhile_saves_it():
    was = a("server", "s")
    assert not check(was, a("server", "s", metadata={"janitor-keep": "true"})).ours


def test_a_new_object_under_an_old_name_is_not_ours():
    was = a("keypair", "", name="ci", created_at=NOW)
    assert check(was, a("keypair", "", name="ci", created_at=LATER)).denial is Denial.FOREIGN


def test_a_port_that_a_foreign_server_took_meanwhile():
    was, server = a("port", "p", network_id="n"), a("server", "t")
    now = a("port", "p", network_id="n", device_owner="compute:nova", device_id="t")
    assert check(was, now, None, server).denial is Denial.FOREIGN


def test_a_mark_that_was_taken_off():
    was = a("network", "n", tags=["janitor:run=r"])
    assert not check(was, a("network", "n"), case(marks=frozenset({"r"}))).ours


def test_a_mark_that_was_taken_off_what_this_run_remembers():
    """In its second round a run knows what it planned in the first one, by what it knew it by then."""
    was = a("network", "n", tags=["janitor:run=r"])
    known = case([Claim(was.ref, Evidence.JOURNAL, stood_on=(Evidence.MARK,))], marks=frozenset({"r"}))
    lost = check(was, a("network", "n"), known)
    assert (lost.ours, lost.why) == (False, "lost the run's mark meanwhile")
    assert check(was, was, known).ours


@pytest.mark.parametrize(
    ("now", "ours"),
    [
        (a("network", "n", name="other", tags=["janitor:run=r"]), True),  # the mark stands
        (a("network", "n", name="other"), False),
    ],
)
def test_what_was_selected_and_marked_is_ours_while_one_of_them_stands(now, ours):
    was = a("network", "n", name="ci", tags=["janitor:run=r"])
    known = case(marks=frozenset({"r"}), selected={was.ref: "has the name ci"})
    assert check(was, now, known).ours is ours


def test_a_mark_that_was_taken_off_what_the_state_knows():
    was = a("network", "n", tags=["janitor:run=r"])
    assert check(was, a("network", "n"), case(in_state(was), marks=frozenset({"r"}))).ours
