"""How Cinder's attachments and its administrators' grants are undone."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from janitor.cloud.attachments import ATTACHMENTS
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def drop_attachment(session: Session, attachment: str) -> Answer:
    """Delete an attachment in Cinder: the volume's connection ends, and it is available again."""
    path = f"/attachments/{quote(attachment, safe='')}"
    return send(session, "block-storage", "DELETE", path, microversion=ATTACHMENTS)


def _detach_host(session: Session, attachment: Observed) -> Answer:
    return drop_attachment(session, attachment.fact("attachment_id"))


def _forbid_volume_type(session: Session, access: Observed) -> Answer:
    volume_type, project = access.ref.id.split("/", 1)
    body = {"removeProjectAccess": {"project": project}}
    return send(session, "block-storage", "POST", f"/types/{quote(volume_type, safe='')}/action", json=body)


def _disassociate_qos(session: Session, association: Observed) -> Answer:
    """A GET, by Cinder's own choice."""
    qos, volume_type = association.ref.id.split("/", 1)
    path = f"/qos-specs/{quote(qos, safe='')}/disassociate"
    return send(session, "block-storage", "GET", path, params={"vol_type_id": volume_type})


def _disassociate_all(session: Session, qos: Observed) -> Answer:
    return send(session, "block-storage", "GET", f"/qos-specs/{quote(qos.ref.id, safe='')}/disassociate_all")


UNDO: Mapping[str, Undo] = {
    "detach_host": _detach_host,
    "forbid_volume_type": _forbid_volume_type,
    "disassociate_qos": _disassociate_qos,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "volume_qos": _disassociate_all,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
