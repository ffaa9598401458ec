"""What an image needs before it can be deleted."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def _unprotect(session: Session, image: Observed) -> Answer | None:
    if image.facts.get("protected") is not True:
        return None
    patch = [{"op": "replace", "path": "/protected", "value": False}]
    media = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    return send(session, "image", "PATCH", f"/v2/images/{image.ref.id}", json=patch, headers=media)


PREPARATIONS: Mapping[str, Prepare] = {
    "image": _unprotect,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
