"""Many at once, and a few among many: sixteen workspaces that are cleaned at the same time, sixty objects beside two
thousand of somebody else.

Only `SCENARIOS=all` runs these: they are about load, and take minutes. What is compared in time is compared within one
test, on one machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from stage import Stage
from workspaces import networks

from ground import bystanders, crude
from ground.cloud import LocalCloud, Project
from ground.connections import user_of
from ground.neighbour import look

pytestmark = [pytest.mark.scenario, pytest.mark.thorough]

AT_ONCE = 16
DIRECT = ("--direct", "--timeout", "240s")
SIXTY = 15
"""Networks of four objects each."""

PORTS, GROUPS, RULES = 200, 18, 100
"""Two thousand of somebody else, with the rules of each group: what is made, and goes, a hundred in a request."""

RUNS, SLOWER = 2, 1.5


def furnish(stage: Stage, count: int = 1) -> None:
    """Give its workspace networks, and a state that says so."""
    networks(stage.connection(), stage.variables["name"], count).write(stage.state)


@pytest.fixture
def workplace(make: Callable[..., Stage], tofu: str, tmp_path: Path) -> Callable[[Project, str], Stage]:
    """A working copy of the same small stack for a project, as each job has its own; initialised once."""
    first = make("net", tofu)

    def copied(project: Project, name: str) -> Stage:
        root = tmp_path / name
        shutil.copytree(first.root, root, symlinks=True)
        return Stage(root, tofu, project, variables={"name": name})

    return copied


@pytest.fixture
def emptied(project: Project) -> Iterator[Any]:
    """The project's user; what he has is gone in the end."""
    user = user_of(project)
    with crude.emptied(user):
        yield user


def all_at_once(stages: list[Stage]) -> None:
    """Clean every workspace at the same time: each ends with 0, and its state is empty."""
    running = [stage.start("destroy", "-y", *DIRECT) for stage in stages]
    for stage, one in zip(stages, running, strict=True):
        ended = one.end()
        assert ended.code == 0, f"{stage.root.name}: {ended.text}"
        assert [o["outcome"] for o in ended.report["objects"]] == ["deleted"] * 4
        assert '"resources": []' in stage.state.read_text(encoding="utf-8")


def test_sixteen_workspaces_of_one_project_at_once(
    workplace: Callable[[Project, str], Stage], project: Project, emptied: Any
) -> None:
    neighbours = bystanders.settle(emptied, external="public")
    stages = [workplace(project, f"{project.name}-{n}") for n in range(AT_ONCE)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(furnish, stages))
    all_at_once(stages)
    assert look(emptied) == neighbours


def test_sixteen_projects_at_once(
    workplace: Callable[[Project, str], Stage], project: Project, local_cloud: LocalCloud, tmp_path: Path
) -> None:
    with ExitStack() as leaving:
        names = [f"{project.name}-{n}" for n in range(AT_ONCE)]
        own = [leaving.enter_context(local_cloud.project(name, tmp_path / f"at-{name}")) for name in names]
        stages = [workplace(one, one.name) for one in own]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(furnish, stages))
        all_at_once(stages)
        assert [stage.look() for stage in stages] == [{}] * AT_ONCE


def test_two_thousand_of_somebody_else_hardly_slow_it_down(
    workplace: Callable[[Project, str], Stage],
    project: Project,
    emptied: Any,
    record_property: Callable[[str, object], None],
) -> None:
    """Listings are narrowed and paged: what a run takes hangs on what it has to do, not on who else is there."""
    alone = [cleaned(workplace, project, f"alone-{n}") for n in range(RUNS)]
    crowd(emptied.network)
    before = look(emptied)
    beside = [cleaned(workplace, project, f"beside-{n}") for n in range(RUNS)]
    record_property("seconds", {"alone": alone, "beside": beside})
    assert look(emptied) == before
    assert len(before) == PORTS + GROUPS + 1
    assert min(beside) <= SLOWER * min(alone), (alone, beside)


def crowd(network: Any) -> None:
    """Fill the project with what is listed with every run: ports, and groups that show their rules."""
    net = network.create_network(name="theirs")
    ports = [{"network_id": net.id, "name": "theirs", "security_groups": []} for _ in range(100)]
    for _ in range(PORTS // len(ports)):
        network.create_ports(ports)
    for _ in range(GROUPS):
        group = network.create_security_group(name="theirs").id
        rule = {"security_group_id": group, "direction": "ingress", "protocol": "tcp"}
        network.create_security_group_rules(
            [rule | {"port_range_min": n, "port_range_max": n} for n in range(1, RULES + 1)]
        )


def cleaned(workplace: Callable[[Project, str], Stage], project: Project, name: str) -> float:
    """The seconds that a run takes for a workspace of sixty objects."""
    stage = workplace(project, name)
    furnish(stage, SIXTY)
    ended = stage.destroy(*DIRECT)
    assert ended.code == 0, ended.text
    return float(ended.report["seconds"])
