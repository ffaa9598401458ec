"""Who holds Manila's objects, and whose the ports of its share servers are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from janitor.cloud import inventory
from janitor.cloud.holding.finding import Body, Find, elements, held, seen
from janitor.cloud.session import Session
from janitor.cloud.versions import parsed
from janitor.core.catalogue import KINDS
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer

SERVER_OWNER = "manila:share"
"""The `device_owner` of a share server's ports. They are in the project of the share network, and not its to pull."""


def is_servers(port: Observed) -> bool:
    """Whether a port is that of a share server for our own project, whose share networks we see."""
    return port.fact("device_owner") == SERVER_OWNER and port.project_id == port.ref.scope.project_id


def of_servers(session: Session, ports: list[Observed]) -> Iterator[Holder]:
    """Who stands behind ports of share servers on a network of ours: the share networks that keep them there.

    Where none is left, the servers are on their way out, and the ports with them.
    """
    if not ports or session.endpoint(KINDS["share_network"].service) is None:
        yield from (held(port) for port in ports)
        return
    networks = {network for port in ports for network in port.linked("network")}
    keepers = [k for k in seen(session, "share_network", {}) if networks & set(k.linked("network"))]
    if keepers:
        yield from (held(keeper) for keeper in keepers)
    else:
        yield from (replace(held(port), passing=True) for port in ports)


def _of_share(session: Session, share: Observed, _: Answer) -> Iterator[Holder]:
    """Its snapshots; its replicas; the group it is a member of; a lock or a transfer that somebody put on it."""
    where = {"share_id": share.ref.id}
    for snapshot in seen(session, "share_snapshot", where):
        if share.ref.id in snapshot.linked("share"):
            yield held(snapshot)
    for replica in _since(session, "2.56", "/share-replicas", key="share_replicas", query=where):
        if replica.get("share_id") == share.ref.id and replica.get("replica_state") != "active":
            yield _named("share_replica", replica)
    if share.fact("share_group_id"):
        yield Holder("share_group", share.fact("share_group_id"))
    on_it = {"resource_id": share.ref.id}
    for lock in _since(session, "2.81", "/resource-locks", key="resource_locks", query=on_it):
        if lock.get("resource_id") == share.ref.id:
            yield Holder("resource_lock", _text(lock, "id"), _text(lock, "lock_reason"), _text(lock, "project_id"))
    for transfer in _since(session, "2.77", "/share-transfers/detail", key="transfers", query=on_it):
        if transfer.get("resource_id") == share.ref.id:
            yield _named("share_transfer", transfer)


def _of_share_network(session: Session, network: Observed, _: Answer) -> Iterator[Holder]:
    where = {"share_network_id": network.ref.id}
    for share in seen(session, "share", where):
        if network.ref.id in share.linked("share_network"):
            yield held(share)
    for group in _since(session, "2.55", "/share-groups/detail", key="share_groups", query=where):
        if group.get("share_network_id") == network.ref.id:
            yield _named("share_group", group)


def _of_security_service(session: Session, service: Observed, _: Answer) -> Iterator[Holder]:
    """The share networks that have it: no body of theirs says so, but this filter is of the service's own joining."""
    yield from (held(network) for network in seen(session, "share_network", {"security_service_id": service.ref.id}))


def _since(session: Session, version: str, path: str, *, key: str, query: Mapping[str, str]) -> list[Body]:
    """A listing that Manila has since this version; nothing where it is older."""
    kind = KINDS["share"]
    spoken = inventory.microversion(session, kind)
    if parsed(spoken) < parsed(version):
        return []
    return elements(session, kind.service, path, key=key, query=query, microversion=spoken)


def _named(kind: str, body: Body) -> Holder:
    return Holder(kind, _text(body, "id"), _text(body, "name"), _text(body, "project_id"))


def _text(body: Body, name: str) -> str:
    return str(body.get(name) or "")


FINDERS: Mapping[str, Find] = {
    "share": _of_share,
    "share_network": _of_share_network,
    "security_service": _of_security_service,
}
