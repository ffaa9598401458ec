"""`janitor version`: every fact, and what is not there is said to be not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

Janitor = Callable[..., Any]

LOCK = """
provider "registry.opentofu.org/hashicorp/random" {
  version = "3.6.0"
}

provider "registry.opentofu.org/terraform-provider-openstack/openstack" {
  version     = "1.54.1"
  constraints = "~> 1.54"
}
"""
TOFU = """#!/bin/sh
[ "$1" = version ] && echo '{"terraform_version": "1.12.6", "provider_selections": {}}'
"""


@pytest.fixture(autouse=True)
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


def test_without_anything_around_it_says_what_is_missing(janitor: Janitor) -> None:
    done = janitor("version")
    assert done.code == 0
    lines = dict(line.split(maxsplit=1) for line in done.out.splitlines())
    assert lines["janitor"] == version("tf-janitor")
    assert lines["openstacksdk"] == version("openstacksdk")
    assert lines["binary"] == lines["provider"] == "none found"
    assert lines["cloud"].startswith("There are no credentials")


def test_as_json_with_binary_and_provider(tmp_path: Path, janitor: Janitor) -> None:
    binary = tmp_path / "tofu"
    binary.write_text(TOFU, encoding="utf-8")
    binary.chmod(0o755)
    (tmp_path / ".terraform.lock.hcl").write_text(LOCK, encoding="utf-8")
    done = janitor("version", "--json", "--binary", str(binary))
    facts = json.loads(done.out)
    assert list(facts) == ["janitor", "python", "system", "openstacksdk", "binary", "provider", "cloud"]
    assert facts["binary"] == {"name": "tofu", "version": "1.12.6", "path": str(binary)}
    source = "registry.opentofu.org/terraform-provider-openstack/openstack"
    assert facts["provider"] == {"source": source, "version": "1.54.1"}
    assert list(facts["cloud"]) == ["problem"]


def test_a_binary_that_is_not_there_is_refused(janitor: Janitor) -> None:
    assert janitor("version", "--binary", "/nowhere/tofu").code == 3
