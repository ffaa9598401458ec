"""What Manila and Barbican answer to a delete in the in-memory cloud, what can be made there, and who holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine.memory_answers import ACCEPTED, GONE, Body, refused, row

from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

FORBIDDEN = Answer(Reply.DENIED, 403, "forbidden", text="Invalid share")
SERVER_OWNER = "manila:share"
ROOT = "http://barbican/v1"


def share_body(cloud: MemoryCloud, *, network: str = "", snapshot: str = "") -> Body:
    """A share; on a share network it has a server there, with a port of its own."""
    if network:
        subnet = cloud.bodies["share_network"][network]["share_network_subnets"][0]["neutron_subnet_id"]
        if not list(server_ports(cloud, network)):
            cloud.make("port", "", subnet=subnet, owner=SERVER_OWNER, device=f"server-of-{network}")
    return {"status": "available", "share_network_id": network or None, "snapshot_id": snapshot or None}


def network_body(cloud: MemoryCloud, *, subnet: str, services: Iterable[str] = ()) -> Body:
    where = {"neutron_net_id": cloud.bodies["subnet"][subnet]["network_id"], "neutron_subnet_id": subnet}
    return {"share_network_subnets": [{"id": "only", **where}], "_services": list(services)}


def server_ports(cloud: MemoryCloud, network: str) -> Iterator[Body]:
    yield from (port for port in cloud.live("port") if port["device_id"] == f"server-of-{network}")


def is_passing(cloud: MemoryCloud, holder: Observed) -> bool:
    """The port of a share server whose share network is gone."""
    server = holder.fact("device_id")
    return server.startswith("server-of-") and server.removeprefix("server-of-") not in cloud.bodies["share_network"]


def _share(cloud: MemoryCloud, observed: Observed) -> Answer:
    share = cloud.bodies["share"].get(observed.ref.id)
    if share is None:
        return GONE
    held = any(s["share_id"] == share["id"] for s in cloud.live("share_snapshot")) or share.get("_forbidden")
    if held or share["status"] == "deleting":
        return FORBIDDEN
    return _later(cloud, "share", share)


def _snapshot(cloud: MemoryCloud, observed: Observed) -> Answer:
    snapshot = cloud.bodies["share_snapshot"].get(observed.ref.id)
    if snapshot is None:
        return GONE
    if snapshot["status"] not in {"available", "error"}:
        return refused("badRequest", status=400)
    return _later(cloud, "share_snapshot", snapshot)


def _later(cloud: MemoryCloud, kind: str, body: Body) -> Answer:
    body["status"] = "deleting"
    cloud.later(cloud.times.volume, lambda: cloud.remove(kind, body["id"]))
    return ACCEPTED


def _network(cloud: MemoryCloud, observed: Observed) -> Answer:
    """Its row is gone with the answer, its share servers are not."""
    network = observed.ref.id
    if network not in cloud.bodies["share_network"]:
        return GONE
    if any(share["share_network_id"] == network for share in cloud.live("share")):
        return refused("conflictingRequest")
    for port in server_ports(cloud, network):
        cloud.later(cloud.times.share_server, partial(cloud.remove, "port", port["id"]))
    cloud.remove("share_network", network)
    return ACCEPTED


def _service(cloud: MemoryCloud, observed: Observed) -> Answer:
    if any(observed.ref.id in network["_services"] for network in cloud.live("share_network")):
        return FORBIDDEN
    answer = row("security_service", cloud, observed)
    return answer if answer is GONE else ACCEPTED


def holders(cloud: MemoryCloud, kind: str, identifier: str) -> Iterator[tuple[str, str]]:
    if kind == "share":
        yield from (("share_snapshot", s["id"]) for s in cloud.live("share_snapshot") if s["share_id"] == identifier)
    elif kind == "share_network":
        yield from (("share", s["id"]) for s in cloud.live("share") if s["share_network_id"] == identifier)
    elif kind == "security_service":
        yield from (("share_network", n["id"]) for n in cloud.live("share_network") if identifier in n["_services"])


def behind(cloud: MemoryCloud, port: Body) -> tuple[str, str]:
    """Who stands behind a port that keeps a network: of a share server's, its share network."""
    network = port["device_id"].removeprefix("server-of-")
    return ("share_network", network) if network in cloud.bodies["share_network"] else ("port", port["id"])


def secret_body(cloud: MemoryCloud) -> Body:
    return {"secret_ref": f"{ROOT}/secrets/{cloud.new_id('secret')}"}


def container_body(cloud: MemoryCloud, *, secrets: Iterable[str] = ()) -> Body:
    boxed = [{"name": "", "secret_ref": f"{ROOT}/secrets/{secret}"} for secret in secrets]
    return {"container_ref": f"{ROOT}/containers/{cloud.new_id('container')}", "secret_refs": boxed}


BODIES: Mapping[str, Callable[..., Body]] = {
    "share": share_body,
    "share_snapshot": lambda _, share: {"share_id": share, "status": "available"},
    "share_network": network_body,
    "security_service": lambda _: {},
    "secret": secret_body,
    "secret_container": container_body,
}
"""Kind → what its bodies have besides what every body has."""

DELETES: Mapping[str, Callable[[MemoryCloud, Observed], Answer]] = {
    "share": _share,
    "share_snapshot": _snapshot,
    "share_network": _network,
    "security_service": _service,
    "secret": partial(row, "secret"),
    "secret_container": partial(row, "secret_container"),
}
