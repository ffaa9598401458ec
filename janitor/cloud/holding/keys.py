"""Who holds Barbican's objects: the consumers that services have put on record with a secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud import inventory
from janitor.cloud.holding.finding import Find, by_id
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_secret(session: Session, secret: Observed, _: Answer) -> Iterator[Holder]:
    body = inventory.fetch(session, "secret", secret.ref.id) or {}
    consumers = body.get("consumers")
    for consumer in consumers if isinstance(consumers, list) else ():
        kind, identifier = str(consumer.get("resource_type") or "").lower(), str(consumer.get("resource_id") or "")
        known = kind in KINDS and session.endpoint(KINDS[kind].service) is not None
        yield by_id(session, kind, identifier) if known else Holder(kind or "consumer", identifier)


FINDERS: Mapping[str, Find] = {
    "secret": _of_secret,
}
