"""How Cinder's attachments and its administrators' grants are undone."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.asking import segment
from janitor.cloud.attachments import ATTACHMENTS, BEGUN, listed
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, counting, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


def drop_attachment(session: Session, attachment: str) -> Answer:
    """Delete an attachment in Cinder: the volume's connection ends, and it is available again."""
    path = f"/attachments/{segment(attachment)}"
    return send(session, "block-storage", "DELETE", path, microversion=ATTACHMENTS)


def _detach_host(session: Session, attachment: Observed) -> Answer:
    return drop_attachment(session, attachment.fact("attachment_id"))


def _end_false_status(session: Session, volume: Observed) -> Answer | None:
    """A volume between two statuses that nobody is on, or is getting on: whoever began that is gone.

    Its owner may end it. Where the cloud does not let him, the volume's own refusal says what it is in.
    """
    if volume.status not in BEGUN or listed(session, volume.ref.id):
        return None
    path = f"/volumes/{segment(volume.ref.id)}/action"
    answer = send(session, "block-storage", "POST", path, json={"os-detach": {}})
    return counting(answer, answer.requests + 1) if answer.reply is Reply.ACCEPTED else None


def _forbid_volume_type(session: Session, access: Observed) -> Answer:
    volume_type, project = access.ref.id.split("/", 1)
    body = {"removeProjectAccess": {"project": project}}
    return send(session, "block-storage", "POST", f"/types/{segment(volume_type)}/action", json=body)


def _disassociate_qos(session: Session, association: Observed) -> Answer:
    """A GET, by Cinder's own choice."""
    qos, volume_type = association.ref.id.split("/", 1)
    path = f"/qos-specs/{segment(qos)}/disassociate"
    return send(session, "block-storage", "GET", path, params={"vol_type_id": volume_type})


def _disassociate_all(session: Session, qos: Observed) -> Answer:
    return send(session, "block-storage", "GET", f"/qos-specs/{segment(qos.ref.id)}/disassociate_all")


UNDO: Mapping[str, Undo] = {
    "detach_host": _detach_host,
    "forbid_volume_type": _forbid_volume_type,
    "disassociate_qos": _disassociate_qos,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "volume": _end_false_status,
    "volume_qos": _disassociate_all,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
