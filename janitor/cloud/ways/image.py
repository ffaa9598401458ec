"""What an image needs before it can be deleted, and how another project's is given back."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.asking import segment
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def _unprotect(session: Session, image: Observed) -> Answer | None:
    if image.facts.get("protected") is not True:
        return None
    patch = [{"op": "replace", "path": "/protected", "value": False}]
    media = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    return send(session, "image", "PATCH", f"/v2/images/{image.ref.id}", json=patch, headers=media)


def _reject(session: Session, acceptance: Observed) -> Answer:
    """Stop accepting another project's image; the image, and its owner's offer, stay."""
    image, member = acceptance.ref.id.split("/", 1)
    body = {"status": "rejected"}
    return send(session, "image", "PUT", f"/v2/images/{segment(image)}/members/{member}", json=body)


UNDO: Mapping[str, Undo] = {
    "reject_image": _reject,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "image": _unprotect,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
