"""What cannot be done is said in one sentence with its exit code, and nothing has changed: these need no apply."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from stage import Ran, Stage

from ground.cloud import Project

STACKS = Path(__file__).parent / "stacks"

pytestmark = pytest.mark.scenario

NO_CLOUD = {"OS_CLIENT_CONFIG_FILE": "/nonexistent/clouds.yaml", "OS_CLOUD": "", "HOME": "/dev/null/home"}


@dataclass(frozen=True, slots=True)
class Case:
    """What is wrong: an environment or options that make it so, and what the sentence must say."""

    says: str
    code: int = 3
    options: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    spoil: Callable[[Stage], object] = lambda _: None


def wrong_password(stage: Stage) -> None:
    spoil_clouds(stage, stage.project.password, "not-the-password")


def unreachable(stage: Stage) -> None:
    spoil_clouds(stage, stage.project.auth_url, "http://127.0.0.1:9/v3")


def spoil_clouds(stage: Stage, what: str, instead: str) -> None:
    spoilt = stage.root.parent / "spoilt.yaml"
    spoilt.write_text(stage.project.clouds_yaml.read_text(encoding="utf-8").replace(what, instead), encoding="utf-8")
    stage.more["OS_CLIENT_CONFIG_FILE"] = str(spoilt)


def empty_folder(stage: Stage) -> None:
    for file in stage.root.glob("*.tf"):
        file.unlink()


def broken(stage: Stage) -> None:
    (stage.root / "net.tf").write_text('resource "openstack_networking_network_v2" "net" {\n  name = \n', "utf-8")


def folder_for_a_state(stage: Stage) -> None:
    stage.state.mkdir()


def forbidden_state(stage: Stage) -> None:
    forbid(stage, stage.state)


def forbidden_backup(stage: Stage) -> None:
    forbid(stage, stage.state.with_name("terraform.tfstate.backup"))


def forbidden_configuration(stage: Stage) -> None:
    forbid(stage, stage.root / "net.tf")


def forbidden_workspaces(stage: Stage) -> None:
    stage.mortal = True
    (stage.root / "terraform.tfstate.d").mkdir(mode=0)


def forbid(stage: Stage, file: Path) -> None:
    stage.mortal = True
    file.touch()
    file.chmod(0)


CASES = {
    "no credentials": Case("There are no credentials", env=NO_CLOUD),
    "wrong password": Case("check the password", spoil=wrong_password),
    "unknown cloud": Case("There is no cloud 'elsewhere' in clouds.yaml", options=("--os-cloud", "elsewhere")),
    "unreachable endpoint": Case("check auth_url", spoil=unreachable),
    "not a Terraform folder": Case("holds no Terraform configuration", spoil=empty_folder),
    "folder missing": Case("is not a folder", options=("--chdir", "nowhere")),
    "folder is a file": Case("is not a folder", options=("--chdir", "net.tf")),
    "a folder in the state's place": Case("cannot be read", spoil=folder_for_a_state),
    "state not readable": Case("terraform.tfstate cannot be read: Permission denied", spoil=forbidden_state),
    "backup not readable": Case(".tfstate.backup cannot be read: Permission denied", spoil=forbidden_backup),
    "workspaces not readable": Case("tfstate.d cannot be read: Permission denied", spoil=forbidden_workspaces),
    "configuration not readable": Case("net.tf", spoil=forbidden_configuration),
    "state file missing": Case("--state", options=("--state", "nowhere.tfstate")),
    "log missing": Case("nowhere.log", options=("--from-log", "nowhere.log")),
    "unknown workspace": Case("is the name spelt right?", options=("--workspace", "misspelt")),
    "broken HCL, no state": Case("net.tf", spoil=broken),
    "binary missing": Case("'/nowhere/tofu'", options=("--binary", "/nowhere/tofu")),
    "unknown region": Case("has no region 'Atlantis'", env={"OS_REGION_NAME": "Atlantis"}),
    "a workspace that is a path": Case("cannot be the name of a workspace", code=2, options=("--workspace", "../up")),
    "variable file missing": Case("does not exist", code=2, options=("--var-file", "nowhere.tfvars")),
}


@pytest.mark.parametrize(("binary", "command"), [("tofu", "destroy"), ("terraform", "plan")], indirect=["binary"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_one_clear_sentence_and_nothing_changed(
    root: Path, project: Project, binary: str, case: Case, command: str
) -> None:
    stage = Stage(root, binary, project, variables={"name": project.name})
    case.spoil(stage)
    before = contents(root)
    ended = stage.janitor(command, *(["-y"] if command == "destroy" else []), *case.options, env=case.env)
    assert ended.code == case.code, ended.text
    assert case.says in ended.text
    assert len(sentences(ended)) == 1, ended.text
    assert ended.report.get("verdict", "refused") == "refused"
    assert project.password not in ended.text
    assert contents(root) == before


def sentences(ended: Ran) -> list[str]:
    return [line for line in ended.text.splitlines() if line.startswith("janitor: ")]


def contents(root: Path) -> dict[str, bytes]:
    files = (file for file in root.rglob("*") if file.is_file() and file.name != "report.json")
    apart = {"providers", ".janitor"}  # a journal of a refused run may stay, and proves nothing
    return {str(file.relative_to(root)): file.read_bytes() for file in files if not apart & {*file.parts}}


@pytest.fixture
def root(initialised: Callable[[str], Path], binary: str, tmp_path: Path) -> Path:
    return shutil.copytree(initialised(binary), tmp_path / "root", symlinks=True)


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The small stack after `init`, once per binary for all cases."""

    @functools.cache
    def made(binary: str) -> Path:
        folder = tmp_path_factory.mktemp(binary)
        for name in "terraform.tf", "net.tf":
            shutil.copy(STACKS / name, folder)
        subprocess.run([binary, "init", "-input=false"], cwd=folder, check=True, capture_output=True)
        return folder

    return made
