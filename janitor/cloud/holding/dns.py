"""Who holds Designate's zones, and their shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud import inventory
from janitor.cloud.holding.finding import Find, held, seen
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_zone(session: Session, zone: Observed, answer: Answer) -> Iterator[Holder]:
    """Its sub zones, as far as they can be seen, or its shares: the refusal says which."""
    if answer.code == "zone_has_sub_zone":
        yield from (held(other) for other in seen(session, "zone", {}) if other.name.endswith(f".{zone.name}"))
    elif answer.code == "zone_is_shared":
        yield from (held(share) for share in _below(session, "zone_share", zone.ref.id))


def _of_share(session: Session, share: Observed, _: Answer) -> Iterator[Holder]:
    """Recordsets that the other project made: it alone, or an administrator, says whether they may go."""
    for recordset in _below(session, "recordset", share.fact("zone_id")):
        if recordset.project_id == share.fact("target_project_id"):
            yield held(recordset)


def _below(session: Session, name: str, zone: str) -> Iterator[Observed]:
    """What is below a zone, in every project: a project's own listing lacks what others have there."""
    kind = KINDS[name]
    path = inventory.filled(session, kind.path, zone)
    for body in inventory.paged(session, kind, path, query=kind.query):
        yield from observe(kind, session.scope, {**body, "^id": zone})


FINDERS: Mapping[str, Find] = {
    "zone": _of_zone,
    "zone_share": _of_share,
}
