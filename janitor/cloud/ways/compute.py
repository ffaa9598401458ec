"""How Nova's attachments are undone, and a locked server is unlocked."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, counting, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

DETACH_MICROVERSION = "3.27"  # attachments as objects of their own


def _unlock(session: Session, server: Observed) -> Answer | None:
    if server.facts.get("locked") is not True:
        return None
    return send(session, "compute", "POST", f"/servers/{server.ref.id}/action", json={"unlock": None})


def _detach_interface(session: Session, attachment: Observed) -> Answer:
    server, port = attachment.ref.id.split("/", 1)
    return send(session, "compute", "DELETE", f"/servers/{server}/os-interface/{port}")


def _detach_volume(session: Session, attachment: Observed) -> Answer:
    """Through Nova; where the server is gone and left its attachment behind, in Cinder."""
    server, volume = attachment.ref.id.split("/", 1)
    answer = send(session, "compute", "DELETE", f"/servers/{server}/os-volume_attachments/{volume}")
    left = attachment.fact("attachment_id")
    if answer.reply is not Reply.GONE or not left or inventory.fetch(session, "server", server) is not None:
        return answer
    path, version = f"/attachments/{left}", DETACH_MICROVERSION
    again = send(session, "block-storage", "DELETE", path, microversion=version)
    return counting(again, answer.requests + 2)


UNDO: Mapping[str, Undo] = {
    "detach_interface": _detach_interface,
    "detach_volume": _detach_volume,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "server": _unlock,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
