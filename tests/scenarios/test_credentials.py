"""Tokens, passwords and application credentials that end while janitor works: renewed, or told in one sentence.

The tokens are those of a keystone that gives them for half a minute: every service refuses them when that is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stage import Ran, Stage
from ways import ways

from ground.cloud import LocalCloud, Project, gate
from ground.cloud.project import environment
from ground.cloud.tokens import short_lived
from ground.connections import connect

pytestmark = [pytest.mark.scenario, pytest.mark.thorough]

LIFE = 33
"""Seconds. keystoneauth renews a token that has 30 of them left: here with almost every request."""

DIRECT = ("--direct", "--timeout", "120s")
ACCOUNT = """\
clouds:
  {cloud}:
    region_name: RegionOne
    identity_api_version: "3"
    auth_type: {kind}
    auth: {{ auth_url: "{url}", {secrets} }}
"""


@pytest.fixture
def keystone(local_cloud: LocalCloud, tmp_path: Path) -> Iterator[str]:
    with short_lived(local_cloud, LIFE, tmp_path / "keystone") as url:
        yield url


@pytest.fixture
def stage(make: Callable[..., Stage], tofu: str) -> Stage:
    """Two volumes that stand; whoever deletes them can be held up."""
    made = make("volumes", tofu)
    made.apply()
    return made


def account(stage: Stage, kind: str, **secrets: str) -> None:
    """Have janitor and tofu sign in with this."""
    path = stage.root.parent / f"{kind}.yaml"
    url, listed = secrets.pop("url"), ", ".join(f'{key}: "{value}"' for key, value in secrets.items())
    text = ACCOUNT.format(cloud=stage.project.cloud_name, kind=kind, url=url, secrets=listed)
    path.write_text(text, encoding="utf-8")
    stage.more |= environment(path, stage.project.cloud_name)


def password(stage: Stage, url: str, word: str = "") -> None:
    project = stage.project
    named = {"username": project.user, "project_name": project.name, "user_domain_id": "default"}
    account(stage, "password", url=url, password=word or project.password, project_domain_id="default", **named)


def interrupted_by(stage: Stage, happening: Callable[[], object], *mode: str) -> Ran:
    """Run; when Cinder is at work on a volume, it happens, and then Cinder goes on."""
    with gate("cinder.delete_volume", match=f"^{stage.variables['name']}-held$", action="hang") as hanging:
        running = stage.start("destroy", "-y", *mode)
        assert hanging.reached(90)
        happening()
    return running.end()


def nothing_is_lost(ended: Ran, stage: Stage, url: str, word: str = "") -> None:
    """It ended at once and said why, believed nothing to be gone that it could not see, and the next run proves it."""
    assert (ended.code, ended.report["verdict"]) == (4, "unverified"), ended.text
    assert "the token could not be renewed" in ended.text
    password(stage, url, word)
    again = stage.destroy(*DIRECT)
    assert again.code == 0, again.text
    assert stage.listed() == []


@ways("direct", rarely=("tofu first",))
def test_a_run_outlives_its_tokens(make: Callable[..., Stage], keystone: str, binary: str, mode: list[str]) -> None:
    stage = make("volumes", binary)
    stage.apply()
    password(stage, keystone)
    ended = interrupted_by(stage, lambda: time.sleep(LIFE + 7), *mode)
    assert ended.code == 0, ended.text
    assert ended.seconds > LIFE
    assert stage.look() == {}


def test_a_password_that_changes_ends_the_run_with_a_sentence_and_costs_nothing(
    stage: Stage, project: Project, keystone: str
) -> None:
    def changed() -> None:
        project.admin.keystone("PATCH", f"/users/{project.user_id}", {"user": {"password": "of-tomorrow"}})

    password(stage, keystone)
    nothing_is_lost(interrupted_by(stage, changed, *DIRECT), stage, keystone, "of-tomorrow")


def test_an_application_credential_that_is_deleted_ends_it_alike(stage: Stage, project: Project, keystone: str) -> None:
    user: Any = stage.connection()
    made = user.identity.create_application_credential(user=project.user_id, name=project.name, unrestricted=True)
    account(
        stage, "v3applicationcredential", url=keystone,
        application_credential_id=made.id, application_credential_secret=made.secret,
    )  # fmt: skip

    def deleted() -> None:
        user.identity.delete_application_credential(project.user_id, made.id)

    nothing_is_lost(interrupted_by(stage, deleted, *DIRECT), stage, keystone)
    assert stage.look() == {}


def test_a_token_without_a_password_ends_it_alike(
    stage: Stage, project: Project, keystone: str, tmp_path: Path
) -> None:
    """A token is all that some jobs are given: nothing renews it."""
    user = connect(project.write_clouds_yaml(tmp_path / "user.yaml", auth_url=keystone), project.cloud_name)
    token = str(user.session.get_token())
    account(stage, "token", url=keystone, token=token, project_name=project.name, project_domain_id="default")
    nothing_is_lost(interrupted_by(stage, lambda: time.sleep(LIFE), *DIRECT), stage, keystone)
    assert stage.look() == {}
