"""Who holds Cinder's and Glance's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.cloud import inventory
from janitor.cloud.holding.finding import Find, by_id, held, seen
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Holder, Observed
from janitor.engine.protocols import Answer


def _of_volume(session: Session, volume: Observed, _: Answer) -> Iterator[Holder]:
    """Its servers; else its snapshots; else what was made from it (some backends keep that a chain)."""
    body = inventory.fetch(session, "volume", volume.ref.id)
    now = next(iter(observe(KINDS["volume"], session.scope, body)), volume) if body else volume
    servers = now.linked("server")
    yield from (by_id(session, "server", server) for server in servers)
    snapshots = seen(session, "volume_snapshot", {"volume_id": volume.ref.id})
    mine = [snapshot for snapshot in snapshots if volume.ref.id in snapshot.linked("volume")]
    yield from (held(snapshot) for snapshot in mine)
    if not servers and not mine:
        yield from (held(clone) for clone in seen(session, "volume", {}) if volume.ref.id in clone.linked("volume"))


def _of_snapshot(session: Session, snapshot: Observed, _: Answer) -> Iterator[Holder]:
    for volume in seen(session, "volume", {}):
        if snapshot.ref.id in volume.linked("volume_snapshot"):
            yield held(volume)


def _of_backup(session: Session, backup: Observed, _: Answer) -> Iterator[Holder]:
    """Increments stand on the backups of the same volume that came before."""
    for other in seen(session, "volume_backup", {}):
        same = set(other.linked("volume")) & set(backup.linked("volume"))
        later = (other.created_at or 0.0) >= (backup.created_at or 0.0)  # to the second: both may be of the same
        if same and later and other.facts.get("is_incremental") is True:
            yield held(other)


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
