"""A cloud in trouble: what a passing one costs is time, what a lasting one hides is said, and neither loses anything.

More of them, with tofu's own half in each: `ci/soak faults`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stage import Stage

from ground.cloud import Fault, Project, fault_region
from ground.cloud.faults import FaultRegion
from ground.troubles import RULES

pytestmark = pytest.mark.scenario

DIRECT = ("--direct", "--timeout", "90s")


@pytest.fixture
def region() -> Iterator[FaultRegion]:
    with fault_region("troubles", seed=7) as made:
        yield made


@pytest.fixture
def applied(
    make: Callable[..., Stage], project: Project, tofu: str, tmp_path: Path, region: FaultRegion
) -> Callable[..., Stage]:
    """A stack that stands, in a region where nothing is wrong yet."""

    def made(stack: str) -> Stage:
        stage = make(stack, tofu)
        stage.more = region.env(project, tmp_path)
        stage.apply()
        return stage

    return made


def kinds(stage: Stage) -> set[str]:
    return {seen.kind for seen in stage.look().values()}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param("429 in seconds"),
        *(pytest.param(name, marks=pytest.mark.thorough) for name in ("503", "reset", "reply dropped")),
    ],
)
def test_a_fifth_of_all_answers_goes_wrong_and_everything_goes(
    applied: Callable[..., Stage], region: FaultRegion, trouble: str
) -> None:
    stage = applied("net")
    begun = len(region.log)
    region.rules = (RULES[trouble],)
    ended = stage.destroy(*DIRECT)
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    assert any(call.fault for call in region.log[begun:])


def test_what_is_behind_a_service_that_is_down_is_told_the_rest_goes_and_then_all_of_it(
    applied: Callable[..., Stage], region: FaultRegion
) -> None:
    stage = applied("apart")
    with region.down("network"):
        ended = stage.destroy("--direct", "--timeout", "20s")
    assert ended.code == 4, ended.text
    assert "security_group" in {unseen["kind"] for unseen in ended.report["unseen"]}
    assert kinds(stage) == {"security_group"}
    again = stage.destroy(*DIRECT)
    assert again.code == 0, again.text
    assert stage.look() == {}


def test_without_keystone_nothing_is_done_and_it_is_said_in_one_sentence(
    applied: Callable[..., Stage], region: FaultRegion
) -> None:
    stage = applied("pair")
    there, asked = stage.look(), len(region.log)
    with region.down("identity"):
        ended = stage.destroy(*DIRECT)
    assert ended.code == 3, ended.text
    assert "the connection was refused; check auth_url and the network" in ended.text
    assert (stage.look(), region.log[asked:]) == (there, [])
    region.rules = (Fault(service="identity", path="/auth/tokens", status=503, times=2),)
    assert stage.destroy(*DIRECT).code == 0  # stumbling is not lying down
    assert stage.look() == {}
