"""Sending one request of a delete, and counting it; what every way of deleting is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.wire import classify
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer

Undo = Callable[[Session, Observed], Answer]
Prepare = Callable[[Session, Observed], Answer | None]
"""None, or an answer: anything but ACCEPTED ends the attempt with it."""

Instead = Callable[[Session, Observed], Answer | None]
"""The answer to what was sent instead of a DELETE; None where a DELETE is the way."""


def send(
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
    """Send it and classify the answer. Raises CloudFault when nobody answered."""
    return classify(
        session.request(service, method, path, params=params, json=json, headers=headers, microversion=microversion)
    )


def counting(answer: Answer, requests: int) -> Answer:
    """The answer, having cost so many requests."""
    return replace(answer, requests=requests)


def if_unchanged(body: Mapping[str, object]) -> dict[str, str]:
    """Compare and set, where the object says its revision: an update of something that has changed is refused (412)."""
    revision = body.get("revision_number")
    return {"If-Match": f"revision_number={revision}"} if revision is not None else {}


def parent_of(observed: Observed) -> str:
    """The id of the object in whose path or body this one stands."""
    kind = KINDS[observed.ref.kind]
    source = kind.derived.kind if kind.derived else ""
    linked = observed.linked(source)
    return linked[0] if linked else inventory.parent_id(observed.ref)
