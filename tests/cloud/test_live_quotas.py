"""What the real services tell of their quotas: every key of the catalogue, and usage where the core relies on it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from limits import limit
from stock import connection, session

from ground.cloud import Project
from janitor.cloud.offering import lifetime
from janitor.cloud.quotas import told
from janitor.cloud.signin import connect
from janitor.core.capacity import Allowance
from janitor.core.catalogue import KINDS
from janitor.core.needs import LARGEST

pytestmark = pytest.mark.cloud

COUNTED_HERE = {"load-balancer", "dns"}
"""Services that tell limits alone: their objects are listed, and counted."""


@pytest.mark.services("designate", "manila")
def test_every_quota_of_the_catalogue_is_one_that_its_service_tells(project: Project) -> None:
    mine = session(project)
    keys = {(kind.service, key) for kind in KINDS.values() for key in kind.quota}
    here = {service for service, _ in keys if mine.endpoint(service) is not None}
    answers = {one.service: one for one in told(mine, here, threads=4)}
    assert {one.problem for one in answers.values()} == {""}
    extensions = {e["alias"] for e in project.admin.service("network", "GET", "/v2.0/extensions")["extensions"]}
    absent = {
        (kind.service, key)
        for kind in KINDS.values()
        for key in kind.quota
        if kind.service in here
        and (not kind.extension or kind.extension in extensions)
        and key not in answers[kind.service].allowances
    }
    assert absent == set()
    unused = {
        (service, key)
        for service, key in keys
        if service in here - COUNTED_HERE
        and key not in {*LARGEST, "key_pairs", "image_count_total"}
        and key in answers[service].allowances
        and answers[service].allowances[key].used is None
    }
    assert unused == set()


def test_limits_and_usage_are_those_of_the_project(project: Project) -> None:
    limit(project, {("network", "network"): 3, ("compute", "cores"): 5, ("load-balancer", "pool"): 2})
    connection(project).network.create_network(name=project.name)
    found = {
        (t.service, k): v
        for t in told(session(project), ["network", "compute", "load-balancer"], threads=3)
        for k, v in t.allowances.items()
    }
    assert found["network", "network"] == Allowance(3, 1)
    assert found["compute", "cores"] == Allowance(5, 0)
    assert found["load-balancer", "pool"] == Allowance(2, None)


def test_an_application_credential_tells_when_it_ends(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may read itself, though it is restricted."""
    conn = connection(project)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    expires = ends.isoformat().replace("+00:00", "")
    made = conn.identity.create_application_credential(
        conn.current_user_id, project.name, roles=[{"name": "member"}], expires_at=expires
    )
    for name in [name for name in os.environ if name.startswith("OS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AUTH_TYPE": "v3applicationcredential", "AUTH_URL": project.auth_url, "REGION_NAME": "RegionOne",
        "APPLICATION_CREDENTIAL_ID": made.id, "APPLICATION_CREDENTIAL_SECRET": made.secret,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"OS_{name}", value)
    assert lifetime(connect()) == ends.timestamp()
    assert lifetime(session(project)) is None, "a password has no end"
