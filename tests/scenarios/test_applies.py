"""`janitor apply`: what happens to it, and what `janitor destroy` makes of it with nothing but the journal.

A few seeded representatives of what `ci/soak applies` plays at many moments, and `tests/workflows` at every step.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from stage import Ran, Stage
from ways import binaries

from ground import bystanders
from ground.killing import kill_all
from ground.neighbour import Seen

pytestmark = pytest.mark.scenario

SEED = 7
BAD_PORT = """
resource "openstack_networking_port_v2" "bad" {
  name       = "${var.name}-bad"
  network_id = openstack_networking_network_v2.net.id

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.subnet.id
    ip_address = "192.0.2.1"
  }
}
"""


def journal(stage: Stage) -> list[dict[str, Any]]:
    (path,) = (p for p in (stage.root / ".janitor").glob("*.jsonl") if not p.name.endswith(".apply.jsonl"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def wait_for(stage: Stage, what: str, count: int = 1) -> None:
    """Until the journal has that many entries of a kind."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if list((stage.root / ".janitor").glob("*.jsonl")) and sum(e["what"] == what for e in journal(stage)) >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"the journal never had {count} entries {what!r}")


def forget(stage: Stage) -> None:
    """State, lock, `.terraform` and every variable: nothing but the configuration and the journal stays."""
    for path in stage.root.glob("*terraform.tfstate*"):
        path.unlink()
    for path in stage.root.glob(".*lock.info"):
        path.unlink()
    shutil.rmtree(stage.root / ".terraform")
    stage.variables.clear()


def neighbours(stage: Stage) -> dict[str, Seen]:
    there = bystanders.settle(stage.connection(), external="public")
    time.sleep(1.1)
    return there


def made(stage: Stage, there: dict[str, Seen], kind: str) -> set[str]:
    return {key for key, seen in stage.look().items() if seen.kind == kind} - set(there)


def cleaned(stage: Stage, there: dict[str, Seen]) -> Ran:
    ran = stage.destroy()
    assert ran.code == 0, ran.text
    assert stage.look() == there
    return ran


@pytest.mark.parametrize(("number", "binary"), [(1, "tofu"), (2, "terraform"), (3, "tofu")], indirect=["binary"])
def test_killed_with_everything_at_any_moment_the_journal_is_enough(
    make: Callable[..., Stage], binary: str, number: int, noted: Callable[..., None]
) -> None:
    stage = make("wreck", binary)
    stage.variables["run"] = stage.variables["name"][:48]
    there = neighbours(stage)
    running = stage.start("apply", "-y")
    wait_for(stage, "applying")
    time.sleep(random.Random(f"{SEED} {number}").uniform(0.5, 12.0))  # noqa: S311 - a seeded moment
    kill_all(running.process.pid)
    assert running.end().code == -signal.SIGKILL
    run = stage.variables["run"]
    forget(stage)
    lost = {key: seen for key, seen in stage.look().items() if key not in there}
    ran = stage.destroy("--mark", run)
    assert ran.code == 0, ran.text
    assert stage.look() == there
    noted(f"all killed, only the journal left ({binary})", stage, ran, lost, "--mark")


def test_without_a_mark_it_names_exactly_the_address_that_was_in_flight(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    """The floating IP has no name and no mark: 0 when its id was heard of, else 4 and its name."""
    stage = make("wreck", tofu)
    there = neighbours(stage)
    running = stage.start("apply", "-y")
    wait_for(stage, "creating", 4)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not made(stage, there, "floating_ip"):
        time.sleep(0.1)
    kill_all(running.process.pid)
    running.end()
    forget(stage)
    (address,) = made(stage, there, "floating_ip")
    lost = {key: seen for key, seen in stage.look().items() if key not in there}
    ran = stage.destroy()
    assert ran.code == 4, ran.text
    noted("all killed, only the journal left (tofu)", stage, ran, lost)
    assert set(stage.look()) - set(there) == {address}
    (row,) = ran.objects(outcome="unverified")
    assert row["address"] == "openstack_networking_floatingip_v2.address[0]"
    assert [f"{holder['kind']}/{holder['id']}" for holder in row["holders"]] == [address]


def test_a_terraform_that_outlives_janitor_loses_nothing_of_what_it_says(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    there = neighbours(stage)
    running = stage.start("apply", "-y")
    wait_for(stage, "creating")
    running.signal(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL
    heard = sum(entry["what"] == "created" for entry in journal(stage))
    assert stage.janitor("plan").code == 0, "it waits for the lock that terraform holds"
    assert len(stage.listed()) == 4
    forget(stage)
    ran = cleaned(stage, there)
    rows = ran.objects(outcome="deleted")
    assert heard < len(rows) == 4
    assert {tuple(row["evidence"]) for row in rows} == {("journal",)}


@binaries("tofu", rarely="terraform")
def test_a_signal_is_passed_on_once_and_terraform_is_waited_for(make: Callable[..., Stage], binary: str) -> None:
    """Its provider drops the calls that are under way, though the cloud carries them out: those objects are ours."""
    stage = make("wreck", binary, addresses="0")
    running = stage.start("apply", "-y")
    wait_for(stage, "created", 2)
    running.signal(signal.SIGTERM)
    time.sleep(0.5)
    running.signal(signal.SIGTERM)
    ended = running.end()
    assert ended.code == 130, ended.text
    assert [entry["exit_code"] for entry in journal(stage) if entry["what"] == "applied"] == [1]
    made = [entry["id"] for entry in journal(stage) if entry["what"] == "created"]
    assert len(stage.listed()) == len(made) >= 2, "it has saved its state in order"
    cleaned(stage, {})


def test_a_failed_apply_ends_with_1_and_the_journal_has_what_it_made(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    (stage.root / "bad.tf").write_text(BAD_PORT, encoding="utf-8")
    failed = stage.janitor("apply", "-y")
    assert failed.code == 1, failed.text
    assert "192.0.2.1" in failed.text
    assert len(stage.look()) == 4
    forget(stage)
    cleaned(stage, {})


@binaries("tofu", rarely="terraform")
def test_a_rollback_takes_what_this_apply_made_and_nothing_else(make: Callable[..., Stage], binary: str) -> None:
    stage = make("net", binary)
    stage.terraform("apply", "-auto-approve", "-input=false", "-target=openstack_networking_subnet_v2.subnet")
    before, listed = stage.look(), stage.listed()
    (stage.root / "bad.tf").write_text(BAD_PORT, encoding="utf-8")
    failed = stage.janitor("apply", "-y", "--rollback-on-failure")
    assert failed.code == 1, failed.text
    assert failed.objects(outcome="deleted"), failed.text
    assert stage.look() == before
    assert stage.listed() == listed
    assert not any(entry["what"] == "closed" for entry in journal(stage)), "the rest of the workspace is not gone"
    cleaned(stage, {})


def test_a_rollback_on_a_signal(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    there = neighbours(stage)
    running = stage.start("apply", "-y", "--rollback-on-signal")
    wait_for(stage, "created")
    running.signal(signal.SIGTERM)
    ended = running.end()
    assert ended.code == 130, ended.text
    assert "a CI may kill" in ended.text
    assert stage.look() == there
    assert stage.listed() == []


def test_a_rollback_is_refused_where_it_could_not_undo(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    stage.apply()
    stage.variables["name"] += "-x"
    before = stage.look()
    refused = stage.janitor("apply", "-y", "--rollback-on-failure")
    assert refused.code == 3, refused.text
    assert "Nothing was applied" in refused.text
    assert stage.look() == before
    assert not (stage.root / ".janitor").exists(), "what was refused leaves no line"


@binaries("tofu", rarely="terraform")
def test_what_is_applied_and_lost_later_is_found_by_the_journal(
    make: Callable[..., Stage], binary: str, noted: Callable[..., None]
) -> None:
    stage = make("net", binary, workspace="ci-1")
    there = neighbours(stage)
    applied = stage.janitor("apply", "-y")
    assert applied.code == 0, applied.text
    assert "4 resources created" in applied.text
    stage.state.unlink()
    lost = {key: seen for key, seen in stage.look().items() if key not in there}
    ran = cleaned(stage, there)
    noted("deleted, after `janitor apply`", stage, ran, lost)
    assert {tuple(row["evidence"]) for row in ran.objects(outcome="deleted")} == {("journal",)}
    kept = sorted(path.name for path in (stage.root / ".janitor").iterdir())
    assert len(kept) == 2, f"after the proof nothing is left beside the journal: {kept}"
