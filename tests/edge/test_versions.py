"""Microversions: the newest one that both sides know, from one reading of the service's version document."""

from typing import Any

import pytest
from edge.stub import PROJECT, stub

from janitor.cloud.endpoints import root
from janitor.cloud.live import LiveCloud, Patience
from janitor.cloud.versions import agreed, offered, parsed
from janitor.core.model import Ref
from janitor.core.plan import Action, Step
from janitor.engine.protocols import CloudFault, Reply

MANILA = {
    "versions": [
        {"id": "v1.0", "status": "DEPRECATED", "version": "", "min_version": ""},
        {"id": "v2.0", "status": "CURRENT", "version": "2.92", "min_version": "2.0"},
    ]
}
BARBICAN = {"versions": [{"id": "v1", "status": "CURRENT", "min_version": "1.0", "max_version": "1.2"}]}
OLD_BARBICAN = {"versions": {"values": [{"id": "v1", "status": "stable"}]}}


@pytest.mark.parametrize(
    ("document", "major", "newest"),
    [
        (MANILA, 2, (2, 92)),
        (BARBICAN, 1, (1, 2)),
        (OLD_BARBICAN, 1, ()),
        ({"version": {"id": "v2.1", "version": "2.79"}}, 2, (2, 79)),
        ({"versions": "gone"}, 2, ()),
        ({}, 2, ()),
    ],
)
def test_a_version_document_is_read(document: Any, major: int, newest: tuple[int, ...]) -> None:
    assert offered(document, major=major) == newest


@pytest.mark.parametrize(
    ("ours", "theirs", "sent"),
    [("2.81", (2, 92), "2.81"), ("2.81", (2, 9), "2.9"), ("2.81", (), "2.81"), ("1.2", (1, 0), "1.0")],
)
def test_the_newest_that_both_know_is_sent(ours: str, theirs: tuple[int, ...], sent: str) -> None:
    assert agreed(ours, theirs) == sent
    assert parsed(sent)


@pytest.mark.parametrize(
    ("endpoint", "document"),
    [
        ("http://c:8786/v2", "http://c:8786/"),
        ("https://c/share/v2/0123", "https://c/share/"),
        ("http://c:9311", "http://c:9311/"),
        ("https://c/key-manager/", "https://c/key-manager/"),
    ],
)
def test_the_document_is_at_the_services_root(endpoint: str, document: str) -> None:
    assert root(endpoint) == document


def test_an_older_cloud_is_spoken_to_in_its_own_version_and_asked_once() -> None:
    with stub(shared_file_system="/share/v2") as cloud:
        cloud.says("GET", "/share/", 300, {"versions": [{"id": "v2.0", "version": "2.65", "min_version": "2.0"}]})
        cloud.says("GET", "/share/v2/shares/detail", 200, {"shares": []})
        session = cloud.session()
        assert [session.microversion("shared-file-system", newest) for newest in ("2.81", "2.7")] == ["2.65", "2.7"]
        session.request("shared-file-system", "GET", "/shares/detail", microversion="2.65")
    assert cloud.asked == [("GET", "/share/"), ("GET", "/share/v2/shares/detail")]
    assert cloud.headers[-1]["x-openstack-manila-api-version"] == "2.65"


def test_a_rule_is_read_by_its_own_id_and_listed_by_its_shares() -> None:
    """Its share stands in our id of it, and in no path."""
    with stub(shared_file_system="/v2") as cloud:
        cloud.says("GET", "/", 300, MANILA)
        cloud.says("GET", "/v2/shares/detail", 200, {"shares": [{"id": "share", "project_id": PROJECT}]})
        rule = {"id": "rule", "state": "active", "created_at": "2026-11-21T10:00:00.000000"}
        cloud.says("GET", "/v2/share-access-rules?share_id=share", 200, {"access_list": [rule]})
        cloud.says("GET", "/v2/share-access-rules/rule", 200, {"access": rule})
        live = LiveCloud([cloud.session()])
        (listed,) = live.listing(live.scopes[0], "share_access_rule")
        assert listed.ref.id == "share/rule"
        assert live.read(listed.ref) == listed
        cloud.says("POST", "/v2/shares/share/action", 202)
        assert live.delete(Step(listed.ref, Action.UNDO, listed), listed).reply is Reply.ACCEPTED
        assert cloud.sent[-1] == {"deny_access": {"access_id": "rule"}}


def test_where_the_document_is_silent_our_own_version_is_sent() -> None:
    with stub(key_manager="/keys") as cloud:
        cloud.says("GET", "/keys/", 404, {"title": "Not Found", "code": 404})
        assert cloud.session().microversion("key-manager", "1.2") == "1.2"


def test_servers_of_a_cell_that_is_away_are_unknown_and_neither_gone_nor_nameless() -> None:
    """Nova skips them below 2.69, and then shows an id alone (nova/api/openstack/compute/views/servers.py)."""
    away = {"id": "s-2", "status": "UNKNOWN", "tenant_id": PROJECT, "created": "2026-11-21T10:00:00Z", "links": []}
    strange = {**away, "id": "s-1", "name": "of a state that Nova has no word for"}
    with stub(compute="/v2.1") as cloud:
        cloud.says("GET", "/", 300, {"versions": [{"id": "v2.1", "version": "2.100", "min_version": "2.1"}]})
        cloud.says("GET", "/v2.1/servers/detail", 200, {"servers": [strange]})
        live = LiveCloud([cloud.session()], patience=Patience(brief=0.0))
        scope = live.scopes[0]
        assert [found.ref.id for found in live.listing(scope, "server")] == ["s-1"]
        assert "compute 2.69" in cloud.headers[-1]["openstack-api-version"]
        cloud.says("GET", "/v2.1/servers/detail", 200, {"servers": [strange, away]})
        cloud.says("GET", "/v2.1/servers/s-2", 200, {"server": away})
        world = live.scan({"server"})
        with pytest.raises(CloudFault, match="cannot read the server s-2"):
            live.read(Ref(scope, "server", "s-2"))
    assert "cannot read the server s-2" in world.unseen[scope, "server"]
    assert (scope, "server") not in world.listed
