"""Who holds Trove's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud.holding.finding import Find, by_id, elements, held, seen
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_instance(session: Session, instance: Observed, _: Answer) -> Iterator[Holder]:
    """Its replicas; Trove lists an instance with what it is a replica of."""
    for other in seen(session, "database_instance", {}):
        if instance.ref.id in other.linked("database_instance"):
            yield held(other)


def _of_configuration(session: Session, configuration: Observed, _: Answer) -> Iterator[Holder]:
    path = f"/configurations/{configuration.ref.id}/instances"
    for instance in elements(session, "database", path, key="instances"):
        yield by_id(session, "database_instance", str(instance.get("id") or ""))


FINDERS: Mapping[str, Find] = {
    "database_instance": _of_instance,
    "database_configuration": _of_configuration,
}
