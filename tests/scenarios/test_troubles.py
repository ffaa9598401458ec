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
    stage = applied("pair")
    begun = len(region.log)
    region.rules = (RULES[trouble],)
    ended = stage.destroy(*DIRECT)
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    assert any(call.fault for call in region.log[begun:])


@pytest.mark.thorough
def test_what_is_behind_a_service_that_is_down_is_told_the_rest_goes_and_then_all_of_it(
    applied: Callable[..., Stage], region: FaultRegion
) -> None:
    stage = applied("apart")
    with region.down("network"):
        ended = stage.destroy("--direct", "--timeout", "10s")
    assert ended.code == 4, ended.text
    assert "security_group" in {unseen["kind"] for unseen in ended.report["unseen"]}
    assert kinds(stage) == {"security_group"}
    again = stage.destroy(*DIRECT)
    assert again.code == 0, again.text
    assert stage.look() == {}


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_a_token_that_ends_in_the_middle_is_replaced(applied: Callable[..., Stage], region: FaultRegion) -> None:
    """Services believe a token for minutes after keystone has revoked it: here each of them stops at another moment."""
    stage = applied("apart")
    asked = len(region.log)
    region.rules = (
        Fault(service="network", method="DELETE", status=401, times=1),
        Fault(service="compute", method="DELETE", status=401, times=1),
        Fault(service="block-storage", method="GET", status=401, times=1),
    )
    ended = stage.destroy(*DIRECT)
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    tokens = [call for call in region.log[asked:] if call.service == "identity" and call.method == "POST"]
    assert 2 <= len(tokens) <= 4
