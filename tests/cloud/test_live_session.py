"""Signing in at the real keystone: what a session knows, and what it says when it cannot."""

import os
import time
from pathlib import Path

import pytest
import stock

from ground.cache import cache_dir
from ground.cloud import Fault, Project, fault_region
from ground.connections import user_of
from janitor.cloud.session import Session
from janitor.cloud.signin import connect
from janitor.core.errors import CredentialsRefused
from janitor.engine.protocols import CloudFault, Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]


@pytest.fixture(autouse=True)
def _environment(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_dir().parent))  # where the cloud is found
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.chdir(tmp_path)
    for name, value in project.env.items():
        monkeypatch.setenv(name, value)


def rewrite(project: Project, old: str, new: str) -> None:
    text = project.clouds_yaml.read_text(encoding="utf-8")
    assert old in text
    project.clouds_yaml.write_text(text.replace(old, new), encoding="utf-8")


def refusal(cloud: str | None = None, region: str | None = None) -> str:
    with pytest.raises(CredentialsRefused) as refused:
        connect(cloud, region, timeout=3)
    return str(refused.value)


def test_the_scope_is_the_tokens(project: Project) -> None:
    session = connect()
    scope = session.scope
    assert (scope.cloud, scope.region) == (project.cloud_name, "RegionOne")
    assert (scope.project_id, scope.project_name) == (project.id, project.name)
    assert session.user_id == project.user_id
    assert session.token_expires is not None
    assert session.renewable
    assert session.requests == 2  # keystone's versions, and the token
    assert session.endpoint("no-such-service") is None
    assert session.endpoint("block-storage")


def test_the_region_need_not_be_configured_where_there_is_one(project: Project) -> None:
    rewrite(project, "    region_name: RegionOne\n", "")
    try:
        assert connect().scope.region == "RegionOne"
    except CredentialsRefused as refused:  # a test beside this one has a region of its own just now
        assert "has the regions" in str(refused)  # noqa: PT017


def test_an_unknown_cloud_is_told_with_the_known_ones(project: Project) -> None:
    known = f"it knows {project.cloud_name}"
    assert refusal("elsewhere") == (
        f"There is no cloud 'elsewhere' in clouds.yaml ({known}): give --os-cloud, or set OS_CLOUD."
    )


def test_no_credentials_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("OS_CLOUD")
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", str(tmp_path / "none.yaml"))
    assert refusal().startswith("There are no credentials: set OS_CLOUD (or give --os-cloud)")


def test_a_wrong_password_is_told_without_the_password(project: Project) -> None:
    rewrite(project, project.password, "hunter2-hunter2")
    said = refusal()
    assert f"refused user {project.user}" in said
    assert "check the password" in said
    assert "hunter2" not in said


def test_a_keystone_out_of_reach(project: Project) -> None:
    rewrite(project, project.auth_url, "http://127.0.0.1:9/v3")
    assert refusal() == (
        "Keystone at http://127.0.0.1:9/v3 cannot be used: the connection was refused; check auth_url and the network."
    )


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(path="/auth/tokens", status=503, times=2), id="503"),
        pytest.param(Fault(path="/auth/tokens", status=429, retry_after=1, times=1), id="429"),
        pytest.param(Fault(path="/auth/tokens", reset=True, times=2), id="reset"),
    ],
)
def test_a_keystone_in_trouble_is_asked_again(project: Project, fault: Fault) -> None:
    with fault_region(project.name[:40], [fault]) as region:
        project.write_clouds_yaml(project.clouds_yaml, region=region.region, auth_url=region.auth_url)
        assert connect(timeout=3).scope.project_id == project.id
        assert len(region.calls("identity", "POST", "/auth/tokens")) == (fault.times or 0) + 1


def test_a_keystone_that_stays_in_trouble_is_told(project: Project) -> None:
    with fault_region(project.name[:40], [Fault(service="identity", status=503)]) as region:
        project.write_clouds_yaml(project.clouds_yaml, region=region.region, auth_url=region.auth_url)
        assert "gave no token" in refusal()


def changed(project: Project, password: str) -> None:
    """An administrator sets the user's password: keystone revokes every token that he has."""
    project.admin.keystone("PATCH", f"/users/{project.user_id}", {"user": {"password": password}})
    time.sleep(1.1)  # a revocation is dated in whole seconds


def test_a_token_that_was_revoked_is_replaced(project: Project) -> None:
    session = connect()
    changed(project, project.password)
    before = session.requests
    assert session.request("network", "GET", "/v2.0/networks").ok
    assert session.requests - before >= 3  # refused, another token, answered


def test_a_password_that_was_changed_meanwhile_is_told_without_any(project: Project) -> None:
    session = connect()
    changed(project, "s3cr3t-of-tomorrow")
    with pytest.raises(CloudFault) as fault:
        session.request("network", "GET", "/v2.0/networks")
    answer = fault.value.answer
    assert (answer.reply, answer.status) == (Reply.DENIED, 401)
    assert answer.text == "GET network /v2.0/networks: the token could not be renewed"


def test_an_application_credential_renews_its_token_until_it_is_deleted(project: Project) -> None:
    user = user_of(project)
    roles = [{"name": "member"}]
    made = user.identity.create_application_credential(user=project.user_id, name=project.name, roles=roles)
    account = f"    auth_type: v3applicationcredential\n    auth:\n      auth_url: {project.auth_url}\n"
    secret = f"      application_credential_id: {made.id}\n      application_credential_secret: {made.secret}\n"
    project.clouds_yaml.write_text(
        f"clouds:\n  {project.cloud_name}:\n    region_name: RegionOne\n{account}{secret}", encoding="utf-8"
    )
    session = connect()
    assert session.credential_id == made.id
    assert session.request("network", "GET", "/v2.0/networks").ok
    user.identity.delete_application_credential(project.user_id, made.id)
    time.sleep(1.1)
    with pytest.raises(CloudFault, match="the token could not be renewed"):
        session.request("block-storage", "GET", "/volumes")


def test_something_else_than_keystone(project: Project, local_cloud: object) -> None:
    rewrite(project, project.auth_url, connect().endpoint("image") or "")
    assert refusal().startswith("Keystone at http://127.0.0.1:")


def test_a_token_of_no_project(project: Project) -> None:
    rewrite(project, f"      project_name: {project.name}\n", "")
    rewrite(project, "      project_domain_name: Default\n", "")
    assert "belongs to no project: set project_name (or OS_PROJECT_NAME)" in refusal()


def test_a_region_the_catalog_does_not_have() -> None:
    said = refusal(None, "Atlantis")
    assert "has no region 'Atlantis' (it has " in said
    assert "RegionOne" in said


def test_half_an_account(project: Project) -> None:
    rewrite(project, f"      auth_url: {project.auth_url}\n", "")
    said = refusal()
    assert "cannot be used" in said
    assert "auth_url" in said
    assert project.password not in said


def test_nothing_is_discovered(project: Project) -> None:
    """Every request after the sign-in is one that was asked for."""
    session: Session = stock.session(project)
    before = session.requests
    for service, path in (("network", "/v2.0/networks"), ("compute", "/servers"), ("block-storage", "/volumes")):
        assert session.request(service, "GET", path).ok
    assert session.request("image", "GET", "/v2/images").ok
    assert session.request("identity", "GET", f"/v3/users/{session.user_id}").status in {200, 403}
    assert session.request("load-balancer", "GET", "/v2/lbaas/pools").ok
    assert session.requests - before == 6
