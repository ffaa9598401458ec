"""Who holds Heat's stacks: whoever holds the resource of theirs that did not go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain

from janitor.cloud import inventory
from janitor.cloud.asking import segment
from janitor.cloud.holding import network, storage
from janitor.cloud.holding.finding import Find, elements
from janitor.cloud.session import Session
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer

MADE: Mapping[str, str] = {
    "OS::Cinder::Volume": "volume",
    "OS::Neutron::FloatingIP": "floating_ip",
    "OS::Neutron::Net": "network",
    "OS::Neutron::Port": "port",
    "OS::Neutron::Router": "router",
    "OS::Neutron::SecurityGroup": "security_group",
    "OS::Neutron::Subnet": "subnet",
}
"""Heat's resource types whose refusals are about other objects, and what they make."""

DEEPEST = "5"
"""Levels of nested stacks that are looked into, which is as many as Heat allows by itself."""

FINDERS_OF_THE_MADE: Mapping[str, Find] = {**network.FINDERS, **storage.FINDERS}


def _of_stack(session: Session, stack: Observed, answer: Answer) -> Iterator[Holder]:
    path = f"/stacks/{segment(stack.name)}/{stack.ref.id}/resources"
    resources = elements(session, "orchestration", path, key="resources", query={"nested_depth": DEEPEST})
    own = {str(resource.get("physical_resource_id") or "") for resource in resources}
    failed = (resource for resource in resources if resource.get("resource_status") == "DELETE_FAILED")
    holders = chain.from_iterable(_of_resource(session, resource, answer) for resource in failed)
    yield from (holder for holder in holders if holder.id not in own)


def _of_resource(session: Session, resource: Mapping[str, object], answer: Answer) -> Iterator[Holder]:
    kind = MADE.get(str(resource.get("resource_type") or ""), "")
    made = str(resource.get("physical_resource_id") or "")
    observed = inventory.read(session, Ref(session.scope, kind, made)) if kind and made else None
    if observed is not None:
        yield from FINDERS_OF_THE_MADE[kind](session, observed, answer)


FINDERS: Mapping[str, Find] = {
    "stack": _of_stack,
}
