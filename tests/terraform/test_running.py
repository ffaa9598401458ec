"""The commands that janitor runs, with real binaries: init, destroy in two halves, state rm, workspace delete."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from janitor.core.model import Health
from janitor.terraform.agreement import state_rm, workspace_delete
from janitor.terraform.backends import read_state, workspaces
from janitor.terraform.destruction import Delete, PlannedDestroy, apply_plan, plan_destroy
from janitor.terraform.events import ApplyEvent, What, event_of, moment
from janitor.terraform.messages import masked, reason
from janitor.terraform.process import Process, run_reading, run_writing
from janitor.terraform.root import RootModule
from janitor.terraform.runner import command, environment, init_if_needed, version

from .conftest import SIMPLE, MakeRoot, apply, tree

SLOW = """
resource "terraform_data" "quick" {}
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    when    = destroy
    command = "trap '' INT; sleep 2"
  }
}
"""
LOCKED = 'provider "terraform.io/builtin/nothing" {\n}\n'


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


def test_the_default_workspace_is_never_deleted(make_root: MakeRoot) -> None:
    assert workspace_delete(make_root()).problem == "The workspace `default` cannot be deleted."


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_reading_commands_end_with_their_children(tmp_path: Path) -> None:
    child = tmp_path / "child"
    code = (
        "import pathlib, subprocess, time;"
        "c = subprocess.Popen(['sleep', '60']);"
        f"pathlib.Path({str(child)!r}).write_text(str(c.pid)); time.sleep(60)"
    )
    done = run_reading(python(code), folder=tmp_path, environment=os.environ, timeout=1.5)
    assert (done.interrupted, done.exit_code) == (True, -signal.SIGKILL)
    end = time.monotonic() + 5
    while Path(f"/proc/{child.read_text()}/cmdline").exists() and time.monotonic() < end:
        if not Path(f"/proc/{child.read_text()}/cmdline").read_bytes():
            break  # a zombie that nobody has waited for
        time.sleep(0.05)
    else:
        assert not Path(f"/proc/{child.read_text()}").exists()


def test_writing_commands_get_one_interrupt_and_are_waited_for(tmp_path: Path) -> None:
    code = (
        "import signal, sys, time; got = [];"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1));"
        "end = time.monotonic() + 2\n"
        "while time.monotonic() < end: time.sleep(0.05)\n"
        "print(len(got))"
    )
    done = run_writing(python(code), folder=tmp_path, environment=os.environ, timeout=0.8)
    assert (done.exit_code, done.output, done.interrupted) == (0, b"1\n", True)


def test_an_interrupt_is_sent_once_however_often_it_is_asked_for(tmp_path: Path) -> None:
    code = (
        "import signal, time; got = [];"
        "signal.signal(signal.SIGINT, lambda *_: got.append(1)); print('ready', flush=True);"
        "end = time.monotonic() + 1.5\n"
        "while time.monotonic() < end: time.sleep(0.05)\n"
        "print(len(got))"
    )
    process = Process(python(code), folder=tmp_path, environment=os.environ)
    lines = []
    for line in process.lines():
        if line == b"ready":
            for _ in range(5):
                process.interrupt()
        if line:
            lines.append(line)
    process.interrupt()
    assert lines == [b"ready", b"1"]
    process.close()


def test_a_process_that_is_left_goes_on_writing(tmp_path: Path) -> None:
    """A terraform whose output is a closed pipe would end with SIGPIPE while it saves the state."""
    proof = tmp_path / "proof"
    code = f"import time; time.sleep(0.5); print('x' * 100_000, flush=True); open({str(proof)!r}, 'w').write('saved')"
    process = Process(python(code), folder=tmp_path, environment=os.environ)
    process.close()
    assert process.wait(10)
    assert proof.read_text() == "saved"


def test_nothing_that_only_reads_changes_the_folder(applied: RootModule, tmp_path: Path) -> None:
    before = tree(applied.path)
    read_state(applied)
    workspaces(applied)
    version(applied)
    planned(applied, tmp_path)
    assert tree(applied.path) == before


def test_events_of_lines_that_are_none() -> None:
    for line in ("", "plain text", "{}", "[1]", '{"@level":"info"', "\x00"):
        assert event_of(line) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-21T07:19:02Z", 1795245542.0),
        ("2026-11-21T07:19:02.752978Z", 1795245542.752978),
        ("2026-11-21T07:19:02.754353445Z", 1795245542.754353),
        ("2026-11-21T08:19:02.5+01:00", 1795245542.5),
        ("2026-11-21T07:19:02", 1795245542.0),
        ("yesterday", None),
    ],
)
def test_moments(text: str, expected: float | None) -> None:
    assert moment(text) == expected


def test_reasons_are_one_line_without_boxes_or_codes() -> None:
    box = "\x1b[31m╷\x1b[0m\n\x1b[31m│\x1b[0m Error: No such thing\n│ \n│ It is\n│ gone.\n╵\n"
    assert reason(b"", box) == "No such thing It is gone."
    line = b'{"@level":"error","type":"diagnostic","diagnostic":{"severity":"error","summary":"S","detail":"d\\nd"}}'
    assert reason(b"noise\n" + line, box) == "S: d d"


def test_secrets_are_masked(make_root: MakeRoot) -> None:
    root = make_root(
        environment={"OS_PASSWORD": "hunter2", "TF_VAR_api_token": "t0ken-x"},
        variables=["db_password=p4ssw0rd", "name=public"],
        backend_config=["password=b4ckend"],
    )
    told = masked("hunter2 t0ken-x p4ssw0rd b4ckend public\x1b[31m", root)
    assert told == "*** *** *** *** public[31m"
