"""`janitor graph` without a cloud: state and configuration drawn, nothing written, nobody asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from janitor.reports import graph

Janitor = Callable[..., Any]

CONFIGURATION = """
resource "openstack_networking_network_v2" "net" {
  name = "ci-${terraform.workspace}"
}

resource "openstack_networking_subnet_v2" "sub" {
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.0.0.0/24"
}

resource "openstack_networking_port_v2" "eth" {
  count      = 2
  name       = "eth${count.index}"
  network_id = openstack_networking_network_v2.net.id
  fixed_ip { subnet_id = openstack_networking_subnet_v2.sub.id }
}
"""
STATE = {
    "version": 4,
    "terraform_version": "1.9.0",
    "serial": 3,
    "lineage": "a-b-c",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "openstack_networking_network_v2",
            "name": "net",
            "provider": 'provider["registry.opentofu.org/terraform-provider-openstack/openstack"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "n-1", "name": "ci-default"}, "dependencies": []}],
        }
    ],
}


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", "")  # no binary
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "main.tf").write_text(CONFIGURATION, encoding="utf-8")
    (tmp_path / "terraform.tfstate").write_text(json.dumps(STATE), encoding="utf-8")
    return tmp_path


def drawn(done: Any) -> set[tuple[str, str, str]]:
    document = json.loads(done.out)
    Draft202012Validator(json.loads(graph.schema())).validate(document)
    title = {node["key"]: node["address"] for node in document["nodes"]}
    return {
        (title[e["from"]].split(".")[1], title[e["to"]].split(".")[1], e["source"])
        for e in document["edges"]
        if not e["implied"]
    }


def test_state_and_configuration_are_drawn_without_a_cloud(root: Path, janitor: Janitor) -> None:
    before = sorted(path.name for path in root.iterdir())
    done = janitor("graph", "--offline", "--format", "json")
    assert done.code == 0
    assert drawn(done) == {("eth[0]", "sub", "config"), ("eth[1]", "sub", "config"), ("sub", "net", "config")}
    nodes = {node["address"].split(".")[1]: node["outcome"] for node in json.loads(done.out)["nodes"]}
    assert nodes == {"net": "state", "sub": "configured", "eth[0]": "configured", "eth[1]": "configured"}
    assert sorted(path.name for path in root.iterdir()) == before


def test_where_nobody_can_sign_in_the_sources_are_drawn_with_a_warning(janitor: Janitor) -> None:
    done = janitor("graph", "--format", "json", "--quiet")
    assert done.code == 0
    assert json.loads(done.out)["live"] is False
    assert "warning: There are no credentials" in done.err
    assert "--offline" in done.err


@pytest.mark.parametrize(
    ("form", "begin"), [("dot", "digraph"), ("mermaid", "flowchart LR"), ("html", "<!doctype html>"), ("json", "{")]
)
def test_every_format(form: str, begin: str, janitor: Janitor) -> None:
    done = janitor("graph", "--offline", "--format", form)
    assert done.code == 0
    assert done.out.startswith(begin)


def test_an_unknown_format_is_usage(janitor: Janitor) -> None:
    done = janitor("graph", "--format", "dott")
    assert done.code == 2
    assert "did you mean 'dot'?" in done.err


def test_a_folder_without_a_configuration_is_refused(janitor: Janitor, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert janitor("graph", "--offline", "-C", "empty").code == 3
    assert janitor("graph", "--offline", "-C", "nowhere").code == 3
