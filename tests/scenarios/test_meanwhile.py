"""Others are at work on the same objects: a second janitor, or a controller on the nodes that makes them again."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import stock
from stage import Ran, Stage
from workspaces import Workspace

from ground.cloud import gate

pytestmark = pytest.mark.scenario

SERVICE = "Kubernetes external service default/web from cluster kubernetes"


def deletes(ran: Ran, path: str) -> list[str]:
    """The paths below this one that it asked to have deleted."""
    return [one.path for one in ran.asked if one.method == "DELETE" and path in one.path]


@pytest.mark.parametrize(
    "where",
    [
        pytest.param("a copy"),
        pytest.param("the same folder", marks=pytest.mark.thorough),
    ],
)
def test_two_janitors_at_once_end_well(make: Callable[..., Stage], tofu: str, where: str) -> None:
    """In one folder they take turns by the state's lock; what keeps the state twice lets both delete the same."""
    first = make("apart", tofu)
    first.apply()
    second = replace(first, called="second")
    if where == "a copy":
        second.root = first.root.with_name("copy")
        shutil.copytree(first.root, second.root, symlinks=True)
    with gate("cinder.delete_volume", match=f"^{first.project.name}-disk$", action="hang"):
        started = [stage.start("destroy", "-y", "--direct") for stage in (first, second)]
        for running in started if where == "a copy" else ():  # one that came to nothing would refuse
            stock.until(lambda running=running: "Deleting what is left" in running.text.read_text(encoding="utf-8"))
    ended = [running.end() for running in started]
    assert [ran.code for ran in ended] == [0, 0], "\n".join(ran.text for ran in ended)
    assert first.look() == {}
    assert deletes(ended[0], "/security-groups/") or deletes(ended[1], "/security-groups/")
    rows = {row["kind"]: row["outcome"] for ran in ended for row in ran.report["objects"]}
    assert set(rows.values()) <= {"deleted", "absent"}, rows
    assert [stage.listed() for stage in (first, second)] == [[], []]


def test_two_janitors_take_their_groups_off_one_port_of_somebody_else(make: Callable[..., Stage], tofu: str) -> None:
    """Neutron has a port's groups written as a whole: who writes what was true a moment ago brings the other's back."""
    first = make("net", tofu)
    second = replace(first, root=first.root.with_name("copy"))
    shutil.copytree(first.root, second.root, symlinks=True)
    cloud, groups = first.connection(), {}
    own = cloud.network.create_security_group(name="own").id
    port = stock.port(cloud, "theirs", security_group_ids=[own])
    for stage in first, second:
        ours = Workspace()
        for n in range(6):
            name = f"{first.project.name}-{stage.root.name}-{n}"
            ours.add(f"networking_secgroup_v2.g{n}", cloud.network.create_security_group(name=name).id)
        groups[stage.root] = list(ours.ids.values())
        link = {"port_id": port.id, "security_group_ids": groups[stage.root], "enforce": False}
        ours.add("networking_port_secgroup_associate_v2.link", port.id, **link)
        ours.write(stage.state)
    every = {own}.union(*groups.values())
    cloud.network.update_port(port, security_group_ids=[*every])
    ended = [running.end() for running in [stage.start("destroy", "-y", "--direct") for stage in (first, second)]]
    assert [ran.code for ran in ended] == [0, 0], "\n".join(ran.text for ran in ended)
    left = {group.id for group in cloud.network.security_groups(project_id=first.project.id)}
    assert left & every == {own}
    kept = cloud.network.get_port(port.id)
    assert (kept.name, kept.security_group_ids, kept.fixed_ips) == ("theirs", [own], port.fixed_ips)
    assert [deletes(ran, "/ports/") for ran in ended] == [[], []]


@pytest.mark.thorough
def test_a_controller_on_our_nodes_loses_its_load_balancer_for_good(make: Callable[..., Stage], tofu: str) -> None:
    """Nova takes its time: a load balancer that went before the last node would come back."""
    stage = make("server", tofu)
    stage.apply()
    with controller(stage) as made:
        cloud = stage.connection()
        cloud.load_balancer.delete_load_balancer(settled(cloud, made, 1), cascade=True)
        there = settled(cloud, made, 2)  # it is a controller indeed
        with gate("nova.destroy", match=f"^{stage.variables['name']}-server$", action="delay", seconds=5):
            ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert stage.look() == {}
    assert len(made) == 2, "made again"
    (gone,) = ended.objects(kind="load_balancer")
    assert (gone["id"], gone["outcome"], gone["evidence"]) == (there, "deleted", ["attached"])


def settled(cloud: Any, made: list[str], number: int) -> str:
    """The load balancer that was made as this one, ready to be deleted."""
    stock.until(lambda: len(made) == number)
    return str(stock.active(cloud, cloud.load_balancer.get_load_balancer(made[-1])).id)


@contextmanager
def controller(stage: Stage) -> Iterator[list[str]]:
    """What the cloud's controller manager does for a service, while a node is there. Yields the ids of what it made."""
    cloud: Any = stage.connection()
    made: list[str] = []
    name, ended = f"kube_service_kubernetes_default_{stage.variables['name']}", threading.Event()
    (subnet,) = cloud.network.subnets(project_id=stage.project.id)

    def play() -> None:
        while not ended.wait(0.2) and any(cloud.compute.servers(details=False)):
            if not any(cloud.load_balancer.load_balancers(name=name)):
                balancer = cloud.load_balancer.create_load_balancer(
                    name=name, description=SERVICE, vip_subnet_id=subnet.id
                )
                made.append(balancer.id)

    playing = threading.Thread(target=play)
    playing.start()
    try:
        yield made
    finally:
        ended.set()
        playing.join()
