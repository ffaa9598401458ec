"""The small evaluator, held against what plans of both binaries said of the same modules."""

from pathlib import Path

import pytest
from modules import NAMES, copied, named, recorded

from janitor.terraform.evaluate import evaluate


@pytest.mark.parametrize("binary", ["tofu", "terraform"])
@pytest.mark.parametrize("name", NAMES)
def test_it_agrees_with_the_plan_wherever_it_claims_to_know(tmp_path: Path, name: str, binary: str) -> None:
    """The file only lends its name: it is not started."""
    (tmp_path / binary).touch(0o755)
    root = copied(name, tmp_path, binary=str(tmp_path / binary))
    static = evaluate(root, how="static")
    said = recorded(name, binary)
    assert (static.evaluator, static.problems) == ("static", ())
    names = named(static, root)
    assert {address: names.get(address, "is not there") for address in said["known"]} == said["known"]
    others = {address: text for address, text in names.items() if address not in said["known"]}
    assert set(others.values()) <= {None}
    resources = {address.partition("[")[0] for address in said["holes"]}
    assert {address.partition("[")[0] for address in others} <= resources
    unknown = any(text is None for address, text in said["known"].items() if address not in {"none", "of_an_unnamed"})
    assert static.complete is not bool(said["holes"] or unknown), "it says so where something is missing"


def test_every_construct_has_a_module() -> None:
    """At least one of them; `planned` files are there for both binaries."""
    assert len(NAMES) >= 12
    assert all(recorded(name, binary)["known"] for name in NAMES for binary in ("tofu", "terraform"))
