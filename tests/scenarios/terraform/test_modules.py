"""The modules by a plan of each binary: the names that the small evaluator is held against, and nothing touched."""

import os
from pathlib import Path

import pytest
from modules import NAMES, copied, named, record, recorded
from roots import tree
from ways import found

from janitor.terraform.evaluate import evaluate

DIFFERENT = ("flavours", "lifecycles")
"""What the two binaries read differently; the other modules are planned by the second one where all is asked for."""


@pytest.mark.parametrize(
    ("name", "binary"),
    [
        *((name, "tofu") for name in NAMES),
        *(pytest.param(name, "terraform", marks=() if name in DIFFERENT else pytest.mark.thorough) for name in NAMES),
    ],
    indirect=["binary"],
)
def test_a_plan_says_what_is_recorded_and_touches_nothing(tmp_path: Path, name: str, binary: str) -> None:
    root = copied(name, tmp_path, binary=found(binary))
    before = tree(tmp_path)
    by_plan = evaluate(root, how="binary")
    if any("init failed" in problem for problem in by_plan.problems):
        pytest.skip("missing: the provider terraform-provider-openstack/openstack")
    assert (by_plan.evaluator, by_plan.problems) == ("plan", ())
    static = evaluate(root, how="static")
    assert tree(tmp_path) == before
    if os.environ.get("JANITOR_EXPECT"):
        record(name, binary, named(by_plan, root), named(static, root))
    said = recorded(name, binary)
    assert named(by_plan, root) == {**said["known"], **said["holes"]}
    other = {one.address: one for one in static.instances if one.name is not None}
    for one in by_plan.instances:
        if one.address in other:
            known = other[one.address]
            assert (one.run_bound, one.marks, one.refers, one.protected) == (
                known.run_bound,
                known.marks,
                known.refers,
                known.protected,
            ), one.address
