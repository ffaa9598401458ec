"""The module of the marks, by both binaries: what it gives is what janitor reads, in every form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from roots import MakeRoot, run

from ground.venv import ROOT
from janitor.core.marks import runs_in, tokens

MODULE = ROOT / "terraform" / "modules" / "marks"
MAIN = """
module "marks" {
  source = "./marks"
  run    = "ci-4711"
  until  = 1999999999
}
output "all" {
  value = module.marks
}
"""


def files(text: str = MAIN) -> dict[str, str]:
    module = {f"marks/{path.name}": path.read_text(encoding="utf-8") for path in MODULE.glob("*.tf")}
    return {"main.tf": text, **module}


def test_each_form_is_read_as_the_runs_mark(make_root: MakeRoot, binary: str) -> None:
    root = make_root(files(), binary=binary)
    for words in (["init", "-input=false"], ["apply", "-auto-approve", "-input=false"]):
        done = run(root, *words)
        assert done.returncode == 0, done.stdout + done.stderr
    given = json.loads(run(root, "output", "-json", "all").stdout)
    assert runs_in(tags=given["tags"]) == {"ci-4711"}
    assert runs_in(metadata=given["metadata"]) == {"ci-4711"}
    assert runs_in(description=given["description"]) == {"ci-4711"}
    assert runs_in(description=f"made by hand, {given['description']}") == {"ci-4711"}
    assert "until=1999999999" in tokens([*given["tags"]]) & tokens([given["description"]])
    assert given["metadata"]["janitor-until"] == "1999999999"
    assert given["name_prefix"] == "ci-4711-"


@pytest.mark.parametrize("name", ["", "two words", "x" * 49, "a/b", "$$" + "{x}"])
def test_a_name_that_no_mark_can_carry_is_refused(make_root: MakeRoot, binary: str, name: str) -> None:
    root = make_root(files(MAIN.replace("ci-4711", name)), binary=binary)
    assert run(root, "init", "-input=false").returncode == 0
    refused = run(root, "plan", "-input=false", "-no-color")
    assert refused.returncode == 1
    assert "1 to 48 letters" in refused.stdout + refused.stderr


def test_no_stack_of_a_kind_spells_a_mark_by_itself() -> None:
    """`tests/kinds` makes each kind that can carry a mark with the real provider and this module, and finds it by
    `--mark`.
    """
    stacks = Path(ROOT) / "tests" / "kinds" / "stacks"
    assert 'source = "./marks"' in (stacks / "shared.tf").read_text(encoding="utf-8")
    assert [file.name for file in stacks.rglob("*.tf") if "janitor" in file.read_text(encoding="utf-8")] == []
