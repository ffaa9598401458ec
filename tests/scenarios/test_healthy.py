"""A workspace to which nothing happened: terraform's destroy does the work, janitor proves it; others do not notice."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage
from ways import binaries

from ground.cloud import Project, fault_region

pytestmark = pytest.mark.scenario


@binaries("tofu", rarely="terraform")
def test_terraform_destroys_and_janitor_proves(
    make: Callable[..., Stage], project: Project, binary: str, tmp_path: Path
) -> None:
    """Behind proxies that record every request: the second run asks for nothing but listings.

    A plan before it changes nothing, and names the very set that goes.
    """
    with fault_region("healthy") as region:
        stage = make("net", binary)
        stage.more = region.env(project, tmp_path)
        stage.apply()
        before, state = stage.look(), stage.state.read_bytes()

        planned = stage.janitor("plan")
        assert planned.code == 0, planned.text
        assert planned.report["verdict"] == "planned"
        promised = {(o["kind"], o["id"]) for o in planned.objects(outcome="planned")}
        assert (stage.look(), stage.state.read_bytes()) == (before, state)
        assert not (stage.root / ".janitor").exists()

        first = stage.destroy()
        assert first.code == 0, first.text
        assert first.report["verdict"] == "empty"
        assert first.report["terraform"]["ran"]
        assert first.report["terraform"]["handed_over"] == ""
        assert {(o["kind"], o["id"]) for o in first.objects(outcome="deleted")} == promised
        assert {kind for kind, _ in promised} == {"network", "subnet", "port", "security_group"}
        assert first.report["state"]["agreed"]
        assert stage.look() == {}

        asked = len(region.log)
        second = stage.destroy()
        assert second.code == 0, second.text
        assert second.report["verdict"] == "empty"
        methods = {call.method for call in region.log[asked:] if call.service != "identity"}
        assert methods <= {"GET"}, region.log[asked:]


@pytest.mark.thorough
def test_a_whole_stack_of_every_kind_too(project: Project, tofu: str, tmp_path: Path) -> None:
    """Servers, disks, addresses and a load balancer."""
    stage = Stage.of(tmp_path / "work", project, stack="small", binary=tofu, name=project.name)
    stage.apply()
    ended = stage.destroy()
    assert ended.code == 0, ended.text
    assert ended.report["terraform"]["exit_code"] == 0
    assert {o["outcome"] for o in ended.report["objects"]} == {"deleted"}
    assert stage.look() == {}
    assert stage.listed() == []


def test_the_neighbouring_workspace_does_not_notice(make: Callable[..., Stage], project: Project, tofu: str) -> None:
    """Two workspaces of one module, side by side in one project and one backend."""
    theirs = make("net", tofu, workspace="theirs")
    ours = theirs.beside("ours", name=f"{project.name}-ours")
    theirs.apply()
    unchanged = theirs.look()
    ours.apply()
    ended = ours.destroy()
    assert ended.code == 0, ended.text
    assert len(ended.objects(outcome="deleted")) == 4
    assert theirs.drift() == ""
    assert theirs.look() == unchanged


@pytest.mark.thorough
def test_the_neighbour_may_have_the_same_names(make: Callable[..., Stage], tofu: str) -> None:
    """A copy of the module in another folder: nothing but the ids tells the two apart."""
    theirs, ours = make("net", tofu, folder="theirs"), make("net", tofu)
    theirs.apply()
    unchanged = theirs.look()
    ours.apply()
    ended = ours.destroy("--direct")
    assert ended.code == 0, ended.text
    assert theirs.drift() == ""
    assert theirs.look() == unchanged
    assert len(json.loads(theirs.state.read_bytes())["resources"]) == 4
