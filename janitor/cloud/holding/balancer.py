"""Who holds Octavia's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud.holding.finding import Find, elements
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_pool(session: Session, pool: Observed, _: Answer) -> Iterator[Holder]:
    """L7 policies that send to it; they are no kind of the catalogue."""
    query = {"redirect_pool_id": pool.ref.id}
    for policy in elements(session, "load-balancer", "/v2/lbaas/l7policies", key="l7policies", query=query):
        if policy.get("redirect_pool_id") == pool.ref.id:
            identifier, name, project = (str(policy.get(key) or "") for key in ("id", "name", "project_id"))
            yield Holder("l7policy", identifier, name, project)


FINDERS: Mapping[str, Find] = {
    "pool": _of_pool,
}
