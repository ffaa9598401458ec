"""A route is taken out of its router atomically; where the cloud cannot (no such extension), by writing the rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from edge.stub import Stub, stub

from janitor.cloud import deletion, inventory
from janitor.core.model import Ref
from janitor.engine.protocols import Answer, Reply

OURS = {"destination": "10.1.0.0/24", "nexthop": "10.0.0.9"}
THEIRS = {"destination": "10.1.0.0/24", "nexthop": "10.0.0.8"}
ROUTER = "/v2.0/routers/r"
NO_EXTENSION = {"message": "The resource could not be found."}


@pytest.fixture
def neutron() -> Iterator[Stub]:
    with stub(network="") as here:
        here.says("GET", ROUTER, 200, body(OURS, THEIRS))
        here.says("PUT", f"{ROUTER}/remove_extraroutes", 404, NO_EXTENSION)
        here.says("PUT", ROUTER, 200, body(THEIRS))
        yield here


def body(*routes: dict[str, str]) -> dict[str, Any]:
    return {"router": {"id": "r", "revision_number": 7, "routes": list(routes)}}


def delete(neutron: Stub, *, meanwhile: tuple[int, Any]) -> Answer:
    """Read the route, and delete it when the router is like that."""
    session = neutron.session()
    route = inventory.read(session, Ref(session.scope, "router_route", "r-route-10.1.0.0/24-10.0.0.9"))
    assert route is not None
    neutron.says("GET", ROUTER, *meanwhile)
    neutron.asked.clear()
    return deletion.delete(session, route)


def test_the_other_routes_are_written_again_if_nothing_changed(neutron: Stub) -> None:
    answer = delete(neutron, meanwhile=(200, body(OURS, THEIRS)))
    assert (answer.reply, answer.requests) == (Reply.ACCEPTED, len(neutron.asked))
    assert neutron.asked[-1] == ("PUT", ROUTER)
    assert neutron.sent[-1] == {"router": {"routes": [THEIRS]}}
    assert neutron.headers[-1]["if-match"] == "revision_number=7"


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param((200, body(THEIRS)), id="the route"),
        pytest.param((404, {"NeutronError": {"type": "RouterNotFound", "message": "Router r"}}), id="the router"),
    ],
)
def test_what_went_meanwhile_is_gone_and_nothing_is_written(neutron: Stub, meanwhile: tuple[int, Any]) -> None:
    answer = delete(neutron, meanwhile=meanwhile)
    assert (answer.reply, answer.requests) == (Reply.GONE, len(neutron.asked))
    assert ("PUT", ROUTER) not in neutron.asked


@pytest.mark.parametrize(
    ("gone", "reply"),
    [
        pytest.param("RouterNotFound", Reply.GONE, id="the router"),
        pytest.param("PortNotFound", Reply.REFUSED, id="else"),
    ],
)
def test_what_is_gone_is_the_router_only_where_neutron_says_so(neutron: Stub, gone: str, reply: Reply) -> None:
    """The list that is written may name something of somebody else that has gone meanwhile: ours is still there."""
    neutron.says("PUT", ROUTER, 404, {"NeutronError": {"type": gone, "message": "It could not be found."}})
    assert delete(neutron, meanwhile=(200, body(OURS, THEIRS))).reply is reply
