"""Who holds Octavia's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud.holding.finding import Find, held, seen
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_pool(session: Session, pool: Observed, _: Answer) -> Iterator[Holder]:
    """L7 policies that send to it."""
    for policy in seen(session, "l7policy", {"redirect_pool_id": pool.ref.id}):
        if pool.ref.id in policy.linked("pool"):
            yield held(policy)


FINDERS: Mapping[str, Find] = {
    "pool": _of_pool,
}
