"""Who holds Magnum's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud.holding.finding import Find, by_id, held, seen
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_template(session: Session, template: Observed, _: Answer) -> Iterator[Holder]:
    for cluster in seen(session, "cluster", {}):
        if template.ref.id in cluster.linked("cluster_template"):
            yield held(cluster)


def _of_nodegroup(session: Session, group: Observed, _: Answer) -> Iterator[Holder]:
    """A default one goes with its cluster only."""
    if group.facts.get("is_default") is True:
        yield from (by_id(session, "cluster", cluster) for cluster in group.linked("cluster"))


FINDERS: Mapping[str, Find] = {
    "cluster_template": _of_template,
    "nodegroup": _of_nodegroup,
}
