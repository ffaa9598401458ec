"""What an apply leaves that was killed, or lost its state: found by its mark, by its log, by its names.

One seeded representative of what `ci/soak` plays at many moments. Others' objects are in the same project each time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Ran, Stage

from ground import bystanders
from ground.cloud import Fault, fault_region
from ground.neighbour import Seen

pytestmark = pytest.mark.scenario

SEED = 20
SERVER_BEGUN = '"hook":{"resource":{"addr":"openstack_compute_instance_v2.server"'
LATEST = 60.0


def moment(name: str) -> float:
    """When to kill an apply that takes about 15 s: after its first object, before its last."""
    return round(random.Random(f"{SEED} {name}").uniform(2.5, 9.0), 2)  # noqa: S311 - a seeded moment


def neighbours(stage: Stage) -> dict[str, Seen]:
    """Others' objects in the project, older than the run that begins now."""
    there = bystanders.settle(stage.connection(), external="public")
    time.sleep(1.1)  # the services cut their time stamps to seconds
    stage.begun = time.time()
    return there


def made(stage: Stage, there: dict[str, Seen]) -> dict[str, Seen]:
    """What the run has made, by a listing that is not janitor's."""
    return {key: seen for key, seen in stage.look().items() if key not in there}


def assert_proved(stage: Stage, ran: Ran, there: dict[str, Seen]) -> None:
    assert ran.code == 0, ran.text
    assert ran.report["verdict"] == "empty"
    assert stage.look() == there


def test_a_killed_apply_is_found_by_its_marks(
    make: Callable[..., Stage], binary: str, noted: Callable[..., None]
) -> None:
    stage = make("wreck", binary)
    stage.variables["run"] = stage.variables["name"][:48]
    there = neighbours(stage)
    stage.apply_and_kill(moment("marks"))
    lost = made(stage, there)
    assert lost
    ran = stage.destroy("--mark", stage.variables["run"])
    assert_proved(stage, ran, there)
    noted(f"an apply of {binary} killed", stage, ran, lost, "--mark")


def test_a_killed_apply_is_found_by_its_log(make: Callable[..., Stage], tofu: str, noted: Callable[..., None]) -> None:
    """Without any mark. The server is in flight, and nothing says its id: the log says that it was begun, and when."""
    stage = make("wreck", tofu)
    there = neighbours(stage)
    stage.apply_and_kill(LATEST, word=SERVER_BEGUN)
    lost = made(stage, there)
    ran = stage.destroy("--from-log", str(stage.log))
    assert_proved(stage, ran, there)
    noted("an apply of tofu killed", stage, ran, lost, "--from-log")
    evidence = {row["name"]: row["evidence"] for row in ran.objects(outcome="deleted")}
    assert evidence[f"{stage.variables['name']}-net"] == ["log"]


def test_a_killed_apply_is_found_by_its_names(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    """Without a mark and without a log: what carries a name of this run and was made since it began."""
    stage = make("wreck", tofu, addresses="0")
    there = neighbours(stage)
    stage.apply_and_kill(moment("names"))
    lost = made(stage, there)
    assert lost
    ran = stage.destroy("--since", stage.since)
    assert_proved(stage, ran, there)
    noted("an apply of tofu killed", stage, ran, lost, "--since")


def test_a_complete_apply_without_its_state_is_found_by_its_marks(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    stage = make("wreck", tofu)
    stage.variables["run"] = stage.variables["name"][:48]
    stage.apply()
    stage.state.unlink()
    lost = made(stage, {})
    ran = stage.destroy("--mark", stage.variables["run"])
    assert_proved(stage, ran, {})
    noted("deleted", stage, ran, lost, "--mark")


def test_an_address_that_nothing_proves_stays_and_is_named(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    """tofu's state is empty, the floating IP has no name, no mark, no port: it may be anybody's."""
    stage = make("wreck", tofu)
    there = neighbours(stage)
    stage.apply_and_kill(LATEST, word=SERVER_BEGUN)
    lost = made(stage, there)
    (address,) = {key for key, seen in lost.items() if seen.kind == "floating_ip"}

    ran = stage.destroy("--since", stage.since)
    noted("an apply of tofu killed", stage, ran, lost, "--since")
    assert ran.code == 4, ran.text
    assert set(stage.look()) - set(there) == {address}
    assert {key: seen for key, seen in stage.look().items() if key in there} == there
    (row,) = ran.objects(outcome="unverified")
    assert row["address"] == "openstack_networking_floatingip_v2.address[0]"
    assert [f"{holder['kind']}/{holder['id']}" for holder in row["holders"]] == [address]


def test_an_address_whose_answer_was_lost_is_named(
    make: Callable[..., Stage], tofu: str, tmp_path: Path, noted: Callable[..., None]
) -> None:
    """The apply fails in order and its state is whole, without the floating IP that was made: only the log knows."""
    stage = make("wreck", tofu)
    lost = Fault(service="network", method="POST", path="/floatingips", drop="after", times=1)
    with fault_region("lost", [lost]) as region:
        stage.more = region.env(stage.project, tmp_path)
        only = "-target=openstack_networking_floatingip_v2.address"
        stage.log.write_text(stage.terraform("apply", "-auto-approve", "-json", only, check=False).stdout)
        lost = made(stage, {})
        ran = stage.destroy("--from-log", str(stage.log), "--since", stage.since)
    assert ran.code == 4, ran.text
    noted("an answer lost, a whole state without it", stage, ran, lost, "--from-log --since")
    (address,) = stage.look()
    (row,) = ran.objects(outcome="unverified")
    assert [f"{holder['kind']}/{holder['id']}" for holder in row["holders"]] == [address]
