"""`janitor sweep` on the live cloud: leftovers as their producers make them, each beside a neighbour's."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import stock
import stock_compute
from documents import run_document
from places import Place, plain_environment, swept
from runners import started
from stage import Ran

from ground.cloud import LocalCloud, gate

pytestmark = pytest.mark.scenario

PROJECTS = 6


def test_harvesters_import_goes_and_its_neighbours_stays(place: Place) -> None:
    """A failed import leaves a snapshot, a nameless volume that was made from it, and an image."""
    storage = place.cloud.block_storage
    source = storage.create_volume(name="the-machines-disk", size=1)
    storage.wait_for_status(source, status="available", interval=0.2, wait=60)
    for machine in ("vm1", "vm10"):
        snapshot = storage.create_snapshot(name=f"import-controller-{machine}-0", volume_id=source.id)
        storage.wait_for_status(snapshot, status="available", interval=0.2, wait=60)
        made = storage.create_volume(size=1, snapshot_id=snapshot.id)
        storage.wait_for_status(made, status="available", interval=0.2, wait=60)
        name = f"import-controller-{machine}-0"
        place.cloud.image.create_image(name=name, container_format="bare", disk_format="raw", data=b"a disk")
    ended = place.sweep("--yes", "--producer", "harvester=vm1")
    assert ended.code == 0, ended.text
    assert place.names() == {"the-machines-disk", "import-controller-vm10-0", ""}
    assert len(list(storage.volumes())) == 2
    assert {o["kind"] for o in ended.objects(outcome="deleted")} == {"volume", "volume_snapshot", "image"}
    assert place.sweep("--yes", "--producer", "harvester=vm1").code == 0


def test_what_occm_left_goes_but_for_the_group_that_a_living_node_has(place: Place) -> None:
    network = place.cloud.network
    net = network.create_network(name="nodes")
    subnet = network.create_subnet(name="nodes", network_id=net.id, cidr="10.71.0.0/24", ip_version=4)
    for cluster in ("ci-4711", "ci-47110"):
        place.cloud.load_balancer.create_load_balancer(
            name=f"kube_service_{cluster}_default_web",
            description=f"Kubernetes external service default/web from cluster {cluster}",
            vip_subnet_id=subnet.id,
        )
        group = network.create_security_group(
            name=f"lb-sg-{cluster}",
            description=f"Security Group for default/web Service LoadBalancer in cluster {cluster}",
        )
    node = network.create_port(name="node", network_id=net.id, security_group_ids=[group.id])
    ours = network.find_security_group("lb-sg-ci-4711")
    network.update_port(node, security_group_ids=[group.id, ours.id])

    ended = place.sweep("--yes", "--producer", "occm=ci-4711")
    assert ended.code == 1, ended.text
    (held,) = ended.objects(kind="security_group")
    assert [(h["kind"], h["name"]) for h in held["holders"]] == [("port", "node")]
    assert "kube_service_ci-4711_default_web" not in place.names()
    assert {"kube_service_ci-47110_default_web", "lb-sg-ci-47110", "nodes", "node"} <= place.names()

    network.update_port(node, security_group_ids=[group.id])
    assert place.sweep("--yes", "--producer", "occm=ci-4711").code == 0
    assert "lb-sg-ci-4711" not in place.names()


def test_a_saved_plan_deletes_what_was_shown_and_nothing_else(place: Place) -> None:
    network = place.cloud.network

    def marked(name: str, *tags: str) -> None:
        network.set_tags(network.create_network(name=name), list(tags))

    marked("past", "janitor:run=3", "janitor:until=1000")
    marked("past-too", "janitor:run=3")
    marked("living", "janitor:run=4", "janitor:until=4000000000")
    marked("without-an-end", "janitor:run=5")
    network.create_network(name="nobodys")
    planned = place.sweep("--mark", "*", "--expired", "--out", "plan.json")
    assert planned.code == 0, planned.text
    assert {o["name"] for o in planned.objects(outcome="planned")} == {"past", "past-too"}
    assert (place.folder / "plan.json").stat().st_mode & 0o077 == 0

    marked("late", "janitor:run=3", "janitor:until=1000")
    again = network.find_network("past-too")
    network.delete_network(again)
    ended = place.sweep("--plan", "plan.json", "--yes")
    assert ended.code == 0, ended.text
    assert place.names() == {"living", "without-an-end", "nobodys", "late"}

    (place.folder / "alive").write_text("3\n", encoding="utf-8")
    kept = place.sweep("--yes", "--mark", "3", "--runs-alive", "alive")
    assert kept.code == 0
    assert "late" in place.names()
    assert place.sweep("--yes", "--mark", "3", "--older-than", "1h").code == 0
    assert "late" in place.names()
    assert place.sweep("--yes", "--mark", "3").code == 0
    assert place.names() == {"living", "without-an-end", "nobodys"}


def test_names_are_exact_and_what_hangs_on_them_follows(place: Place) -> None:
    network = place.cloud.network
    for run in ("7", "77"):
        net = network.create_network(name=f"ci-{run}")
        network.create_port(name=f"on-{run}", network_id=net.id)
    ended = place.sweep("--yes", "--name", "ci-{run}", "--run", "7")
    assert ended.code == 0, ended.text
    assert place.names() == {"ci-77", "on-77"}


def test_a_killed_sweep_is_taken_up_by_the_same_command(place: Place) -> None:
    """It keeps no journal: what it selects is found again by its identity, and what hangs on that goes before it."""
    name, network = place.project.name, place.cloud.network
    for part in ("held", "free"):
        stock.volume(place.cloud, f"{name}-{part}", metadata={"janitor-run": "9"})
    net = network.create_network(name=f"{name}-net", description="janitor:run=9")
    network.create_port(name="without a mark", network_id=net.id)
    line = [sys.executable, "-m", "janitor", "sweep", "--yes", "--mark", "9"]
    with gate("cinder.delete_volume", match=f"^{name}-held$", action="hang") as deleting:
        killed = started(line, folder=place.folder, environment=place.environment())
        killed.wait_for(deleting.reached)
        killed.process.kill()
        assert killed.end() == -signal.SIGKILL
    assert place.sweep(*line[4:]).code == 0
    assert place.look() == {}


@pytest.fixture
def places(local_cloud: LocalCloud, tmp_path: Path) -> Iterator[list[Place]]:
    """Several projects, and the administrator's account as a member of each."""
    admin = local_cloud.admin
    roles = {role["name"]: role["id"] for role in admin.keystone("GET", "/roles")["roles"]}
    (user,) = admin.keystone("GET", "/users?name=admin&domain_id=default")["users"]
    with ExitStack() as stack:
        made = []
        for number in range(PROJECTS):
            folder = tmp_path / str(number)
            folder.mkdir()
            project = stack.enter_context(local_cloud.project(f"sweep-{tmp_path.name}-{number}"[-60:], folder))
            admin.keystone("PUT", f"/projects/{project.id}/users/{user['id']}/roles/{roles['member']}")
            place = Place(project, folder)
            place.cloud.network.create_network(name=f"ci-9-of-{number}")
            place.cloud.network.create_network(name="ci-9")
            made.append(place)
        yield made


def test_shards_together_sweep_the_whole_and_nothing_twice(
    places: list[Place], local_cloud: LocalCloud, tmp_path: Path
) -> None:
    """One of the projects cannot be entered: it stops none of the others, and is the exit code."""
    listed = [p.project.id if number % 2 else p.project.name for number, p in enumerate(places)]
    (tmp_path / "projects").write_text("\n".join([*listed, "no-such-project"]), encoding="utf-8")
    admin = local_cloud.admin_env
    line = ("--yes", "--name", "ci-{run}", "--run", "9", "--projects-file", str(tmp_path / "projects"))
    ended = [
        places[index].sweep(*line, "--shard", "/3", env={**admin, "JOB_COMPLETION_INDEX": str(index)})
        for index in range(3)
    ]
    swept = [scope["project"]["id"] for one in ended for scope in one.report["scopes"]]
    assert sorted(set(swept) - {"no-such-project"}) == sorted(p.project.id for p in places)
    assert len(swept) == len(places) + 1
    assert sorted(one.code for one in ended) == [0, 0, 3]
    assert any("no-such-project" in one.text for one in ended if one.code == 3)
    reports = [str(places[index].folder / "report.json") for index in range(3)]
    whole = subprocess.run(
        [sys.executable, "-m", "janitor", "report", "--merge", *reports, "--format", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert whole.returncode == 3
    assert len(run_document(whole.stdout)["objects"]) == len(places)
    for number, place in enumerate(places):
        assert place.names() == {f"ci-9-of-{number}"}


MANY, SHARDS = 40, 4


@pytest.fixture
def crowd(local_cloud: LocalCloud, tmp_path: Path) -> Iterator[tuple[Any, list[str]]]:
    """The administrator, and many projects of which he is a member."""
    admin, cloud = local_cloud.admin, stock_compute.administrators_connection(local_cloud)
    roles = {role["name"]: role["id"] for role in admin.keystone("GET", "/roles")["roles"]}
    made = []
    for number in range(MANY):
        body = {"name": f"crowd-{tmp_path.parent.name}-{number}", "domain_id": "default"}
        made.append(admin.keystone("POST", "/projects", {"project": body})["project"]["id"])
        admin.keystone("PUT", f"/projects/{made[-1]}/users/{cloud.current_user_id}/roles/{roles['member']}")
    yield cloud, made
    for project in made:
        for network in cloud.network.networks(project_id=project):
            cloud.network.delete_network(network)
        admin.keystone("DELETE", f"/projects/{project}")


@pytest.mark.thorough
def test_many_shards_at_once_sweep_the_whole_and_nothing_twice(
    crowd: tuple[Any, list[str]], local_cloud: LocalCloud, tmp_path: Path
) -> None:
    cloud, projects = crowd
    ours = {
        cloud.network.create_network(name=name, project_id=project).id
        for project in projects
        for name in ("ci-9", "ci-99")
        if name == "ci-9" or not projects.index(project) % 4
    }
    theirs = {network.id for network in cloud.network.networks() if network.name == "ci-99"}
    (tmp_path / "projects").write_text("\n".join(projects), encoding="utf-8")

    def shard(index: int) -> Ran:
        folder = tmp_path / str(index)
        folder.mkdir()
        environment = plain_environment() | local_cloud.admin_env | {"JOB_COMPLETION_INDEX": str(index)}
        line = ("--yes", "--name", "ci-{run}", "--run", "9", "--projects-file", "../projects", "--shard", f"/{SHARDS}")
        return swept(folder, environment, *line)

    with ThreadPoolExecutor(SHARDS) as pool:
        ended = list(pool.map(shard, range(SHARDS)))
    assert [one.code for one in ended] == [0] * SHARDS, [one.text for one in ended]
    entered = Counter(scope["project"]["id"] for one in ended for scope in one.report["scopes"])
    assert entered == Counter(projects)
    deleted = Counter(row["id"] for one in ended for row in one.objects(outcome="deleted"))
    assert deleted == Counter(ours - theirs)
    left = {network.id for project in projects for network in cloud.network.networks(project_id=project)}
    assert left == ours & theirs
