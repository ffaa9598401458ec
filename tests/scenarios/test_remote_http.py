"""A state that lives at GitLab, or another http backend: read, locked, and made to agree; its secrets stay inside."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from secretive import watched
from stage import Stage
from states import StateServer, gitlab, serving
from ways import binaries

from ground.cloud import Project, gate

__all__ = ["gitlab"]

pytestmark = pytest.mark.scenario

STACKS = Path(__file__).parent / "stacks"
BLOCK = 'terraform {{\n  backend "http" {{\n{}  }}\n}}\n'
MORE = 'resource "openstack_networking_secgroup_v2" "more" {\n  name = "${var.name}-more"\n}\n'
Make = Callable[..., Stage]


@pytest.fixture
def remote(project: Project, tmp_path: Path) -> Make:
    """A stack whose state is at the server, applied."""

    def made(server: StateServer, binary: str, stack: str = "pair", *, block: str = "", **env: str) -> Stage:
        root = tmp_path / "root"
        root.mkdir()
        for name in "terraform", stack:
            shutil.copy(STACKS / f"{name}.tf", root)
        (root / "backend.tf").write_text(BLOCK.format(block), encoding="utf-8")
        stage = Stage(root, binary, project, variables={"name": project.name}, more=server.environment() | env)
        stage.terraform("init", "-input=false")
        stage.apply()
        return stage

    return made


def by_hand(stage: Stage) -> str:
    """The command that makes the state agree, as a person has to type it."""
    return "state rm openstack_networking_network_v2.net openstack_networking_secgroup_v2.group"


@binaries("tofu", rarely="terraform")
@pytest.mark.parametrize("mode", [[], pytest.param(["--direct"], marks=pytest.mark.thorough)])
def test_it_is_read_destroyed_and_made_to_agree_through_the_binary(
    remote: Make, gitlab: StateServer, binary: str, mode: list[str], noted: Callable[..., None]
) -> None:
    stage = remote(gitlab, binary)
    there = stage.look()
    assert len(gitlab.resources()) == 2
    with watched(gitlab.password) as shown:
        ended = stage.destroy(*mode, "-v")
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    noted("http: a whole state at GitLab", stage, ended, there, *mode)
    assert (gitlab.resources(), gitlab.lock_of()) == ([], None)
    assert next(s for s in ended.report["sources"] if s["kind"] == "state")["resources"] == 2
    assert shown() == []
    kept = [file for file in (stage.root / ".janitor").rglob("*") if file.is_file()]
    texts = [ended.text, *(file.read_text("utf-8") for file in (*kept, stage.root / "report.json"))]
    assert [text for text in texts if gitlab.password in text] == []


def test_without_the_binary_it_is_read_and_the_command_for_its_user_told(
    remote: Make, gitlab: StateServer, noted: Callable[..., None]
) -> None:
    """The address stands where `init` wrote it down, the credentials in the environment."""
    stage = remote(gitlab, "tofu", block=f'    address = "{gitlab.address()}"\n', TF_HTTP_ADDRESS="")
    before, there = gitlab.states["ci"].latest, stage.look()
    ended = stage.destroy(env={"PATH": "/nowhere"})
    assert ended.code == 5, ended.text
    noted("http: no binary", stage, ended, there)
    assert by_hand(stage) in ended.text
    assert stage.look() == {}
    assert (gitlab.states["ci"].latest, gitlab.lock_of()) == (before, None)
    done = stage.destroy()
    assert done.code == 0, done.text
    assert gitlab.resources() == []


def test_a_living_lock_is_told_and_only_the_named_one_broken(
    remote: Make, gitlab: StateServer, noted: Callable[..., None]
) -> None:
    stage = remote(gitlab, "tofu")
    there, told = stage.look(), gitlab.holder()
    for words in [], ["--direct"], ["--break-lock", "another"]:
        refused = stage.destroy("--lock-timeout", "0s", *words)
        assert refused.code == 3, refused.text
        assert f"ID {told['ID']}" in refused.text
        assert gitlab.user in refused.text
    assert (stage.look(), gitlab.lock_of()) == (there, told)
    noted("http: lock held", stage, refused, there)
    ended = stage.destroy("--break-lock", told["ID"])
    assert ended.code == 0, ended.text
    noted("http: lock held", stage, ended, there, "--break-lock")
    assert (stage.look(), gitlab.lock_of()) == ({}, None)


def test_janitor_holds_the_lock_while_it_deletes_and_gives_it_back_on_a_signal(
    remote: Make, gitlab: StateServer
) -> None:
    stage = remote(gitlab, "tofu", "volumes")
    with gate("cinder.delete_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", "--direct")
        assert hanging.reached(60)
        lock = gitlab.lock_of()
        assert lock is not None
        assert lock["Operation"] == "janitor destroy"
        assert stage.terraform("apply", "-auto-approve", check=False).returncode == 1
        running.signal(signal.SIGTERM)
        assert running.end().code == 130
        assert gitlab.lock_of() is None
    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert gitlab.resources() == []


def test_a_janitor_that_was_killed_is_dead_and_its_lock_does_not_keep_the_cloud_dirty(
    remote: Make, noted: Callable[..., None]
) -> None:
    """Its lock stays at the server until somebody breaks it by its name; only the state waits for that."""
    with serving(plain=True) as server:
        stage = remote(server, "tofu", "volumes")
        with gate("cinder.delete_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
            running = stage.start("destroy", "-y", "--direct")
            assert hanging.reached(60)
            running.signal(signal.SIGKILL)
            running.end()
            there = stage.look()
        lock = server.lock_of()
        assert lock is not None
        ended = stage.destroy()
        assert ended.code == 5, ended.text
        noted("http: lock of a dead process", stage, ended, there)
        assert f"--break-lock {lock['ID']}" in ended.text
        assert (stage.look(), server.lock_of()) == ({}, lock)
        assert stage.destroy("--break-lock", lock["ID"]).code == 0
        assert (server.resources(), server.lock_of()) == ([], None)


def test_what_may_be_read_and_not_written_is_the_states_alone(
    remote: Make, gitlab: StateServer, noted: Callable[..., None]
) -> None:
    stage = remote(gitlab, "tofu")
    there = stage.look()
    gitlab.read_only = True
    ended = stage.destroy("--lock-timeout", "1s")
    assert ended.code == 5, ended.text
    assert f"tofu {by_hand(stage)}" in ended.text
    assert stage.look() == {}
    noted("http: may be read, not written", stage, ended, there)
    assert len(gitlab.resources()) == 2


@pytest.mark.thorough
def test_what_somebody_writes_meanwhile_is_not_overwritten(
    remote: Make, gitlab: StateServer, noted: Callable[..., None]
) -> None:
    stage = remote(gitlab, "tofu")
    there = stage.look()
    gitlab.restless = True
    ended = stage.destroy("--direct")
    assert ended.code == 5, ended.text
    assert "the state's serial moved meanwhile" in ended.text
    assert by_hand(stage) in ended.text
    assert (stage.look(), len(gitlab.resources()), gitlab.lock_of()) == ({}, 2, None)
    noted("http: serial moved meanwhile", stage, ended, there, "--direct")


def test_what_gitlab_does_not_show_is_never_proved(
    remote: Make, gitlab: StateServer, noted: Callable[..., None]
) -> None:
    """It answers 404 to a name that is misspelt and to a token that may not see the project."""
    stage = remote(gitlab, "tofu")
    there = stage.look()
    gitlab.blind = True
    hidden = stage.destroy()
    gitlab.blind = False
    misspelt = stage.destroy(env=gitlab.environment("cj"))
    for wreck, ended in ("http: 404, no permission", hidden), ("http: 404, misspelt", misspelt):
        assert ended.code == 3, ended.text
        assert "may not read it" in ended.text
        noted(wreck, stage, ended, there)
    assert stage.look() == there
    assert gitlab.states.keys() == {"ci"}, "asking for a lock would make one"


@pytest.mark.thorough
def test_the_token_of_an_ended_job_gives_way_to_that_of_this_one(remote: Make, gitlab: StateServer) -> None:
    stage = remote(gitlab, "tofu", block=f'    password = "{gitlab.password}"\n')
    gitlab.password = "glpat-of-this-job"
    assert stage.terraform("state", "pull", check=False).returncode == 1
    ended = stage.destroy(env={"TF_HTTP_PASSWORD": gitlab.password})
    assert ended.code == 0, ended.text
    assert (stage.look(), gitlab.resources()) == ({}, [])


@pytest.mark.thorough
def test_every_command_works_on_it(remote: Make, gitlab: StateServer) -> None:
    stage = remote(gitlab, "tofu")
    (stage.root / "more.tf").write_text(MORE, encoding="utf-8")
    applied = stage.janitor("apply", "-y")
    assert applied.code == 0, applied.text
    for command in ["plan"], ["check"]:
        ended = stage.janitor(*command)
        assert ended.code in {0, 1}, ended.text
        assert gitlab.lock_of() is None
    told = gitlab.holder()
    locked = stage.janitor("check", env={"JANITOR_LOCK_TIMEOUT": "0s"})
    assert told["ID"] in locked.text
    gitlab.states["ci"].lock = None
    ended = stage.destroy()
    assert ended.code == 0, ended.text
    assert (stage.look(), gitlab.resources()) == ({}, [])
