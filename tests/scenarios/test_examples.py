"""The example stacks, planned by the real binaries: every object that can carry the run's mark is created with it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ground.cloud import LocalCloud
from ground.venv import ROOT

CARRIED_BY_PARENT = {
    "openstack_networking_router_interface_v2",
    "openstack_networking_floatingip_associate_v2",
    "openstack_compute_volume_attach_v2",
    "openstack_lb_member_v2",
    "openstack_lb_monitor_v2",
}
BY_NAME = {"openstack_compute_keypair_v2", "openstack_compute_servergroup_v2"}
WITHOUT_TAGS = {"openstack_networking_secgroup_rule_v2", "openstack_lb_pool_v2"}
BY_METADATA = {"openstack_compute_instance_v2", "openstack_blockstorage_volume_v3"}


class Stack(NamedTuple):
    folder: Path
    binary: str
    env: dict[str, str]

    def run(self, *arguments: str) -> str:
        command = [self.binary, *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def planned(self, **variables: str) -> dict[str, dict[str, Any]]:
        """Address → what would be created."""
        options = [f"-var={name}={value}" for name, value in variables.items()]
        self.run("plan", "-input=false", "-no-color", "-out=plan", *options)
        changes = json.loads(self.run("show", "-json", "plan"))["resource_changes"]
        return {
            row["address"]: row["change"]["after"] | row for row in changes if row["change"]["actions"] == ["create"]
        }


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    folder = tmp_path_factory.mktemp("examples")
    with LocalCloud.up().project(f"examples-{os.getpid()}", folder) as project:
        yield project.env


@pytest.fixture(params=["tofu", "terraform"])
def binary(request: pytest.FixtureRequest) -> str:
    if shutil.which(request.param) is None:
        pytest.skip(f"missing: {request.param} on PATH")
    return str(request.param)


@pytest.fixture(params=["small", "kubespray"])
def stack(request: pytest.FixtureRequest, binary: str, account: dict[str, str], tmp_path: Path) -> Stack:
    shutil.copytree(ROOT / "terraform", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
    made = Stack(tmp_path / "examples" / request.param, binary, os.environ | account)
    made.run("init", "-input=false", "-no-color")
    return made


def marks(row: dict[str, Any]) -> list[str]:
    """Where the mark of run `r1` stands in a planned object, by the forms that janitor reads."""
    metadata = row.get("metadata") or {}
    return [
        *(["description"] if "janitor:run=r1" in (row.get("description") or "").split() else []),
        *(["tags"] if "janitor:run=r1" in (row.get("tags") or []) else []),
        *(["metadata"] if metadata.get("janitor-run") == "r1" else []),
    ]


def assert_marked(address: str, row: dict[str, Any]) -> None:
    if row["type"] in CARRIED_BY_PARENT | BY_NAME:
        return
    where = marks(row)
    assert ("metadata" if row["type"] in BY_METADATA else "description") in where, address
    assert "tags" in where or row["type"] in BY_METADATA | WITHOUT_TAGS, address


def test_every_object_that_can_carry_a_mark_is_created_with_it(stack: Stack) -> None:
    objects = stack.planned(run="r1", until="1999999999")
    assert len(objects) in (21, 64)
    for address, row in objects.items():
        if row["change"]["after_unknown"].get("metadata") is not True:  # as Kubespray's, which names the router to be
            assert_marked(address, row)


def test_without_a_run_nothing_is_marked(stack: Stack) -> None:
    assert "janitor" not in json.dumps([row["change"]["after"] for row in stack.planned().values()])


def test_a_borrowed_router_is_not_made(account: dict[str, str], binary: str, tmp_path: Path) -> None:
    """Kubespray's CI gives one: only the interface on it belongs to the stack."""
    shutil.copytree(ROOT / "terraform", tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*"))
    lender = tmp_path / "lender"
    lender.mkdir()
    lender.joinpath("main.tf").write_text(LENDER, encoding="utf-8")
    lending = Stack(lender, binary, os.environ | account)
    lending.run("init", "-input=false")
    lending.run("apply", "-auto-approve", "-input=false")
    try:
        router = lending.run("output", "-raw", "id")
        stack = Stack(tmp_path / "examples" / "kubespray", binary, os.environ | account)
        stack.run("init", "-input=false")
        objects = stack.planned(run="r1", router_id=router)
        assert [row["type"] for row in objects.values() if "router" in row["type"]] == [
            "openstack_networking_router_interface_v2"
        ]
        assert len(objects) == 63
        for address, row in objects.items():
            assert_marked(address, row)
    finally:
        lending.run("destroy", "-auto-approve", "-input=false")


LENDER = """
terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}
resource "openstack_networking_router_v2" "lent" {
  name = "lent"
}
output "id" {
  value = openstack_networking_router_v2.lent.id
}
"""
