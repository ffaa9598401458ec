"""Reading the state of a local backend with real binaries, whole and wrecked; and what lies beside it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from roots import SIMPLE, MakeRoot, apply, run, tree

from janitor.core.errors import StateUnreadable
from janitor.core.model import Health
from janitor.terraform.agreement import state_rm
from janitor.terraform.backend import backend_of, state_path
from janitor.terraform.backends import read_state, workspaces
from janitor.terraform.root import RootModule

ADDRESSES = ['terraform_data.many["a b"]', 'terraform_data.many["c"]', "terraform_data.one"]
ELSEWHERE = 'terraform {\n  backend "local" {\n    path = "st/my.tfstate"\n    workspace_dir = "wsd"\n  }\n}\n' + SIMPLE
NO_BINARY = {"PATH": "/nowhere"}


def addresses(found: Any) -> list[str]:
    return sorted(r.address for r in found)


def changed(path: Path, **members: Any) -> bytes:
    return json.dumps(json.loads(path.read_bytes()) | members).encode()


@pytest.mark.parametrize("text", [SIMPLE, ELSEWHERE], ids=["default places", "path and workspace_dir"])
@pytest.mark.parametrize("workspace", ["default", "w-1"])
def test_a_whole_state_through_the_binary_and_without_it(
    make_root: MakeRoot, binary: str, text: str, workspace: str
) -> None:
    root = make_root(text, binary=binary, workspace=workspace)
    apply(root)
    found = read_state(root)
    assert (found.health, found.source) == (Health.WHOLE, f"{binary} state pull")
    assert addresses(found.resources) == ADDRESSES
    assert found.path == str(state_path(root, backend_of(root)))

    alone = read_state(make_root(text, workspace=workspace, environment=NO_BINARY))
    assert (alone.health, alone.resources) == (Health.WHOLE, found.resources)
    assert json.loads(alone.raw) == json.loads(found.raw)
    assert alone.source.endswith("tfstate")


def test_broken_configuration_does_not_hide_the_state(applied: RootModule) -> None:
    (applied.path / "main.tf").write_text("resource {", encoding="utf-8")
    found = read_state(applied)
    assert (found.health, addresses(found.resources)) == (Health.WHOLE, ADDRESSES)


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_truncated_state_is_salvaged(applied: RootModule, share: float) -> None:
    path = applied.path / "terraform.tfstate"
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])
    found = read_state(applied)
    assert found.health is Health.PARTIAL
    assert found.resources
    assert "cut off" in found.problem


def test_a_zero_byte_state_is_lost_and_the_backup_is_named(applied: RootModule) -> None:
    path = applied.path / "terraform.tfstate"
    shutil.copy(path, applied.path / "terraform.tfstate.backup")
    path.write_bytes(b"")
    found = read_state(applied)
    assert (found.health, found.resources, found.hints) == (Health.LOST, (), ())
    assert "is empty (0 bytes)" in found.problem
    assert "terraform.tfstate.backup (serial" in found.problem
    assert "--state" in found.problem


def test_a_missing_state_is_lost(applied: RootModule) -> None:
    (applied.path / "terraform.tfstate").unlink()
    found = read_state(applied)
    assert found.health is Health.LOST
    assert "does not exist" in found.problem


def test_an_emptied_state_is_whole_and_empty(applied: RootModule) -> None:
    assert run(applied, "destroy", "-auto-approve").returncode == 0
    found = read_state(applied)
    assert (found.health, found.resources) == (Health.WHOLE, ())
    assert addresses(found.hints) == ADDRESSES, "the backup of the destroy knows them"


def test_a_misspelt_workspace_is_lost_and_not_made(applied: RootModule, make_root: MakeRoot) -> None:
    """Any command of the binary would make its folder, and the name would exist from then on."""
    before = tree(applied.path)
    found = read_state(make_root(binary=str(applied.binary), workspace="nope"))
    assert found.health is Health.LOST
    assert "'nope' does not exist; the local backend knows default" in found.problem
    assert tree(applied.path) == before
    assert not (applied.path / "terraform.tfstate.d").exists()


def test_workspaces_are_listed(make_root: MakeRoot, binary: str) -> None:
    root = make_root(binary=binary, workspace="b")
    apply(root)
    (root.path / "terraform.tfstate.d" / "a").mkdir()
    assert workspaces(root) == ("default", "a", "b")


def test_a_newer_errored_state_wins_and_an_older_one_hints(applied: RootModule) -> None:
    path = applied.path / "terraform.tfstate"
    body = json.loads(path.read_bytes())
    extra = body["resources"][0] | {"name": "extra"}
    extra["instances"] = [extra["instances"][0] | {"attributes": {"id": "extra-id"}}]
    errored = applied.path / "errored.tfstate"

    errored.write_bytes(changed(path, serial=body["serial"] + 1, resources=[*body["resources"][1:], extra]))
    found = read_state(applied)
    assert (found.source, found.health, found.serial) == ("errored.tfstate", Health.WHOLE, body["serial"] + 1)
    assert "terraform_data.extra" in " ".join(addresses(found.resources))
    assert found.hints, "what only the older serial knows"

    errored.write_bytes(changed(path, serial=body["serial"] - 1, resources=[extra]))
    found = read_state(applied)
    assert found.source != "errored.tfstate"
    assert [r.id for r in found.hints] == ["extra-id"]


def test_states_of_another_lineage_are_nothing(applied: RootModule) -> None:
    path = applied.path / "terraform.tfstate"
    for name in ("errored.tfstate", "terraform.tfstate.backup", "terraform.tfstate.123.backup"):
        (applied.path / name).write_bytes(changed(path, lineage="other", serial=99).replace(b'"id": "', b'"id": "x'))
    found = read_state(applied)
    assert (addresses(found.resources), found.hints) == (ADDRESSES, ())


def test_a_state_can_be_given(applied: RootModule, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tfstate"
    (applied.path / "terraform.tfstate").rename(copy)
    found = read_state(applied, state_file=copy)
    assert (found.health, found.source, addresses(found.resources)) == (Health.WHOLE, "copy.tfstate", ADDRESSES)
    with pytest.raises(StateUnreadable, match=r"nope\.tfstate of --state does not exist"):
        read_state(applied, state_file=Path("nope.tfstate"))
    with pytest.raises(StateUnreadable, match="cannot be read: Is a directory"):
        read_state(applied, state_file=tmp_path)


def test_a_state_behind_a_link_is_read_and_stays_behind_it(applied: RootModule, tmp_path: Path) -> None:
    path = applied.path / "terraform.tfstate"
    path.rename(tmp_path / "elsewhere.tfstate")
    path.symlink_to(tmp_path / "elsewhere.tfstate")
    assert addresses(read_state(applied).resources) == ADDRESSES
    assert state_rm(applied, ["terraform_data.one"]).ok
    assert path.is_symlink()
    assert addresses(read_state(applied).resources) == ADDRESSES[:2]


HTTP = 'terraform {\n  backend "http" {\n    address = "http://127.0.0.1:9/state"\n    password = "hunter2"\n  }\n}\n'


def test_an_unreachable_backend_is_unreadable_not_empty(make_root: MakeRoot, binary: str) -> None:
    root = make_root(HTTP, binary=binary, environment={"TF_HTTP_RETRY_MAX": "0"})
    with pytest.raises(StateUnreadable, match=r"cannot be read from the http backend.*--state FILE") as caught:
        read_state(root)
    assert "hunter2" not in str(caught.value)
