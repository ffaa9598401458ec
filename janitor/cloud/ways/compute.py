"""How Nova's attachments are undone, and a locked server is unlocked."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.asking import segment
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Instead, Prepare, Undo, counting, send
from janitor.cloud.ways.storage import drop_attachment
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


def _unlock(session: Session, server: Observed) -> Answer | None:
    if server.facts.get("locked") is not True:
        return None
    return send(session, "compute", "POST", f"/servers/{server.ref.id}/action", json={"unlock": None})


def _force(session: Session, server: Observed) -> Answer | None:
    """A server that the cloud keeps for a while after its delete still has its ports and volumes."""
    if server.status != "SOFT_DELETED":
        return None
    return send(session, "compute", "POST", f"/servers/{server.ref.id}/action", json={"forceDelete": None})


def _detach_interface(session: Session, attachment: Observed) -> Answer:
    server, port = attachment.ref.id.split("/", 1)
    return send(session, "compute", "DELETE", f"/servers/{server}/os-interface/{port}")


def _detach_volume(session: Session, attachment: Observed) -> Answer:
    """Through Nova; where the server is gone and left its attachment behind, in Cinder: the reading tells."""
    left = attachment.fact("attachment_id")
    if left and attachment.fact("server_is"):
        return drop_attachment(session, left)
    server, volume = attachment.ref.id.split("/", 1)
    return send(session, "compute", "DELETE", f"/servers/{server}/os-volume_attachments/{volume}")


def _forbid_flavor(session: Session, access: Observed) -> Answer:
    flavor, project = access.ref.id.split("/", 1)
    body = {"removeTenantAccess": {"tenant": project}}
    return send(session, "compute", "POST", f"/flavors/{segment(flavor)}/action", json=body)


def _empty_aggregate(session: Session, aggregate: Observed) -> Answer | None:
    """Take its hosts out, one by one, as the API has them: others may have been added since."""
    hosts = aggregate.facts.get("hosts")
    asked = 0
    for host in hosts if isinstance(hosts, tuple) else ():
        body = {"remove_host": {"host": str(host)}}
        answer = send(session, "compute", "POST", f"/os-aggregates/{aggregate.ref.id}/action", json=body)
        asked += 1
        if answer.reply not in {Reply.ACCEPTED, Reply.GONE}:
            return counting(answer, asked)
    return Answer(Reply.ACCEPTED, requests=asked) if asked else None


UNDO: Mapping[str, Undo] = {
    "detach_interface": _detach_interface,
    "detach_volume": _detach_volume,
    "forbid_flavor": _forbid_flavor,
}
"""`Kind.undo` → how it is done."""

INSTEAD: Mapping[str, Instead] = {
    "server": _force,
}
"""What is sent instead of a DELETE."""

PREPARATIONS: Mapping[str, Prepare] = {
    "server": _unlock,
    "aggregate": _empty_aggregate,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
