"""`janitor apply` as it is called, as far as it needs neither cloud nor terraform."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Janitor = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "main.tf").write_text('resource "openstack_x_v2" "x" {}\n', encoding="utf-8")
    return tmp_path


def test_it_wants_a_yes_where_nobody_can_be_asked(root: Path, janitor: Janitor) -> None:
    said = janitor("apply", "-C", str(root))
    assert (said.code, said.out) == (2, "")
    assert said.err == "janitor: There is no terminal to ask on: add --yes.\n"


def test_without_a_binary_it_is_refused(root: Path, janitor: Janitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    said = janitor("apply", "-y", "-C", str(root))
    assert said.code == 3
    assert "Neither tofu nor terraform is on PATH" in said.err
    assert not (root / ".janitor").exists()


def test_a_report_that_cannot_be_written_is_told_before(root: Path, janitor: Janitor) -> None:
    said = janitor("apply", "-y", "-C", str(root), "--report", "json=/nowhere/r.json")
    assert (said.code, "/nowhere does not exist" in said.err) == (2, True)


def test_its_help_has_an_example(janitor: Janitor) -> None:
    said = janitor("apply", "--help")
    assert said.code == 0
    assert "janitor apply --workspace ci-4711 --yes" in said.out
    assert "--dry-run" not in said.out
