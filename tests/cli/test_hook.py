"""The hook for pre-commit: its entry stops a commit that could not be found again, and no other."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
NETWORK = 'resource "openstack_networking_network_v2" "net" {{\n  name = "{name}"\n}}\nvariable "run" {{}}\n'


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [("ci-${var.run}", 0, ""), ("net", 1, "main.tf:1: openstack_networking_network_v2.net")],
    ids=["findable", "not findable"],
)
def test_its_entry_stops_what_could_not_be_found_again(
    janitor: Callable[..., Any], tmp_path: Path, name: str, code: int, said: str
) -> None:
    """pre-commit calls it at the repository's top, with the caller's `args` and without names of files."""
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "main.tf").write_text(NETWORK.format(name=name), encoding="utf-8")
    program, *words = shlex.split(HOOK["entry"])
    done = janitor(*words, "--chdir", "infra")
    assert (program, done.code) == ("janitor", code)
    assert said in done.out
    assert (HOOK["pass_filenames"], HOOK["language"]) == (False, "python")


@pytest.mark.parametrize("path", ["main.tf", "modules/net/main.tf", "a.tf.json", "ci.auto.tfvars", "x.tfvars.json"])
def test_it_runs_for_what_terraform_reads(path: str) -> None:
    assert re.search(HOOK["files"], path)
    assert not re.search(HOOK["files"], path + ".md")
