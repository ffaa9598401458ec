"""Who holds Cinder's and Glance's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud import attachments, inventory
from janitor.cloud.holding.finding import Find, by_id, elements, held, seen
from janitor.cloud.session import Session
from janitor.core import increments
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Holder, Observed, Ref
from janitor.engine.protocols import Answer


def _of_volume(session: Session, volume: Observed, _: Answer) -> Iterator[Holder]:
    """Its servers, snapshots, group and transfer; else what was made from it (some backends keep that a chain)."""
    body = inventory.fetch(session, "volume", volume.ref.id)
    now = next(iter(observe(KINDS["volume"], session.scope, body)), volume) if body else volume
    users = [_user(session, volume.ref.id, link) for link in attachments.on(session, body or {})]
    yield from users
    snapshots = seen(session, "volume_snapshot", {"volume_id": volume.ref.id})
    mine = [snapshot for snapshot in snapshots if volume.ref.id in snapshot.linked("volume")]
    yield from (held(snapshot) for snapshot in mine)
    held_by_name = [*_group(session, now), *_transfers(session, now)]
    yield from held_by_name
    if not users and not mine and not held_by_name:
        yield from (held(clone) for clone in seen(session, "volume", {}) if volume.ref.id in clone.linked("volume"))


def _user(session: Session, volume: str, link: inventory.Body) -> Holder:
    """The server that it is attached to; the attachment itself where that is to a host, or left by a server."""
    server, attachment = (str(link.get(field) or "") for field in ("server_id", "attachment_id"))
    if not server:
        return Holder("host_attachment", f"{volume}/{attachment}", attachment)
    there = by_id(session, "server", server)
    if there.observed is not None:
        return there
    left = inventory.read(session, Ref(session.scope, "volume_attachment", f"{server}/{volume}"))
    return Holder("volume_attachment", f"{server}/{volume}", attachment, "", left) if left else there


def _of_snapshot(session: Session, snapshot: Observed, _: Answer) -> Iterator[Holder]:
    for volume in seen(session, "volume", {}):
        if snapshot.ref.id in volume.linked("volume_snapshot"):
            yield held(volume)


def _group(session: Session, volume: Observed) -> Iterator[Holder]:
    """The group that it is in: a volume leaves that only with the group, or by its owner's hand."""
    group = volume.fact("group_id")
    if group:
        version = KINDS["volume"].microversion
        body = session.request("block-storage", "GET", f"/groups/{group}", microversion=version).mapping("group")
        yield Holder("volume_group", group, str(body.get("name") or ""), volume.project_id)


def _transfers(session: Session, volume: Observed) -> Iterator[Holder]:
    """The offer to give it to another project, which its owner can take back."""
    if volume.status != "awaiting-transfer":
        return
    for offer in elements(session, "block-storage", "/os-volume-transfer/detail", key="transfers"):
        if offer.get("volume_id") == volume.ref.id:
            yield Holder("volume_transfer", str(offer.get("id")), str(offer.get("name") or ""), volume.project_id)


def _of_backup(session: Session, backup: Observed, _: Answer) -> Iterator[Holder]:
    yield from (held(other) for other in increments.on(backup, seen(session, "volume_backup", {})))


def _of_image(session: Session, image: Observed, _: Answer) -> Iterator[Holder]:
    for server in seen(session, "server", {}):
        if image.ref.id in server.linked("image"):
            yield held(server)
    for body in inventory.found_by(session, "volume", {}):
        source = body.get("volume_image_metadata")
        if isinstance(source, Mapping) and source.get("image_id") == image.ref.id:
            yield from (held(volume) for volume in observe(KINDS["volume"], session.scope, body))


FINDERS: Mapping[str, Find] = {
    "volume": _of_volume,
    "volume_snapshot": _of_snapshot,
    "volume_backup": _of_backup,
    "image": _of_image,
}
