"""The commands that janitor runs, with real binaries: init, destroy in two halves, state rm, workspace delete."""

import json
import threading
import time
from pathlib import Path

import pytest
from roots import SIMPLE, MakeRoot, apply, tree

from janitor.core.model import Health
from janitor.terraform.agreement import state_rm, workspace_delete
from janitor.terraform.backends import read_state, workspaces
from janitor.terraform.destruction import Delete, PlannedDestroy, apply_plan, plan_destroy
from janitor.terraform.events import ApplyEvent, What
from janitor.terraform.process import run_reading
from janitor.terraform.root import RootModule
from janitor.terraform.runner import command, environment, init_if_needed, version

SLOW = """
resource "terraform_data" "quick" {}
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    when    = destroy
    command = "trap '' INT; sleep 2"
  }
}
"""


def planned(root: RootModule, tmp_path: Path) -> PlannedDestroy:
    found = plan_destroy(root, tmp_path / "destroy.tfplan")
    assert found.ran.ok, found.ran.problem
    return found


def test_the_version_is_told(make_root: MakeRoot, binary: str) -> None:
    assert version(make_root(binary=binary))[0] == "1"


def test_destroy_is_planned_looked_at_and_applied(applied: RootModule, tmp_path: Path) -> None:
    resources = read_state(applied).resources
    plan = planned(applied, tmp_path)
    assert sorted(plan.deletes, key=str) == sorted((Delete(r.address, r.type, r.id) for r in resources), key=str)
    assert (plan.forgets, plan.others) == ((), ())
    assert plan.file is not None
    assert plan.file.stat().st_mode & 0o777 == 0o600

    events: list[ApplyEvent] = []
    result = apply_plan(applied, plan.file, on_event=events.append)
    assert (result.ran.ok, result.handed_over, result.errors, result.errored) == (True, False, (), ())
    assert sorted(result.destroyed) == sorted((r.address, r.id) for r in resources)
    assert {e.what for e in events} >= {What.START, What.COMPLETE, What.SUMMARY}
    assert read_state(applied).resources == ()


def test_what_must_stay_is_excluded_or_not_targeted(applied: RootModule, tmp_path: Path) -> None:
    out = tmp_path / "p"
    kept = 'terraform_data.many["c"]'
    if applied.flavour == "tofu":
        plan = plan_destroy(applied, out, exclude=[kept])
    else:
        plan = plan_destroy(applied, out, target=['terraform_data.many["a b"]'])
    assert [d.address for d in plan.deletes] == ['terraform_data.many["a b"]']


def test_a_destroy_that_cannot_be_planned_is_a_value(make_root: MakeRoot, binary: str, tmp_path: Path) -> None:
    protected = SIMPLE.replace("input = ", "lifecycle {\n    prevent_destroy = true\n  }\n  input = ", 1)
    root = make_root(protected, binary=binary)
    apply(root)
    plan = plan_destroy(root, tmp_path / "p")
    assert (plan.ran.ok, plan.file, plan.deletes) == (False, None, ())
    assert f"{binary} plan -destroy failed (exit 1): " in plan.ran.problem
    assert "terraform_data.one has" in plan.ran.problem
    assert "\n" not in plan.ran.problem


def test_what_is_forgotten_is_told_apart(make_root: MakeRoot, tmp_path: Path) -> None:
    root = make_root('resource "terraform_data" "x" {\n  lifecycle {\n    destroy = false\n  }\n}\n')
    if root.flavour != "tofu":
        pytest.skip("missing: tofu on PATH (only tofu knows `destroy = false`)")
    apply(root)
    plan = planned(root, tmp_path)
    assert (plan.deletes, [f.address for f in plan.forgets]) == ((), ["terraform_data.x"])


def test_values_of_variables_are_not_on_the_command_line(make_root: MakeRoot, binary: str, tmp_path: Path) -> None:
    value = 'hun\'ter "2" $HOME `id` \\ \n${path.root}'
    text = 'variable "label" {}\nresource "terraform_data" "one" {\n  input = var.label\n}\n'
    root = make_root(text, binary=binary, variables=[f"label={value}"])
    apply(make_root(text, binary=binary, environment={"TF_VAR_label": "x"}), label=value)
    env = environment(root, variables="plan")
    assert "hun" not in " ".join(command(root, "plan"))
    assert "hun" in env["TF_CLI_ARGS_plan"]
    out = tmp_path / "p"
    done = run_reading(command(root, "plan", out=str(out)), folder=root.path, environment=env, timeout=60)
    assert done.exit_code == 0, done.errors
    shown = run_reading(
        command(root, "show", str(out), json=True), folder=root.path, environment=environment(root), timeout=60
    )
    assert json.loads(shown.output)["variables"]["label"]["value"] == value


def test_handing_over_is_one_interrupt_and_the_state_is_saved(make_root: MakeRoot, binary: str, tmp_path: Path) -> None:
    root = make_root(SLOW, binary=binary)
    apply(root)
    plan = planned(root, tmp_path)
    assert plan.file is not None
    stop = threading.Event()

    def watch(event: ApplyEvent) -> None:
        if event.what is What.START and event.address == "terraform_data.slow":
            stop.set()

    result = apply_plan(root, plan.file, on_event=watch, stop=stop)
    assert result.handed_over
    assert not result.ran.ok
    found = read_state(root)
    assert found.health is Health.WHOLE
    assert [r.address for r in found.resources] in (["terraform_data.slow"], [])


def test_an_exception_of_the_caller_lets_terraform_end_by_itself(
    make_root: MakeRoot, binary: str, tmp_path: Path
) -> None:
    root = make_root(SLOW, binary=binary)
    apply(root)
    plan = planned(root, tmp_path)
    assert plan.file is not None

    def interrupted(event: ApplyEvent) -> None:
        if event.what is What.START and event.address == "terraform_data.slow":
            raise KeyboardInterrupt

    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        apply_plan(root, plan.file, on_event=interrupted)
    assert time.monotonic() - begin < 5
    end = time.monotonic() + 20
    while (root.path / ".terraform.tfstate.lock.info").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert read_state(root).health is Health.WHOLE


def test_init_runs_where_it_never_ran_and_leaves_no_lock_file(make_root: MakeRoot, binary: str) -> None:
    root = make_root('terraform {\n  backend "local" {\n    path = "s"\n  }\n}\n', binary=binary, workspace="fresh")
    done = init_if_needed(root)
    assert done.ran is not None
    assert done.ran.ok, done.ran.problem
    done.tidy()
    assert not (root.path / ".terraform.lock.hcl").exists()
    assert not (root.path / "terraform.tfstate.d").exists()
    assert init_if_needed(root).ran is not None, "without a provider there is nothing that shows it ran"


def test_init_runs_again_where_its_lock_file_is_gone(make_root: MakeRoot, tofu: str) -> None:
    """As in a fresh clone, which an earlier janitor has initialised: nothing runs with the plugins alone."""
    root = make_root(binary=tofu)
    (root.data_dir / "providers").mkdir(parents=True)
    ran = init_if_needed(root).ran
    assert ran is not None
    assert ran.ok, ran.problem
    (root.path / ".terraform.lock.hcl").write_text("", encoding="utf-8")
    assert init_if_needed(root).ran is None


def test_init_runs_where_a_cache_has_brought_the_plugins_and_not_the_modules(make_root: MakeRoot, tofu: str) -> None:
    files = {"main.tf": 'module "m" {\n  source = "./m"\n}\n', "m/main.tf": "", ".terraform.lock.hcl": ""}
    root = make_root(files, binary=tofu)
    (root.data_dir / "providers").mkdir(parents=True)
    assert init_if_needed(root).ran is not None
    assert (root.data_dir / "modules" / "modules.json").exists()
    assert init_if_needed(root).ran is None


def test_a_failing_init_is_a_value_and_keeps_the_lock_file(make_root: MakeRoot, binary: str) -> None:
    text = 'terraform {\n  required_providers {\n    x = {\n      source = "example.invalid/no/x"\n    }\n  }\n}\n'
    lock = 'provider "example.invalid/no/x" {\n  version = "1.0.0"\n}\n'
    root = make_root({"main.tf": text, ".terraform.lock.hcl": lock}, binary=binary)
    done = init_if_needed(root)
    assert done.ran is not None
    assert not done.ran.ok
    assert f"{binary} init failed (exit 1)" in done.ran.problem
    done.tidy()
    assert (root.path / ".terraform.lock.hcl").read_text() == lock
    assert not (root.path / ".terraform" / "providers").exists()


def test_state_rm_is_one_call_with_a_backup_of_our_own(applied: RootModule, tmp_path: Path) -> None:
    backup = tmp_path / "backup.tfstate"
    before = (applied.path / "terraform.tfstate").read_bytes()
    gone = ['terraform_data.many["a b"]', "terraform_data.one", "terraform_data.never_was"]
    assert state_rm(applied, gone, backup=backup).ok
    assert [r.address for r in read_state(applied).resources] == ['terraform_data.many["c"]']
    assert json.loads(backup.read_bytes()) == json.loads(before)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert sorted(f.name for f in applied.path.iterdir() if "backup" in f.name) == []
    refused = state_rm(applied, ["terraform_data.one"])
    assert not refused.ok
    assert "state rm failed (exit 1): Invalid target address" in refused.problem
    assert state_rm(applied, []).ok


@pytest.mark.parametrize("selected", [True, False])
def test_the_emptied_workspace_is_deleted_also_when_it_is_selected(
    make_root: MakeRoot, binary: str, *, selected: bool
) -> None:
    root = make_root(binary=binary, workspace="w-1")
    apply(root)
    if selected:
        (root.path / ".terraform").mkdir(exist_ok=True)
        (root.path / ".terraform" / "environment").write_text("w-1")
    refused = workspace_delete(root)
    assert not refused.ok
    assert "w-1" in workspaces(root)
    assert state_rm(root, [r.address for r in read_state(root).resources]).ok
    for backup in (root.path / "terraform.tfstate.d" / "w-1").glob("*.backup"):
        backup.unlink()
    done = workspace_delete(root)
    assert done.ok, done.problem
    assert workspaces(root) == ("default",)
    if selected:
        assert (root.path / ".terraform" / "environment").read_text() == "default"


def test_nothing_that_only_reads_changes_the_folder(applied: RootModule, tmp_path: Path) -> None:
    before = tree(applied.path)
    read_state(applied)
    workspaces(applied)
    version(applied)
    planned(applied, tmp_path)
    assert tree(applied.path) == before
