"""`janitor check` as a user calls it: what it refuses, and that a refusal has its report, too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from documents import run_document

Janitor = Callable[..., Any]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root module, and nobody's credentials."""
    (tmp_path / "main.tf").write_text('resource "openstack_networking_network_v2" "n" { name = "n" }\n')
    return tmp_path


def test_without_credentials_it_is_refused_with_a_report(
    janitor: Janitor, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(root / "nothing.yaml"))
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("PATH", "")
    done = janitor("check", "--format", "json", "--report", f"junit={root / 'check.xml'}")
    assert done.code == 3
    told = run_document(done.out)
    assert (told["verdict"], told["findings"]) == ("refused", [])
    assert told["notes"][0] in done.err
    assert "refused" in (root / "check.xml").read_text(encoding="utf-8")


def test_to_clean_it_needs_somebody_to_ask(janitor: Janitor, root: Path) -> None:
    done = janitor("check", "--clean")
    assert (done.code, done.out) == (2, "")
    assert "add --yes, or leave --clean out to look first" in done.err, "it has no --dry-run"


@pytest.mark.parametrize("words", [("--format", "html"), ("--report", "html=page.html")])
def test_it_has_no_page(janitor: Janitor, root: Path, words: tuple[str, ...]) -> None:
    done = janitor("check", *words)
    assert (done.code, "janitor check has no html report" in done.err) == (2, True)


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_format_that_is_set_for_every_command_and_that_it_lacks_leaves_it_text(
    janitor: Janitor, root: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(root / "nothing.yaml"))
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("PATH", "")
    if where == "environment":
        monkeypatch.setenv("JANITOR_FORMAT", "html")
    else:
        (root / "tf-janitor.toml").write_text('format = "html"\n')
    done = janitor("check")
    assert (done.code, done.out) == (3, "")
    assert "html" not in done.err


def test_its_schema_can_be_had(janitor: Janitor) -> None:
    assert json.loads(janitor("check", "--schema").out)["properties"]["command"] == {"const": "check"}
