"""Who holds an object, as the catalogue itself tells: whatever names it so that it has to wait."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from http import HTTPStatus

from janitor.cloud import inventory
from janitor.cloud.holding.finding import held
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, Kind, source_kind
from janitor.core.model import Holder, Observed, Order
from janitor.engine.protocols import Answer, CloudFault


def users_of(session: Session, observed: Observed, _: Answer) -> Iterator[Holder]:
    """Objects of every kind whose entry says that it holds this one's; a listing each, wherever we may see."""
    yield from users(session, {(observed.ref.kind, observed.ref.id)}, KINDS)


def users(session: Session, targets: Collection[tuple[str, str]], kinds: Collection[str]) -> Iterator[Holder]:
    """Of these kinds, the objects that hold one of the targets (kind, id)."""
    held_kinds = {kind for kind, _ in targets}
    for kind in (KINDS[name] for name in sorted(kinds)):
        if not kind.is_listed or not any(r.kind in held_kinds and r.order is Order.HOLDS for r in kind.references):
            continue
        for user in _all(session, kind):
            if any(link.order is Order.HOLDS and (link.kind, link.id) in targets for link in user.links):
                yield held(user)


def _all(session: Session, kind: Kind) -> list[Observed]:
    """Everything of the kind that we may see; nothing where the cloud does not offer it."""
    source = source_kind(kind.name)
    if session.endpoint(KINDS[source].service) is None:
        return []
    try:
        nested = bool(KINDS[source].nested)
        found = inventory.bodies(session, source) if nested else inventory.found_by(session, source, {})
    except CloudFault as fault:
        if fault.answer.status == HTTPStatus.NOT_FOUND and KINDS[source].extension:
            return []
        raise
    return [one for one in inventory.observed_in(session, source, found) if one.ref.kind == kind.name]
