"""How Neutron's links are undone: updates of the object that has them."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Undo, counting, if_unchanged, parent_of, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


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
    body = inventory.fetch(session, "router", router)  # is it the router that is not there, or the extension?
    if body is None:
        return counting(answer, answer.requests + 1)
    routes = body.get("routes")
    known = [r for r in routes if isinstance(r, Mapping)] if isinstance(routes, list) else []
    rest = [r for r in known if {"destination": r.get("destination"), "nexthop": r.get("nexthop")} != ours]
    if len(rest) == len(known):
        return Answer(Reply.GONE, answer.status, text="the router has no such route", requests=answer.requests + 1)
    headers = if_unchanged(body)
    put = send(session, "network", "PUT", f"/v2.0/routers/{router}", json={"router": {"routes": rest}}, headers=headers)
    return counting(put, answer.requests + 2)


UNDO: Mapping[str, Undo] = {
    "disassociate": _disassociate,
    "remove_router_interface": _remove_router_interface,
    "remove_route": _remove_route,
}
"""`Kind.undo` → how it is done."""
