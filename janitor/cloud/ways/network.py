"""How Neutron's links are undone: updates of the object that has them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from janitor.cloud.session import Session
from janitor.cloud.ways.links import other_than, rewrite
from janitor.cloud.ways.sending import Undo, counting, if_unchanged, parent_of, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def _disassociate(session: Session, association: Observed) -> Answer:
    """Take the floating IP off its port, unless somebody has put it elsewhere since it was read."""
    path = f"/v2.0/floatingips/{parent_of(association)}"
    body = {"floatingip": {"port_id": None}}
    return send(session, "network", "PUT", path, json=body, headers=if_unchanged(association.facts))


def _remove_router_interface(session: Session, interface: Observed) -> Answer:
    """By port: with several subnets on one port all of them go, and the judge has asked for each."""
    router = interface.fact("device_id")
    path = f"/v2.0/routers/{router}/remove_router_interface"
    return send(session, "network", "PUT", path, json={"port_id": interface.ref.id})


def _remove_route(session: Session, route: Observed) -> Answer:
    """Take one route out, atomically where the cloud can (extension extraroute-atomic)."""
    router = parent_of(route)
    ours = {"destination": route.fact("destination"), "nexthop": route.fact("nexthop")}
    path = f"/v2.0/routers/{router}/remove_extraroutes"
    answer = send(session, "network", "PUT", path, json={"router": {"routes": [ours]}})
    if answer.status != HTTPStatus.NOT_FOUND:
        return answer
    # It is the router, its route, or the extension that is not there.
    answer = rewrite(session, "router", router, field="routes", stays=other_than(route))
    return counting(answer, answer.requests + 1)


UNDO: Mapping[str, Undo] = {
    "disassociate": _disassociate,
    "remove_router_interface": _remove_router_interface,
    "remove_route": _remove_route,
}
"""`Kind.undo` → how it is done."""
