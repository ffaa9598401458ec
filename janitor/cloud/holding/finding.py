"""From objects to holders: the few lookups that every service's finder is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from janitor.cloud import asking, inventory
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, observe
from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer

Body = Mapping[str, object]
Find = Callable[[Session, Observed, Answer], Iterable[Holder]]


def held(observed: Observed) -> Holder:
    """An object as a holder."""
    return Holder(observed.ref.kind, observed.ref.id, observed.name, observed.project_id, observed)


def seen(session: Session, kind: str, query: Mapping[str, str]) -> list[Observed]:
    """What a query finds, in every project we may see."""
    found = inventory.found_by(session, kind, query)
    return [o for body in found for o in observe(KINDS[kind], session.scope, body)]


def by_id(session: Session, kind: str, object_id: str) -> Holder:
    """A holder whose id is certain; read for its name and project where we may."""
    observed = inventory.read(session, Ref(session.scope, kind, object_id))
    return held(observed) if observed else Holder(kind, object_id)


def elements(
    session: Session,
    service: str,
    path: str,
    *,
    key: str,
    query: Mapping[str, str] | None = None,
    microversion: str = "",
) -> list[Body]:
    """A listing of something that is no kind of the catalogue; nothing where its parent is gone."""
    response = asking.found(session, service, "GET", path, params=query, microversion=microversion)
    return response.elements(key) if response else []


def port_in(session: Session, body: Body) -> Observed:
    """A port or router interface from its body."""
    name = "router_interface" if body.get("device_owner") in INTERFACE_OWNERS else "port"
    return next(iter(observe(KINDS[name], session.scope, body)))


def ports(session: Session, query: Mapping[str, str]) -> list[Observed]:
    """Ports and router interfaces that a query finds, in every project we may see."""
    return [port_in(session, body) for body in inventory.found_by(session, "port", query)]
