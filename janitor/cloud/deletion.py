"""Asking for a deletion, or for the undoing of a link. Every function returns the service's answer and believes none.

"Accepted" is not "gone": the engine looks again. A second DELETE while the first one is still at work is refused by
some services (a volume that is `deleting`: 400; a load balancer that is PENDING_DELETE: 409): that is REFUSED with
the service's code and text, the object's own status says what to wait for, and `holders` names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.wire import classify
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, CloudFault, Reply

DETACH_MICROVERSION = "3.27"  # attachments as objects of their own


def delete(session: Session, observed: Observed) -> Answer:
    """Ask for the deletion of what was just read, or for its undoing. Never raises for what a cloud can do."""
    kind, before = KINDS[observed.ref.kind], 0
    try:
        if prepare := PREPARATIONS.get(kind.name):
            refused = prepare(session, observed)
            before = refused.requests if refused else 0
            if refused and refused.reply is not Reply.ACCEPTED:
                return refused
        answer = UNDO[kind.undo](session, observed) if kind.undo else _plain(session, observed)
    except CloudFault as fault:
        answer = fault.answer
    return _counting(answer, answer.requests + before)


def _plain(session: Session, observed: Observed) -> Answer:
    kind = KINDS[observed.ref.kind]
    path = f"{inventory.filled(session, kind.path)}/{quote(observed.ref.id, safe='')}"
    return _send(session, kind.service, "DELETE", path, params=kind.delete_query, microversion=kind.microversion)


def _unlock(session: Session, server: Observed) -> Answer | None:
    if server.facts.get("locked") is not True:
        return None
    return _send(session, "compute", "POST", f"/servers/{server.ref.id}/action", json={"unlock": None})


def _unprotect(session: Session, image: Observed) -> Answer | None:
    if image.facts.get("protected") is not True:
        return None
    patch = [{"op": "replace", "path": "/protected", "value": False}]
    media = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    return _send(session, "image", "PATCH", f"/v2/images/{image.ref.id}", json=patch, headers=media)


def _disassociate(session: Session, association: Observed) -> Answer:
    """Take the floating IP off its port, unless somebody has put it elsewhere since it was read."""
    path = f"/v2.0/floatingips/{parent_of(association)}"
    body = {"floatingip": {"port_id": None}}
    return _send(session, "network", "PUT", path, json=body, headers=_if_unchanged(association.facts))


def _remove_router_interface(session: Session, interface: Observed) -> Answer:
    """By port: with several subnets on one port all of them go, and the judge has asked for each."""
    router = interface.fact("device_id")
    path = f"/v2.0/routers/{router}/remove_router_interface"
    return _send(session, "network", "PUT", path, json={"port_id": interface.ref.id})


def _remove_route(session: Session, route: Observed) -> Answer:
    """Take one route out, atomically where the cloud can (extension extraroute-atomic)."""
    router = parent_of(route)
    ours = {"destination": route.fact("destination"), "nexthop": route.fact("nexthop")}
    path = f"/v2.0/routers/{router}/remove_extraroutes"
    answer = _send(session, "network", "PUT", path, json={"router": {"routes": [ours]}})
    if answer.status != HTTPStatus.NOT_FOUND:
        return answer
    body = inventory.fetch(session, "router", router)  # is it the router that is not there, or the extension?
    if body is None:
        return _counting(answer, answer.requests + 1)
    routes = body.get("routes")
    known = [r for r in routes if isinstance(r, Mapping)] if isinstance(routes, list) else []
    rest = [r for r in known if {"destination": r.get("destination"), "nexthop": r.get("nexthop")} != ours]
    if len(rest) == len(known):
        return Answer(Reply.GONE, answer.status, text="the router has no such route", requests=answer.requests + 1)
    headers = _if_unchanged(body)
    put = _send(
        session, "network", "PUT", f"/v2.0/routers/{router}", json={"router": {"routes": rest}}, headers=headers
    )
    return _counting(put, answer.requests + 2)


def _detach_interface(session: Session, attachment: Observed) -> Answer:
    server, port = attachment.ref.id.split("/", 1)
    return _send(session, "compute", "DELETE", f"/servers/{server}/os-interface/{port}")


def _detach_volume(session: Session, attachment: Observed) -> Answer:
    """Through Nova; where the server is gone and left its attachment behind, in Cinder."""
    server, volume = attachment.ref.id.split("/", 1)
    answer = _send(session, "compute", "DELETE", f"/servers/{server}/os-volume_attachments/{volume}")
    left = attachment.fact("attachment_id")
    if answer.reply is not Reply.GONE or not left or inventory.fetch(session, "server", server) is not None:
        return answer
    path, version = f"/attachments/{left}", DETACH_MICROVERSION
    again = _send(session, "block-storage", "DELETE", path, microversion=version)
    return _counting(again, answer.requests + 2)


def _delete_member(session: Session, member: Observed) -> Answer:
    return _send(session, "load-balancer", "DELETE", f"/v2/lbaas/pools/{parent_of(member)}/members/{member.ref.id}")


UNDO: Mapping[str, Callable[[Session, Observed], Answer]] = {
    "disassociate": _disassociate,
    "remove_router_interface": _remove_router_interface,
    "remove_route": _remove_route,
    "detach_interface": _detach_interface,
    "detach_volume": _detach_volume,
    "delete_member": _delete_member,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Callable[[Session, Observed], Answer | None]] = {
    "server": _unlock,
    "image": _unprotect,
}
"""What must be taken off an object of ours before its DELETE is accepted. Never reached for what is not ours."""


def parent_of(observed: Observed) -> str:
    """The id of the object in whose path or body this one stands."""
    kind = KINDS[observed.ref.kind]
    source = kind.derived.kind if kind.derived else ""
    linked = observed.linked(source)
    return linked[0] if linked else inventory.parent_id(observed.ref)


def _if_unchanged(body: Mapping[str, object]) -> dict[str, str]:
    """Compare and set, where the object says its revision: an update of something that has changed is refused (412)."""
    revision = body.get("revision_number")
    return {"If-Match": f"revision_number={revision}"} if revision is not None else {}


def _send(
    session: Session,
    service: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, str] | None = None,
    json: object = None,
    headers: Mapping[str, str] | None = None,
    microversion: str = "",
) -> Answer:
    return classify(
        session.request(service, method, path, params=params, json=json, headers=headers, microversion=microversion)
    )


def _counting(answer: Answer, requests: int) -> Answer:
    return Answer(
        answer.reply, answer.status, answer.code, answer.text, answer.retry_after, answer.ids, requests=requests
    )
