"""janitor itself is interrupted: by a signal it ends in order, by kill -9 it loses nothing but time."""

from __future__ import annotations

import json
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from stage import Stage

from ground import stops
from ground.cloud import LocalCloud, gate
from ground.soak import parser

pytestmark = pytest.mark.scenario

GRACE = 7.0


def journal(stage: Stage) -> list[dict[str, object]]:
    (path,) = (stage.root / ".janitor").glob("*.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("binary", "number"),
    [("tofu", signal.SIGTERM), ("terraform", signal.SIGINT)],
    indirect=["binary"],
    ids=["tofu SIGTERM", "terraform SIGINT"],
)
def test_a_signal_while_deleting_leaves_journal_and_report(
    make: Callable[..., Stage], binary: str, number: signal.Signals
) -> None:
    stage = make("volumes", binary)
    stage.apply()
    name = stage.variables["name"]
    with gate("cinder.delete_volume", match=f"^{name}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", "--direct")
        assert hanging.reached(60)
        running.signal(number)
        ended = running.end()
        assert ended.code == 130, ended.text
        assert ended.seconds < GRACE
        assert ended.report["verdict"] == "interrupted"
        assert {o["name"] for o in ended.report["objects"]} == {f"{name}-held", f"{name}-free"}
        (held,) = ended.objects(name=f"{name}-held")
        assert held["outcome"] != "deleted"
        assert any(entry["what"] == "answer" and entry["ref"][-1] == held["id"] for entry in journal(stage))

    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
    assert stage.listed() == []


def test_kill_9_while_deleting_costs_nothing_but_time(
    make: Callable[..., Stage], tofu: str, noted: Callable[..., None]
) -> None:
    stage = make("volumes", tofu)
    stage.apply()
    name = stage.variables["name"]
    with gate("cinder.delete_volume", match=f"^{name}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", "--direct")
        assert hanging.reached(60)
        running.signal(signal.SIGKILL)
        ended = running.end()
        assert (ended.code, ended.report) == (-signal.SIGKILL, {})
        there = stage.look()

    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
    noted("a destroy killed", stage, again, there, "--direct")
    assert stage.listed() == []


@pytest.mark.parametrize(
    ("binary", "number"),
    [
        pytest.param("tofu", signal.SIGTERM, id="tofu SIGTERM"),
        pytest.param("terraform", signal.SIGKILL, id="terraform SIGKILL"),
        pytest.param("terraform", signal.SIGTERM, id="terraform SIGTERM", marks=pytest.mark.thorough),
        pytest.param("tofu", signal.SIGKILL, id="tofu SIGKILL", marks=pytest.mark.thorough),
    ],
    indirect=["binary"],
)
def test_during_terraforms_half_terraform_is_left_to_end_by_itself(
    make: Callable[..., Stage], binary: str, number: signal.Signals
) -> None:
    """Killing it is what ruins states: the next run waits for its lock, if it still has it."""
    stage = make("volumes", binary)
    stage.apply()
    name = stage.variables["name"]
    with gate("cinder.delete_volume", match=f"^{name}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y")
        assert hanging.reached(60)
        running.signal(number)
        ended = running.end()
        assert ended.code == (130 if number == signal.SIGTERM else -signal.SIGKILL), ended.text
        assert ended.seconds < GRACE
        second = stage.start("destroy", "-y")
        if number == signal.SIGKILL:
            assert stage.lock_info.exists(), "terraform lives on, and holds the state's lock"
    again = second.end()
    assert again.code == 0, again.text
    assert stage.look() == {}
    assert stage.listed() == []


@pytest.mark.thorough
def test_stopped_at_random_moments_and_killed_with_its_terraform(local_cloud: LocalCloud, tmp_path: Path) -> None:
    """One of the rounds of `ci/soak stops`: stopped three times, the fourth run ends with 0."""
    rounds = stops.tasks(parser().parse_args(["stops", "--seed", "1", "--count", "8"]))
    task = next(one for one in rounds if not one.direct and stops.ALL in {stop.how for stop in one.stops})
    line = stops.play(task, local_cloud, tmp_path / "round", f"stopped-{secrets.token_hex(3)}")
    assert line["violations"] == [], stops.told(line)
