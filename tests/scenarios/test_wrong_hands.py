"""Credentials, workspaces and states that do not belong together: refused, and nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage
from ways import binaries

from ground.cloud import LocalCloud, gate

pytestmark = pytest.mark.scenario


def test_the_state_of_another_project_is_refused_and_untouched(
    make: Callable[..., Stage], local_cloud: LocalCloud, binary: str, tmp_path: Path, noted: Callable[..., None]
) -> None:
    """Every id answers 404 there; with terraform's half or without, a destroy would empty the state."""
    stage = make("net", binary)
    stage.apply()
    state, theirs = stage.state.read_bytes(), stage.look()
    with local_cloud.project(f"{stage.project.name}-b", tmp_path / "b") as stranger:
        for mode in ["plan"], ["destroy", "-y"], ["destroy", "-y", "--direct"], ["destroy", "-y", "--mark", "r1"]:
            ended = stage.janitor(*mode, env=stranger.env)
            assert ended.code == 3, ended.text
            assert ended.report["verdict"] == "refused"
            assert stage.state.read_bytes() == state
    assert stage.look() == theirs
    noted("the state of another project", stage, ended, theirs, "--mark")


@binaries("tofu", rarely="terraform")
def test_a_misspelt_workspace_is_never_proved(
    make: Callable[..., Stage], binary: str, noted: Callable[..., None]
) -> None:
    stage = make("net", binary, workspace="ci-4711")
    stage.apply()
    theirs, folders = stage.look(), sorted((stage.root / "terraform.tfstate.d").iterdir())
    stage.workspace = "ci-4771"
    for mode in [], ["--direct"]:
        ended = stage.destroy(*mode)
        assert ended.code == 3, ended.text
        assert "ci-4711" in ended.text, "the workspaces that there are"
        assert "proved" not in ended.text
        assert sorted((stage.root / "terraform.tfstate.d").iterdir()) == folders
        noted("workspace misspelt", stage, ended, theirs, *mode)
    assert stage.look() == theirs


def test_an_older_state_is_no_proof(make: Callable[..., Stage], tofu: str) -> None:
    """A volume was given away with `state rm`: the backup beside the state still lists it, and says nothing."""
    stage = make("volumes", tofu)
    stage.apply()
    stage.terraform("state", "rm", "openstack_blockstorage_volume_v3.held")
    ended = stage.destroy()
    assert [seen.name for seen in stage.look().values()] == [f"{stage.variables['name']}-held"]
    assert ended.objects(outcome="deleted", name=f"{stage.variables['name']}-held") == []
    assert ended.code == 0, ended.text


def test_a_state_that_somebody_else_wrote_meanwhile_is_not_overwritten(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("volumes", tofu)
    stage.apply()
    with gate("cinder.delete_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", "--direct")
        assert hanging.reached(60)
        moved = stage.terraform(
            "state",
            "mv",
            "openstack_blockstorage_volume_v3.free",
            "openstack_blockstorage_volume_v3.moved",
            check=False,
        )
    ended = running.end()
    assert stage.look() == {}
    if moved.returncode:
        assert ended.code == 0, "we held the lock, so nobody could write"
    else:
        assert ended.code == 5, ended.text
        assert "openstack_blockstorage_volume_v3.moved" in stage.listed()


@pytest.mark.thorough
def test_a_state_of_another_lineage_that_took_the_place_of_ours_meanwhile_is_left_as_it_is(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    """Somebody copied a file over it: no lock keeps that out, and its addresses are those of other objects."""
    stage = make("volumes", tofu)
    stage.apply()
    there, ours = stage.look(), json.loads(stage.state.read_bytes())
    theirs = json.dumps(ours | {"lineage": "00000000-1111-2222-3333-444444444444"}).encode()
    with gate("cinder.delete_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", "--direct")
        assert hanging.reached(60)
        stage.state.write_bytes(theirs)
    ended = running.end()
    assert (stage.look(), ended.code) == ({}, 5), ended.text
    assert "was replaced by one of another lineage while this run worked, and was left as it is" in ended.text
    assert f"{tofu} state list" in ended.text
    assert stage.state.read_bytes() == theirs
    noted("replaced by another lineage meanwhile", stage, ended, there, "--direct")


@binaries("tofu", rarely="terraform")
def test_a_living_lock_is_waited_for_and_its_holder_named(
    make: Callable[..., Stage], binary: str, noted: Callable[..., None]
) -> None:
    stage = make("volumes", binary)
    with gate("cinder.create_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
        apply = stage.applying()
        assert hanging.reached(60)
        there = stage.look()
        info = json.loads(stage.lock_info.read_text(encoding="utf-8"))
        for command in ["destroy", "-y"], ["destroy", "-y", "--direct"]:
            refused = stage.janitor(*command, "--lock-timeout", "1s")
            assert refused.code == 3, refused.text
            assert info["ID"] in refused.text
            assert info["Who"] in refused.text
        noted(f"a living apply of {binary} holds the lock", stage, refused, there, "--direct")
        # The state may grow meanwhile: terraform, unlike tofu, writes it while it applies.
        assert there.keys() <= stage.look().keys()
        assert json.loads(stage.lock_info.read_text(encoding="utf-8")) == info
        waiting = stage.start("destroy", "-y", "--lock-timeout", "90s")
    assert apply.wait(60) == 0
    ended = waiting.end()
    assert ended.code == 0, ended.text
    assert stage.look() == {}
