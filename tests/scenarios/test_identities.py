"""The credential in use goes last; an administrator's things are Terraform's; a quota costs nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stage import Ran, Stage
from ways import ways

from ground.cloud import LocalCloud

pytestmark = pytest.mark.scenario

CLOUDS = """\
clouds:
  job:
    region_name: RegionOne
    identity_api_version: "3"
    auth_type: v3applicationcredential
    auth: {{ auth_url: "{url}", application_credential_id: "{id}", application_credential_secret: "{secret}" }}
"""


def sign_in_with(stage: Stage, folder: Path) -> str:
    """Let the job use the credential that its own state has. Returns the id."""
    resources = json.loads(stage.state.read_text(encoding="utf-8"))["resources"]
    (ours,) = (r for r in resources if r["type"] == "openstack_identity_application_credential_v3")
    known = ours["instances"][0]["attributes"]
    path = folder / "job.yaml"
    path.write_text(CLOUDS.format(url=stage.project.auth_url, **known), encoding="utf-8")
    stage.more |= {"OS_CLIENT_CONFIG_FILE": str(path), "OS_CLOUD": "job"}
    return str(known["id"])


def credentials(stage: Stage) -> set[str]:
    conn: Any = stage.connection()
    return {one.id for one in conn.identity.application_credentials(conn.current_user_id)}


@ways("tofu first", rarely=("terraform first", "direct"))
def test_the_credential_in_use_goes_last_and_the_proof_comes_before(
    make: Callable[..., Stage], tmp_path: Path, binary: str, mode: list[str]
) -> None:
    stage = make("parting", binary)
    stage.apply()
    used = sign_in_with(stage, tmp_path)

    ended = stage.destroy(*mode)
    assert ended.code == 0, ended.text
    (gone,) = ended.objects(kind="application_credential")
    assert (gone["id"], gone["outcome"]) == (used, "deleted")
    assert "deleted last, after the proof" in gone["reason"]
    assert "deleted last, after the proof" in ended.text
    assert credentials(stage) == set()
    assert [seen for seen in stage.look().values() if seen.name.endswith("-group")] == []
    stage.more.clear()
    assert stage.listed() == []


@ways("direct", rarely=("tofu first",))
def test_the_credential_in_use_stays_while_something_else_does(
    make: Callable[..., Stage], tmp_path: Path, binary: str, mode: list[str]
) -> None:
    """The next run needs it."""
    stage = make("parting", binary)
    stage.apply()
    network: Any = stage.connection().network
    group = network.find_security_group(f"{stage.variables['name']}-group", ignore_missing=False)
    port = network.create_port(name="theirs", network_id=network.create_network(name="theirs").id)
    network.update_port(port, security_group_ids=[group.id])
    used = sign_in_with(stage, tmp_path)

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    (kept,) = ended.objects(kind="application_credential")
    assert (kept["outcome"], "goes last" in kept["reason"]) == ("planned", True)
    assert credentials(stage) == {used}

    network.update_port(port, security_group_ids=[])
    assert stage.destroy("--direct").code == 0
    assert credentials(stage) == set()


@pytest.fixture
def administrators(make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str) -> Stage:
    """An applied stack of an administrator's things."""
    stage = make("admin", tofu)
    stage.variables["project_id"] = stage.project.id
    stage.more |= local_cloud.admin_env
    stage.apply()
    return stage


def told(ended: Ran) -> dict[str, tuple[str, bool]]:
    return {o["kind"]: (o["outcome"], "terraform" in o["reason"].lower()) for o in ended.report["objects"]}


def test_what_is_an_administrators_is_left_until_it_is_named(administrators: Stage) -> None:
    ended = administrators.destroy("--direct")
    assert ended.code == 1, ended.text
    assert told(ended) == {"flavor": ("kept", True), "flavor_access": ("kept", True), "compute_quota": ("absent", True)}
    assert "--admin-kinds flavor" in ended.text
    (quota,) = ended.objects(kind="compute_quota")
    assert (quota["requests"], quota["reason"].startswith("nothing to do: ")) == (0, True)
    assert administrators.listed() == [
        "openstack_compute_flavor_access_v2.access",
        "openstack_compute_flavor_v2.flavor",
    ]

    ended = administrators.destroy("--direct", "--admin-kinds", "flavor,flavor_access")
    assert ended.code == 0, ended.text
    assert {o["outcome"] for o in ended.report["objects"]} == {"deleted"}
    assert administrators.listed() == []


def test_terraform_deletes_what_is_an_administrators(administrators: Stage) -> None:
    ended = administrators.destroy()
    assert ended.code == 0, ended.text
    assert told(ended) == {
        "flavor": ("deleted", True), "flavor_access": ("deleted", True), "compute_quota": ("absent", True)
    }  # fmt: skip
    assert administrators.listed() == []
