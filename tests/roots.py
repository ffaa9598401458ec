"""Root modules for the tests of the terraform side: folders with a configuration, and the binary run in one."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from janitor.terraform.root import RootModule, open_root

DATA = Path(__file__).parent / "terraform" / "data"

SIMPLE = """
variable "label" {
  default = "x"
}
resource "terraform_data" "one" {
  input = "${var.label}-${terraform.workspace}"
}
resource "terraform_data" "many" {
  for_each = toset(["a b", "c"])
  input    = terraform_data.one.id
}
"""


class MakeRoot(Protocol):
    """Writes files into a fresh folder and opens it."""

    def __call__(self, files: Mapping[str, str] | str = SIMPLE, /, **options: object) -> RootModule: ...


def clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TF_VAR_", "TF_CLI_ARGS", "TF_DATA_DIR", "TF_WORKSPACE", "TF_LOG", "TF_PLUGIN"))
    }


@pytest.fixture
def make_root(tmp_path: Path) -> MakeRoot:
    def make(files: Mapping[str, str] | str = SIMPLE, /, **options: object) -> RootModule:
        folder = tmp_path / "root"
        folder.mkdir(exist_ok=True)
        for name, text in ({"main.tf": files} if isinstance(files, str) else files).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        environment = clean_environment() | dict(options.pop("environment", {}))  # type: ignore[call-overload]
        return open_root(folder, environment=environment, **options)  # type: ignore[arg-type]

    return make


def run(root: RootModule, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The binary as a user runs it, in the root's workspace."""
    env = clean_environment() | {"TF_WORKSPACE": root.workspace, "TF_IN_AUTOMATION": "1"} | environment
    command = [str(root.need_binary()), *arguments]
    return subprocess.run(command, cwd=root.path, env=env, capture_output=True, text=True, check=False)


def apply(root: RootModule, **variables: str) -> None:
    """`init` and `apply` as a user runs them."""
    given = {f"TF_VAR_{name}": value for name, value in variables.items()}
    if 'module "' in (root.path / "main.tf").read_text() or "terraform {" in (root.path / "main.tf").read_text():
        done = run(root, "init", "-input=false", TF_WORKSPACE="default")
        assert done.returncode == 0, done.stdout + done.stderr
    done = run(root, "apply", "-auto-approve", "-input=false", **given)
    assert done.returncode == 0, done.stdout + done.stderr


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content: what nobody may change."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}
