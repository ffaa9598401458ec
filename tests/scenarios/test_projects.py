"""One state in two projects, through two configurations of the provider."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stage import Stage

from ground.cloud import LocalCloud, Project
from ground.cloud.services import MEMBER_ROLES
from ground.neighbour import Seen

pytestmark = pytest.mark.scenario

THERE = {"openstack_networking_network_v2.there", "openstack_compute_servergroup_v2.there"}


@pytest.fixture
def second(local_cloud: LocalCloud, project: Project, tmp_path: Path) -> Iterator[Project]:
    with local_cloud.project(f"{project.name}-b", tmp_path / "b") as made:
        yield made


@pytest.fixture
def twofold(make: Callable[..., Stage], second: Project, tofu: str) -> Stage:
    """Both projects stand in one clouds.yaml."""
    stage = make("twofold", tofu, second=second.cloud_name)
    mine, others = (p.clouds_yaml.read_text(encoding="utf-8") for p in (stage.project, second))
    both = stage.root / "clouds.yaml"
    both.write_text(mine.rstrip() + "\n" + "\n".join(others.splitlines()[1:]), encoding="utf-8")
    stage.more["OS_CLIENT_CONFIG_FILE"] = str(both)
    return stage


def in_the_other(stage: Stage, second: Project) -> Stage:
    return Stage(stage.root, stage.binary, second)


def theirs(stage: Stage, second: Project) -> dict[str, Seen]:
    return in_the_other(stage, second).look()


def with_variables(stage: Stage, project: Project) -> None:
    """Sign in by variables: with OS_CLOUD the provider looks at no project that its block names."""
    stage.more |= {
        "OS_CLOUD": "", "OS_AUTH_URL": project.auth_url, "OS_USERNAME": project.user, "OS_PASSWORD": project.password,
        "OS_PROJECT_NAME": project.name, "OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default",
        "OS_REGION_NAME": "RegionOne",
    }  # fmt: skip


def rewrite(stage: Stage, **arguments: str) -> None:
    """Give the second configuration other arguments than its cloud."""
    file = stage.root / "twofold.tf"
    lines = "".join(f"  {name} = {json.dumps(value)}\n" for name, value in arguments.items())
    file.write_text(file.read_text(encoding="utf-8").replace("  cloud = var.second\n", lines), encoding="utf-8")


def test_each_project_is_cleaned_of_its_own_and_one_out_of_reach_is_never_proved(
    twofold: Stage, second: Project, noted: Callable[..., None]
) -> None:
    """A server group's body names no project: a 404 of the wrong one would prove it gone."""
    stage, both = twofold, twofold.more["OS_CLIENT_CONFIG_FILE"]
    stage.apply()
    there = theirs(stage, second)
    assert len(there) == 2
    stage.more["OS_CLIENT_CONFIG_FILE"] = str(stage.project.clouds_yaml)
    ended = stage.destroy("--direct")
    assert ended.code == 4, ended.text
    assert {row["address"] for row in ended.objects(outcome="unverified")} == THERE
    assert "--provider-cloud second=CLOUD" in ended.text
    assert (stage.look(), theirs(stage, second)) == ({}, there)
    noted("a project out of reach", in_the_other(stage, second), ended, there, "--direct")
    assert set(stage.listed()) == THERE
    stage.more["OS_CLIENT_CONFIG_FILE"] = both
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert {scope["project"]["id"] for scope in again.report["scopes"]} == {stage.project.id, second.id}
    assert (theirs(stage, second), stage.listed()) == ({}, [])


@pytest.mark.thorough
def test_terraform_first_cleans_both(twofold: Stage, second: Project) -> None:
    twofold.apply()
    ended = twofold.destroy()
    assert ended.code == 0, ended.text
    assert (twofold.look(), theirs(twofold, second), twofold.listed()) == ({}, {}, [])


@pytest.mark.thorough
def test_a_project_that_the_configuration_names_is_entered_with_our_credentials(
    twofold: Stage, second: Project
) -> None:
    stage = twofold
    with_variables(stage, stage.project)
    rewrite(stage, tenant_name=second.name)
    roles = {role["name"]: role["id"] for role in second.admin.keystone("GET", "/roles")["roles"]}
    for role in MEMBER_ROLES:
        second.admin.keystone("PUT", f"/projects/{second.id}/users/{stage.project.user_id}/roles/{roles[role]}")
    stage.apply()
    assert len(theirs(stage, second)) == 2
    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert (stage.look(), theirs(stage, second), stage.listed()) == ({}, {}, [])


@pytest.mark.thorough
def test_credentials_of_its_own_are_unclear_until_somebody_says_whose(twofold: Stage, second: Project) -> None:
    stage = twofold
    with_variables(stage, stage.project)
    rewrite(stage, user_name=second.user, password=second.password, tenant_name=second.name)
    stage.apply()
    assert stage.destroy("--direct").code == 4
    assert len(theirs(stage, second)) == 2
    ended = stage.destroy("--direct", "--provider-cloud", f"second={second.cloud_name}")
    assert ended.code == 0, ended.text
    assert (theirs(stage, second), stage.listed()) == ({}, [])
