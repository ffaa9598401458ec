"""What Cinder answers to a delete, and what happens then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from builders import HOME
from engine.memory_answers import ACCEPTED, GONE, Body, refused

from janitor.core.attached import DELETED, MISSING
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, Reply

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

VOLUME_CAN_GO = frozenset({"available", "error", "error_restoring", "error_extending", "error_managing"})
SNAPSHOT_CAN_GO = frozenset({"available", "error"})


def _attachment(cloud: MemoryCloud, observed: Observed) -> Answer:
    server, _, volume = observed.ref.id.partition("/")
    body = cloud.bodies["volume"].get(volume)
    if body is None or not any(a["server_id"] == server for a in body["attachments"]):
        return GONE
    if server not in cloud.bodies["server"]:
        body |= {"attachments": [], "status": "available"}
        return Answer(Reply.ACCEPTED, 200)
    body["status"] = "detaching"
    cloud.later(cloud.times.attachment, lambda: body.update(attachments=[], status="available"))
    return ACCEPTED


def with_its_server(cloud: MemoryCloud, observed: Observed) -> Observed:
    """As a reading of it alone: an attachment tells what became of its server."""
    server = observed.fact("server_id")
    if observed.ref.kind != "volume_attachment" or server in cloud.bodies["server"]:
        return observed
    was_there = Ref(HOME, "server", server) in cloud.deleted
    return replace(observed, facts={**observed.facts, "server_is": DELETED if was_there else MISSING})


def _volume(cloud: MemoryCloud, observed: Observed) -> Answer:
    volume = cloud.bodies["volume"].get(observed.ref.id)
    if volume is None:
        return GONE
    held = any(s["volume_id"] == volume["id"] for s in cloud.live("volume_snapshot"))
    if volume["status"] not in VOLUME_CAN_GO or volume["attachments"] or held:
        return refused("badRequest", status=400)
    start_volume(cloud, volume)
    return ACCEPTED


def start_volume(cloud: MemoryCloud, volume: Body) -> None:
    volume["status"] = "deleting"
    if volume["id"] not in cloud.times.never:
        cloud.later(cloud.times.volume, lambda: cloud.remove("volume", volume["id"]))


def _snapshot(cloud: MemoryCloud, observed: Observed) -> Answer:
    snapshot = cloud.bodies["volume_snapshot"].get(observed.ref.id)
    if snapshot is None:
        return GONE
    if snapshot["status"] not in SNAPSHOT_CAN_GO:
        return refused("badRequest", status=400)
    snapshot["status"] = "deleting"
    cloud.later(cloud.times.volume, partial(_end_snapshot, cloud, snapshot))
    return ACCEPTED


def _end_snapshot(cloud: MemoryCloud, snapshot: Body) -> None:
    """A backend that needs the snapshot for a clone puts it back, and says so in a note only."""
    cloned = any(volume["snapshot_id"] == snapshot["id"] for volume in cloud.live("volume"))
    if cloned or snapshot["id"] in cloud.times.busy:
        snapshot["status"] = "available"
        cloud.noted[snapshot["id"]] = "delete snapshot:Snapshot is busy"
    else:
        cloud.remove("volume_snapshot", snapshot["id"])


def _backup(cloud: MemoryCloud, observed: Observed) -> Answer:
    backup = cloud.bodies["volume_backup"].get(observed.ref.id)
    if backup is None:
        return GONE
    if backup["status"] not in SNAPSHOT_CAN_GO or increments(cloud, backup["id"]):
        return refused("badRequest", status=400)
    backup["status"] = "deleting"
    cloud.later(cloud.times.volume, lambda: cloud.remove("volume_backup", backup["id"]))
    return ACCEPTED


def increments(cloud: MemoryCloud, backup: str) -> list[Body]:
    """The backups that stand on this one; no API says which."""
    return [other for other in cloud.live("volume_backup") if other["_parent"] == backup]


DELETES: Mapping[str, Callable[[MemoryCloud, Observed], Answer]] = {
    "volume_attachment": _attachment,
    "volume": _volume,
    "volume_snapshot": _snapshot,
    "volume_backup": _backup,
}
