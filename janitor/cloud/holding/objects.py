"""Who holds Swift's containers: the objects in them that cannot be deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud import swift
from janitor.cloud.holding.finding import Find
from janitor.cloud.session import Session
from janitor.cloud.ways.objects import NOT_DELETED
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer

NAMED = 5
"""Objects that are named; there may be thousands."""


def _of_container(session: Session, container: Observed, answer: Answer) -> Iterator[Holder]:
    """Nobody where the container is merely not empty any more: the next attempt judges and empties it."""
    if answer.code != NOT_DELETED:
        return
    versions = container.facts.get("versioned") is True
    for entry in swift.entries(session, container.ref.id, most=NAMED, versions=versions):
        name = str(entry.get("name"))
        yield Holder("stored_object", f"{container.ref.id}/{name}", name)


FINDERS: Mapping[str, Find] = {
    "container": _of_container,
}
