"""`janitor check` on the real cloud: each answer is made true, and told; what it calls enough is enough to apply."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import limits
import pytest
from stage import Ran, Stage

from ground.cloud import LocalCloud, Project, fault_region
from ground.cloud.proxy import Fault

pytestmark = pytest.mark.scenario

STATIC = ("--evaluate", "static")
"""For what needs no plan: each of these checks takes two seconds less."""


def checked(stage: Stage, *more: str, **options: Any) -> Ran:
    """`janitor check`, and that it has a report and ends as that says."""
    ended = stage.janitor("check", *more, **options)
    assert ended.report, ended.text
    assert ended.code == ended.report["exit_code"]
    return ended


def findings(ended: Ran, topic: str, fit: str = "not fit") -> dict[str, dict[str, Any]]:
    """The answers of a topic, by what they are about."""
    return {f["subject"]: f for f in ended.report["findings"] if (f["topic"], f["fit"]) == (topic, fit)}


def against(ended: Ran) -> set[tuple[str, str]]:
    """All that is against the environment."""
    return {(f["topic"], f["subject"]) for f in ended.report["findings"] if f["fit"] == "not fit"}


def needed(ended: Ran) -> dict[tuple[str, str], int]:
    """What the check says is needed of each quota."""
    found = [f for f in ended.report["findings"] if f["topic"] == "quota"]
    return {tuple(f["subject"].split(" ", 1)): f["needed"] for f in found}  # type: ignore[misc]


@pytest.mark.thorough
def test_exactly_what_it_says_is_needed_is_enough_and_one_less_is_not(make: Callable[..., Stage], tofu: str) -> None:
    """Every quota at once: one short of each is told of each; with just enough of each the apply goes through."""
    stage = make("everything", tofu)
    first = checked(stage)
    assert first.code == 0, first.text
    needs = needed(first)
    assert set(needs) == EVERYTHING
    limits.limit(stage.project, {key: held(stage.project, key) + amount - 1 for key, amount in needs.items()})
    short = checked(stage)
    assert short.code == 1, short.text
    assert {tuple(subject.split(" ", 1)) for subject in findings(short, "quota")} == EVERYTHING
    assert against(short) == {("quota", " ".join(key)) for key in EVERYTHING}
    free = {key: f["needed"] - f["free"] for key, f in findings(short, "quota").items() if f["free"] is not None}
    assert set(free.values()) == {1}, free
    limits.limit(stage.project, {key: held(stage.project, key) + amount for key, amount in needs.items()})
    enough = checked(stage)
    assert enough.code == 0, enough.text
    before = limits.usage(stage.project)
    stage.apply()
    taken = {key: amount - before[key] for key, amount in limits.usage(stage.project).items() if key in before}
    told = {key: amount for key, amount in needed(enough).items() if key in taken and key not in UNCOUNTED}
    assert {key: taken[key] for key in told} == told
    assert stage.destroy("--direct").code == 0


EVERYTHING = {
    *(("compute", key) for key in ("instances", "cores", "ram", "key_pairs", "server_groups", "server_group_members")),
    *(("network", key) for key in ("network", "subnet", "port", "router", "floatingip", "trunk")),
    *(("network", key) for key in ("security_group", "security_group_rule")),
    *(("block-storage", key) for key in ("volumes", "gigabytes", "per_volume_gigabytes")),
    *(("block-storage", key) for key in ("volumes_sparse", "gigabytes_sparse")),
    *(("load-balancer", key) for key in ("load_balancer", "listener", "pool", "member", "health_monitor")),
    ("key-manager", "secrets"),
}
UNCOUNTED = {
    *(("compute", "key_pairs"), ("compute", "server_group_members")),  # Nova says 0 of these, whatever there is
    ("block-storage", "per_volume_gigabytes"),
}


def held(project: Project, key: tuple[str, str]) -> int:
    """What is in use of a quota before the apply."""
    return limits.usage(project).get(key, 0)


@pytest.fixture
def named(make: Callable[..., Stage], tofu: str) -> Callable[..., Stage]:
    """The stack that names things, with other names in it."""

    def made(**variables: str) -> Stage:
        return make("named", tofu, **variables)

    return made


def test_names_that_the_cloud_lacks_are_told_with_those_that_it_has(named: Callable[..., Stage]) -> None:
    absent = {name: f"no-such-{name.replace('_', '-')}" for name in ("image", "flavor", "zone", "volume_type", "pool")}
    stage = named(**absent)
    ended = checked(stage, *STATIC)
    assert ended.code == 1, ended.text
    assert against(ended) == {
        ("name", f"{what} {absent[variable]}")
        for variable, what in {
            "image": "image", "flavor": "flavor", "zone": "availability zone", "volume_type": "volume type",
            "pool": "external network",
        }.items()
    }  # fmt: skip
    assert "tiny" in findings(ended, "name")["flavor no-such-flavor"]["remedy"]
    assert findings(ended, "quota", "unknown") == {}, "without limits nothing depends on the flavor"


def test_a_plan_that_fails_for_a_missing_name_says_which_one(make: Callable[..., Stage], tofu: str) -> None:
    """A data source that finds nothing ends the plan: what the text alone says is held against the cloud then."""
    stage = make("everything", tofu, flavor="no-such-flavor")
    (stage.root / "more.tf").write_text('data "openstack_compute_flavor_v2" "f" { name = var.flavor }\n')
    ended = checked(stage)
    assert ended.code == 1, ended.text
    assert against(ended) == {("name", "flavor no-such-flavor")}
    assert list(findings(ended, "configuration", "unknown")) == ["plan"]


def test_images_that_cannot_be_used_are_told_with_the_reason(named: Callable[..., Stage]) -> None:
    """Not uploaded yet; two of one name; too large for the flavor."""
    stage = named(image="made-here")
    image = stage.connection().image
    body = {"disk_format": "raw", "container_format": "bare"}
    made = [image.create_image(name="made-here", allow_duplicates=True, **body)]
    try:
        assert "queued" in findings(checked(stage, *STATIC), "name")["image made-here"]["line"]
        made.append(
            image.create_image(
                name="made-here", allow_duplicates=True, data=b"x" * 1024, validate_checksum=False, **body
            )
        )
        assert "2 have this name" in findings(checked(stage, *STATIC), "name")["image made-here"]["line"]
        image.delete_image(made.pop(0))
        image.update_image(made[0], min_disk=5, min_ram=4096)
        ended = checked(stage, *STATIC)
        assert findings(ended, "name")["image made-here on flavor tiny"]["line"] == (
            "the image wants 4096 MiB of RAM, the flavor has 512; the image wants a disk of 5 GiB, and gets 1"
        )
    finally:
        for one in made:
            image.delete_image(one)


def test_what_is_in_the_way_is_told(named: Callable[..., Stage]) -> None:
    """A key pair and a group of the same names: Nova would refuse the one, and could not choose of the other."""
    stage = named()
    conn, name = stage.connection(), stage.project.name
    conn.compute.create_keypair(name=f"{name}-key")
    conn.network.create_security_group(name=f"{name}-group")
    conn.network.create_network(name=f"{name}-net")
    try:
        ended = checked(stage, *STATIC)
        assert ended.code == 1, ended.text
        assert against(ended) == {("collision", f"keypair {name}-key"), ("collision", f"security group {name}-group")}
        assert list(findings(ended, "collision", "fit")) == [f"network {name}-net"]
    finally:
        conn.compute.delete_keypair(f"{name}-key")


def test_leftovers_are_told_and_clean_removes_them(make: Callable[..., Stage], tofu: str) -> None:
    """It needs a yes for that, and a neighbour of the same kind stays."""
    stage = make("net", tofu)
    stage.apply()
    other = stage.connection().network.create_network(name="somebody-else")
    before = stage.look()
    ended = checked(stage, *STATIC)
    assert ended.code == 1, ended.text
    left = findings(ended, "leftovers")
    assert set(left) == {"network", "port", "security_group", "subnet"}
    assert left["port"]["line"] == f"1 port left: {stage.project.name}-port"
    assert left["port"]["reason"] == "workspace default has them by state"
    unasked = stage.janitor("check", "--clean")
    assert unasked.code == 2, "nobody can be asked"
    assert stage.look() == before
    cleaned = checked(stage, "--clean", "--yes", "--direct")
    assert cleaned.code == 0, cleaned.text
    assert findings(cleaned, "leftovers", "fit")
    assert [seen.name for seen in stage.look().values()] == [other.name]


def test_a_check_writes_nothing(make: Callable[..., Stage], tofu: str) -> None:
    stage = make("net", tofu)
    stage.apply()
    before, cloud = files(stage.root), stage.look()
    stage.start("check", "-q").end()
    assert files(stage.root) == before
    assert stage.look() == cloud


def files(folder: Path) -> dict[str, bytes]:
    """What a folder holds, but for the plugins and the report that was asked for."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".terraform/providers" not in str(path) and path.name != "report.json"
    }


def test_a_living_lock_is_told_with_its_holder_and_a_dead_one_is_no_obstacle(
    make: Callable[..., Stage], tofu: str
) -> None:
    stage = make("net", tofu)
    apply = stage.applying()
    try:
        while not stage.lock_info.exists() and apply.poll() is None:
            time.sleep(0.02)
        ended = checked(stage, *STATIC)
    finally:
        apply.kill()
        apply.wait()
    assert ended.code == 1, ended.text
    assert f"process {apply.pid}" in findings(ended, "lock")["state"]["line"]
    assert list(findings(ended, "leftovers", "unknown")) == ["workspace"], "nobody looks while somebody works on it"
    dead = checked(stage, *STATIC)
    assert "a dead command left its description behind" in findings(dead, "lock", "fit")["state"]["line"]


@contextmanager
def account(local_cloud: LocalCloud, project: Project, *roles: str) -> Iterator[dict[str, str]]:
    """Another user of the project, with these roles alone, as an environment."""
    name, password = f"{project.name}-{secrets.token_hex(2)}", secrets.token_urlsafe(12)
    ids = {role["name"]: role["id"] for role in project.admin.keystone("GET", "/roles")["roles"]}
    body = {"name": name, "domain_id": "default", "password": password}
    user = project.admin.keystone("POST", "/users", {"user": body})["user"]["id"]
    try:
        for role in roles:
            project.admin.keystone("PUT", f"/projects/{project.id}/users/{user}/roles/{ids[role]}")
        yield {
            "OS_CLOUD": "", "OS_AUTH_URL": project.auth_url, "OS_USERNAME": name, "OS_PASSWORD": password,
            "OS_PROJECT_NAME": project.name, "OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_IDENTITY_API_VERSION": "3", "OS_REGION_NAME": "RegionOne",
        }  # fmt: skip
    finally:
        project.admin.keystone("DELETE", f"/users/{user}")


def test_roles_that_are_not_enough_are_told(
    named: Callable[..., Stage], local_cloud: LocalCloud, project: Project
) -> None:
    stage = named()
    with account(local_cloud, project, "reader") as env:
        ended = checked(stage, *STATIC, env=env)
        assert ended.code == 1, ended.text
        assert ("credentials", "roles") in against(ended)
    with account(local_cloud, project, "creator") as env:
        ended = checked(stage, *STATIC, env=env)
        assert ended.code == 1, ended.text
        assert "load-balancer_member" in findings(ended, "role")["load-balancer"]["remedy"]


def test_an_exhausted_pool_is_told_to_who_may_count_and_unknown_to_the_others(
    named: Callable[..., Stage], local_cloud: LocalCloud, project: Project
) -> None:
    """A pool of two addresses, both taken."""
    admin = project.admin
    body = {"name": f"{project.name}-pool", "router:external": True}
    pool = admin.service("network", "POST", "/v2.0/networks", {"network": body})["network"]
    try:
        subnet = {
            "network_id": pool["id"], "ip_version": 4, "cidr": "203.0.113.0/29", "enable_dhcp": False,
            "allocation_pools": [{"start": "203.0.113.2", "end": "203.0.113.3"}],
        }  # fmt: skip
        admin.service("network", "POST", "/v2.0/subnets", {"subnet": subnet})
        stage = named(pool=pool["name"])
        ended = checked(stage, *STATIC)
        assert ended.code == 0, ended.text
        assert findings(ended, "addresses", "unknown")[f"pool {pool['name']}"]["counts"] is False
        with account(local_cloud, project, "member", "admin", "load-balancer_member") as env:
            told = findings(checked(stage, *STATIC, env=env), "addresses", "fit")[f"pool {pool['name']}"]
            assert (told["needed"], told["free"]) == (1, 2)
            for _ in range(2):
                stage.connection().network.create_ip(floating_network_id=pool["id"])
            ended = checked(stage, *STATIC, env=env)
            assert against(ended) == {("addresses", f"pool {pool['name']}")}
    finally:
        for ip in stage.connection().network.ips():
            stage.connection().network.delete_ip(ip)
        admin.service("network", "DELETE", f"/v2.0/networks/{pool['id']}")


def test_credentials_that_end_before_the_job_are_told(named: Callable[..., Stage], project: Project) -> None:
    """A token that nobody can renew lives as long as it lives; a job of two days does not fit into it."""
    stage = named()
    token = stage.connection().auth_token
    env = {
        "OS_CLOUD": "", "OS_AUTH_TYPE": "token", "OS_TOKEN": token, "OS_AUTH_URL": project.auth_url,
        "OS_PROJECT_NAME": project.name, "OS_PROJECT_DOMAIN_NAME": "Default", "OS_REGION_NAME": "RegionOne",
    }  # fmt: skip
    assert checked(stage, *STATIC, env=env).code == 0
    ended = checked(stage, *STATIC, "--timeout", "48h", env=env)
    assert against(ended) == {("credentials", "lifetime")}


def test_a_service_that_is_silent_is_unknown_and_one_that_is_missing_is_not_fit(
    named: Callable[..., Stage], project: Project, tmp_path: Path
) -> None:
    stage = named()
    with fault_region("check", [Fault(service="load-balancer", status=503)]) as region:
        ended = checked(stage, *STATIC, env=region.env(project, tmp_path))
        assert ended.code == 4, ended.text
        assert list(findings(ended, "service", "unknown")) == ["load-balancer"]
        assert ("load-balancer", "load_balancer") in needed(ended)
        assert against(ended) == set()
    (stage.root / "more.tf").write_text(
        'resource "openstack_containerinfra_clustertemplate_v1" "t" {\n'
        '  name = "t"\n  image = "cirros"\n  coe = "kubernetes"\n}\n'
    )
    ended = checked(stage, *STATIC)
    assert against(ended) == {("service", "container-infra")}


def test_a_workspace_that_is_still_to_be_made_is_fit_and_no_secret_is_told(
    make: Callable[..., Stage], tofu: str
) -> None:
    """The first step of a pipeline: nothing knows the workspace yet. User data and metadata hold a secret."""
    stage = make("server", tofu, secret="s3cr3t-of-a-pipeline")
    stage.workspace = "ci-4711"
    ended = checked(stage)
    assert ended.code == 0, ended.text
    assert ended.report["workspace"] == "ci-4711"
    assert "s3cr3t" not in ended.text + str(ended.report)


def test_the_demo_stack_is_answered_with_few_requests(project: Project, tofu: str, tmp_path: Path) -> None:
    """Sixty-four instances: a listing per kind, two questions per service. The plan's own are not among them."""
    stage = Stage.of(tmp_path / "stack", project, stack="kubespray", binary=tofu, cluster_name=project.name)
    ended = checked(stage)
    assert ended.code == 0, ended.text
    assert needed(ended)["compute", "instances"] == 9
    assert needed(ended)["network", "port"] == 11, "nine of the servers, the VIP's, the router's"
    assert ended.report["requests"] <= 40
