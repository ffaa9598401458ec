"""`janitor lint` as it is called: what it reads, where it points, how it exits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Janitor = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
SMALL = str(ROOT / "terraform" / "examples" / "small")

MAIN = """
variable "run" { type = string }
variable "size" { default = 1 }

module "marks" {
  source = "./marks"
  run    = var.run
}

resource "openstack_networking_network_v2" "good" {
  name        = "${var.run}-net"
  description = module.marks.description
}

resource "openstack_networking_network_v2" "bad" {
  name = "fixed"
}

resource "openstack_compute_servergroup_v2" "group" {
  name = "${var.run}-group"
}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text(MAIN, encoding="utf-8")
    (tmp_path / "marks").mkdir()
    marks = (ROOT / "terraform" / "modules" / "marks" / "main.tf").read_text(encoding="utf-8")
    (tmp_path / "marks" / "main.tf").write_text(marks, encoding="utf-8")
    return tmp_path


def test_it_names_the_line_and_what_would_help(root: Path, janitor: Janitor) -> None:
    said = janitor("lint", "-q", "-C", str(root))
    assert said.code == 0
    out = said.out
    assert "main.tf:15: openstack_networking_network_v2.bad: no-mark" in out
    assert "change: description = module.marks.description" in out
    assert "main.tf:19: openstack_compute_servergroup_v2.group: no-time" in out
    assert ".good" not in out, "a variable without a default is given by every run"


def test_the_marks_of_an_example_are_seen_once_the_run_is_told(janitor: Janitor) -> None:
    """They stand behind a condition: without a run nothing there is marked."""
    told = janitor("lint", "-q", "-C", SMALL, "--var", "run=ci-1").out
    assert re.findall(r"^\S+ (\S+):", told, re.MULTILINE) == ["openstack_compute_keypair_v2.key"]
    assert "network_v2.net: no-mark" in janitor("lint", "-q", "-C", SMALL).out


def test_strict_makes_findings_a_failure(root: Path, janitor: Janitor) -> None:
    assert janitor("lint", "-q", "--strict", "-C", str(root)).code == 1
    good = ("-C", SMALL, "--var", "run=ci-1", "--var", "name=ci-1")
    assert janitor("lint", "-q", "--strict", *good).code == 0


def test_sarif_goes_to_stdout_and_nothing_else_does(root: Path, janitor: Janitor) -> None:
    document = json.loads(janitor("lint", "-q", "-C", str(root), "--format", "sarif").out)
    assert [result["ruleId"] for result in document["runs"][0]["results"]] == ["no-time", "no-mark"]


def test_what_it_cannot_render_is_a_usage_error(root: Path, janitor: Janitor) -> None:
    said = janitor("lint", "-C", str(root), "--format", "junit")
    assert said.code == 2
    assert "text, json, sarif" in said.err


def test_a_folder_without_a_configuration_is_refused(tmp_path: Path, janitor: Janitor) -> None:
    assert janitor("lint", "-C", str(tmp_path)).code == 3


def test_what_could_not_be_read_is_said(root: Path, janitor: Janitor) -> None:
    (root / "torn.tf").write_text('resource "a" {', encoding="utf-8")
    assert "torn.tf cannot be parsed" in janitor("lint", "-q", "-C", str(root)).out
