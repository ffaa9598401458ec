"""Swift's answers that the local cloud never gives: bulk deletion that fails inside a 200, or that is not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from edge.stub import PROJECT, Stub, stub

from janitor.cloud import deletion, holders, inventory
from janitor.cloud.live import LiveCloud
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, CloudFault, Reply

ACCOUNT = f"/v1/AUTH_{PROJECT}"
ENTRIES = [{"name": name, "bytes": 1, "hash": "x"} for name in ("a", "b")]


@pytest.fixture
def swift() -> Iterator[Stub]:
    """A container of two objects, which is refused as long as it has some."""
    with stub(object_store=ACCOUNT) as here:
        here.says("GET", f"{ACCOUNT}/box", 200, ENTRIES)
        here.says("DELETE", f"{ACCOUNT}/box", 409)
        yield here


def bulk(swift: Stub, status: str, deleted: int, *errors: tuple[str, str]) -> None:
    body = {"Response Status": status, "Response Body": "", "Number Deleted": deleted, "Number Not Found": 0}
    swift.says("POST", f"{ACCOUNT}/", 200, body | {"Errors": [list(error) for error in errors]})


def delete(swift: Stub) -> tuple[Observed, Answer]:
    session = swift.session()
    container = Observed(Ref(session.scope, "container", "box"), facts={"objects": 2, "versioned": False})
    return container, deletion.delete(session, container)


def test_a_200_with_errors_in_it_deleted_nothing(swift: Stub) -> None:
    bulk(swift, "400 Bad Request", 0, ("/box/a", "403 Forbidden"), ("/box/b", "403 Forbidden"))
    container, answer = delete(swift)
    assert (answer.reply, answer.code) == (Reply.REFUSED, "ObjectsNotDeleted")
    assert answer.text == "2 objects were not deleted, the first is /box/a 403 Forbidden"
    assert [holder.id for holder in holders.of(swift.session(), container, answer)] == ["box/a", "box/b"]


def test_it_goes_on_as_long_as_something_goes(swift: Stub) -> None:
    bulk(swift, "400 Bad Request", 1, ("/box/b", "409 Conflict"))
    assert delete(swift)[1].reply is Reply.PARTLY


def test_a_listing_that_is_behind_is_waited_for(swift: Stub) -> None:
    """Both are gone, and listed still: nothing to delete, and nobody to name."""
    bulk(swift, "200 OK", 0)
    container, answer = delete(swift)
    assert (answer.reply, answer.status) == (Reply.REFUSED, 409)
    assert "the listing is behind" in answer.text
    assert holders.of(swift.session(), container, answer) == ()


@pytest.mark.parametrize(("status", "reply"), [(204, Reply.REFUSED), (200, Reply.REFUSED), (503, Reply.BROKEN)])
def test_without_bulk_deletion_they_go_one_by_one(swift: Stub, status: int, reply: Reply) -> None:
    """A cluster without it takes the request for an update of the account, and says that all is well."""
    swift.says("POST", f"{ACCOUNT}/", status)
    for name in ("a", "b"):
        swift.says("DELETE", f"{ACCOUNT}/box/{name}", 204)
    _, answer = delete(swift)
    asked = sorted(path for method, path in swift.asked if method == "DELETE")
    if status == 503:
        assert (answer.reply, asked) == (reply, [])
    else:
        assert asked == [f"{ACCOUNT}/box", f"{ACCOUNT}/box/a", f"{ACCOUNT}/box/b"]
        assert answer.reply is reply  # the container itself is said to be full


@pytest.mark.parametrize(("status", "deleted"), [(404, True), (503, False), (403, False)])
def test_nothing_goes_while_nobody_says_what_a_large_object_leaves_behind(
    swift: Stub, status: int, *, deleted: bool
) -> None:
    """Its manifest alone tells where its segments are: once that is gone, the report could not name them."""
    swift.says("GET", f"{ACCOUNT}/box", 200, [{"name": "big", "bytes": 9, "slo_etag": "x"}])
    swift.says("GET", f"{ACCOUNT}/box/big", status)
    bulk(swift, "200 OK", 1)
    _, answer = delete(swift)
    assert (("POST", f"{ACCOUNT}/?bulk-delete=true") in swift.asked) is deleted
    assert deleted or answer.status == status


def test_an_account_that_does_not_answer_is_not_empty(swift: Stub) -> None:
    swift.says("GET", f"{ACCOUNT}/", 503)
    with pytest.raises(CloudFault):
        inventory.listing(swift.session(), "container")


def test_a_cloud_without_these_services_is_asked_nothing() -> None:
    with stub(compute="/v2.1") as here:
        live = LiveCloud([here.session()])
        world = live.scan(["zone", "recordset", "zone_share", "zone_import", "stack", "container"])
        assert (here.asked, world.unseen, dict(world.objects)) == ([], {}, {})
        told = " ".join(live.notes)
        assert all(f"no {service} service" in told for service in ("dns", "orchestration", "object-store"))
        assert {kind for _, kind in world.listed} >= {"zone", "recordset", "zone_share", "stack", "container"}


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_means_what_is_above_is_never_asked_for(swift: Stub, name: str) -> None:
    """`DELETE /box/..` is the account's to every client."""
    session = swift.session()
    for kind, own in (("stored_object", f"box/{name}"), ("container", name)):
        answer = deletion.delete(session, Observed(Ref(session.scope, kind, own)))
        assert (answer.reply, answer.requests) == (Reply.DENIED, 0)
        with pytest.raises(CloudFault, match="no path can name"):
            inventory.read(session, Ref(session.scope, kind, own))
