"""The key of every table: equal, hashed and ordered by all that it says, and by nothing else."""

from __future__ import annotations

import pytest
from builders import AWAY, HOME, a, world
from hypothesis import given
from hypothesis import strategies as st

from janitor.core.case import without_index
from janitor.core.model import Ref, Scope

SCOPES = st.builds(Scope, st.sampled_from(["a", "b"]), st.just("r"), st.sampled_from(["p", "q"]), st.text(max_size=1))
REFS = st.builds(Ref, SCOPES, st.sampled_from(["port", "server"]), st.sampled_from(["1", "2", "10"]))


def said(ref: Ref) -> tuple[str, ...]:
    return (ref.scope.cloud, ref.scope.region, ref.scope.project_id, ref.kind, ref.id)


@given(REFS, REFS)
def test_two_refs_are_one_key_when_they_say_the_same(one, other):
    assert (one == other) is (said(one) == said(other))
    assert one != other or hash(one) == hash(other)


@given(st.lists(REFS))
def test_refs_are_sorted_by_what_they_say(refs):
    assert [said(ref) for ref in sorted(refs)] == sorted(said(ref) for ref in refs)


def test_an_index_shows_what_a_search_would():
    rules = [a("security_group_rule", f"r{n}", security_group_id="g", remote_group_id=f"x{n % 2}") for n in range(4)]
    seen = world(*rules, a("server", "s"), a("server", "t", scope=AWAY))
    assert [rule.ref.id for rule in seen.naming("security_group_rule", "remote_group_id", "x1")] == ["r1", "r3"]
    assert seen.naming("security_group_rule", "remote_group_id", "no") == ()
    assert [(o.ref.scope, o.ref.id) for o in seen.of_kind("server")] == [(AWAY, "t"), (HOME, "s")]
    assert seen.of_kind("port") == ()


@pytest.mark.parametrize(
    "address",
    ["x.y", "x.y[0]", 'x.y["a"]', 'x.y["a]"]', 'x.y["a\\"]b"]', 'x.y["[0]"]', "x.y[0] (deposed 00000000)"],
)
@pytest.mark.parametrize("module", ["", "module.m.", "module.m[1].", 'module.m["a.b]"].'])
def test_no_key_is_left_of_an_address(module, address):
    assert without_index(module + address) == ("module.m.x.y" if module else "x.y")
