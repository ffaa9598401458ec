"""What is asked of a folder before anything is started, and which binary and workspace it gets."""

import subprocess
import sys
from pathlib import Path

import pytest
from mortals import mortally
from roots import MakeRoot

from janitor.core.errors import Refused, UsageError
from janitor.terraform.root import configuration_files, find_binary, open_root

LOCK = 'provider "{host}/terraform-provider-openstack/openstack" {{\n  version = "1.54.1"\n}}\n'


def test_a_folder_without_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.py").touch()
    with pytest.raises(Refused, match="holds no Terraform configuration"):
        open_root(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nowhere does not exist.*--chdir"):
        open_root(tmp_path / "nowhere")


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "main.tf").touch()
    with pytest.raises(Refused, match="is not a folder"):
        open_root(tmp_path / "main.tf")


@pytest.mark.parametrize(
    ("mode", "below"),
    [
        pytest.param(0o000, "", id="nothing"),
        pytest.param(0o300, "", id="no reading"),
        pytest.param(0o400, "", id="no entering"),
        pytest.param(0o000, "stack", id="nothing of the one above"),
    ],
)
def test_an_unreadable_folder_is_refused_in_one_sentence(tmp_path: Path, mode: int, below: str) -> None:
    """Seen from the command line, by somebody who is held to permissions."""
    folder = tmp_path / below
    folder.mkdir(exist_ok=True)
    (folder / "main.tf").touch()
    tmp_path.chmod(mode)
    command = mortally(sys.executable, "-m", "janitor", "plan", "-C", str(folder))
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    finally:
        tmp_path.chmod(0o700)
    assert done.returncode == 3, done.stderr
    (sentence,) = [line for line in done.stderr.splitlines() if line.startswith("janitor: ")]
    assert sentence.startswith(f"janitor: {folder} cannot be read")
    assert "Permission denied" in sentence
    assert [file.name for file in folder.iterdir()] == ["main.tf"]


def test_a_binary_that_was_asked_for_must_be_there(make_root: MakeRoot) -> None:
    with pytest.raises(Refused, match=r"nofu.*--binary"):
        make_root(binary="/opt/nofu")


def test_no_binary_at_all_is_said_when_it_is_needed(make_root: MakeRoot) -> None:
    root = make_root(environment={"PATH": "/nowhere"})
    assert root.binary is None
    with pytest.raises(Refused, match="Neither tofu nor terraform is on PATH"):
        root.need_binary()


@pytest.fixture
def both(tmp_path: Path) -> str:
    """A PATH with a tofu and a terraform."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("tofu", "terraform"):
        (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("host", "expected"), [("registry.opentofu.org", "tofu"), ("registry.terraform.io", "terraform")]
)
def test_the_lock_file_says_which_binary(make_root: MakeRoot, both: str, host: str, expected: str) -> None:
    root = make_root({"main.tf": "", ".terraform.lock.hcl": LOCK.format(host=host)}, environment={"PATH": both})
    assert root.flavour == expected
    (Path(both) / expected).unlink()
    other = find_binary(root.path, search=both)
    assert other is not None
    assert other.name != expected


def test_tofu_files_want_tofu(make_root: MakeRoot, both: str) -> None:
    files = {"main.tofu": "", ".terraform.lock.hcl": LOCK.format(host="registry.terraform.io")}
    assert make_root(files, environment={"PATH": both}).flavour == "tofu"


def test_workspace_option_then_environment_then_what_was_selected(make_root: MakeRoot) -> None:
    files = {"main.tf": "", ".terraform/environment": "selected"}
    assert make_root(files, workspace="w", environment={"TF_WORKSPACE": "e"}).workspace == "w"
    assert make_root(files, environment={"TF_WORKSPACE": "e"}).workspace == "e"
    assert make_root(files).workspace == "selected"
    assert make_root(files, environment={"TF_DATA_DIR": "elsewhere"}).workspace == "default"


@pytest.mark.parametrize("name", ["../other", "a/b", "..", "a b", "x" * 91, "a\x1b[31m"])
def test_a_workspace_never_leaves_its_folder(make_root: MakeRoot, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a workspace"):
        make_root(workspace=name)


def test_a_variable_without_a_name_is_a_usage_error_that_does_not_show_it(make_root: MakeRoot) -> None:
    with pytest.raises(UsageError, match="NAME=VALUE") as caught:
        make_root(variables=["hunter2"])
    assert "hunter2" not in str(caught.value)


def test_a_missing_variable_file_is_a_usage_error(make_root: MakeRoot) -> None:
    with pytest.raises(UsageError, match=r"nope\.tfvars"):
        make_root(var_files=[Path("nope.tfvars")])


def test_secrets_are_in_no_repr(make_root: MakeRoot) -> None:
    root = make_root(
        variables=["password=hunter2"], environment={"OS_PASSWORD": "hunter2"}, backend_config=["p=hunter2"]
    )
    assert "hunter2" not in repr(root)


def test_overrides_are_read_last(make_root: MakeRoot) -> None:
    root = make_root({"a_override.tf": "", "z.tf": "", "override.tf": "", ".hidden.tf": "", "b.tf.json": "{}"})
    assert [f.name for f in configuration_files(root.path)] == ["b.tf.json", "z.tf", "a_override.tf", "override.tf"]
