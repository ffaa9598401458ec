"""A name that a program tells while terraform plans: the program runs where a plan is allowed, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import programs
import pytest
from stage import Stage

from ground.cloud import Project

pytestmark = pytest.mark.scenario

STACKS = Path(__file__).parent / "stacks"
PROGRAM = """#!/bin/sh
echo asked >> "$ASKED"
echo '{"suffix": "told"}'
"""
NETWORK = """
resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-${data.program_output.this.result.suffix}"
}
"""


@pytest.fixture
def stage(project: Project, tofu: str, tmp_path: Path) -> Stage:
    """The state is lost; the network is there, and another one whose name has the same beginning."""
    root = tmp_path / "root"
    root.mkdir()
    text = (STACKS / "terraform.tf").read_text(encoding="utf-8")
    asked = text.replace("  required_providers {\n", f"  required_providers {{\n{programs.ASKED_FOR}")
    program = root / "tell"
    program.write_text(PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    (root / "main.tf").write_text(asked + programs.output_of(str(program)) + NETWORK, encoding="utf-8")
    more = {"ASKED": str(tmp_path / "asked"), **programs.environment(tmp_path)}
    made = Stage(root, tofu, project, variables={"name": project.name}, more=more)
    made.terraform("init", "-input=false")
    for name in "told", "elsewhere":
        made.connection().network.create_network(name=f"{project.name}-{name}")
    return made


def test_it_runs_where_a_plan_is_allowed_and_nowhere_else(stage: Stage, tmp_path: Path) -> None:
    asked, there = tmp_path / "asked", stage.look()
    for words in ["lint"], ["graph", "--offline"], ["plan", "--evaluate", "static", "--since", stage.since]:
        stage.janitor(*words)
        assert not asked.exists(), words
    told = stage.destroy("--evaluate", "static", "--since", stage.since)
    assert told.code == 4, told.text
    (row,) = told.objects(outcome="unverified", kind="network")
    assert len(row["holders"]) == 2, "either of them may have that name"
    assert (stage.look(), asked.exists()) == (there, False)

    ended = stage.destroy("--evaluate", "binary", "--since", stage.since)
    assert ended.code == 0, ended.text
    assert asked.exists()
    assert [seen.name for seen in stage.look().values()] == [f"{stage.project.name}-elsewhere"]
