"""Who is on a volume, by Cinder's attachments, and what became of a server that is on one.

A server that is gone may have left its attachment, which keeps the volume for ever. Nothing here lets go of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from janitor.cloud.asking import answered, found, segment
from janitor.cloud.session import Session
from janitor.core.attached import DELETED, MISSING
from janitor.core.catalogue import KINDS, observe
from janitor.core.catalogue.reading import entries
from janitor.core.model import Observed, Ref

ATTACHMENTS = "3.27"
"""The microversion of Cinder's in which attachments are objects of their own."""

HISTORY = "2.21"
"""The microversion of Nova's in which a server that is deleted still has its actions."""

BEGUN = frozenset({"reserved", "attaching", "detaching"})
"""Statuses of volumes whose own bodies need not show who is on them."""

Body = Mapping[str, object]


def on(session: Session, volume: Body) -> list[Body]:
    """The attachments of a volume in the form of its body, also where that does not show them."""
    shown = list(entries(volume.get("attachments")))
    if shown or volume.get("status") not in BEGUN:
        return shown
    return [
        {"server_id": each.get("instance"), "volume_id": volume.get("id"), "attachment_id": each.get("id")}
        for each in listed(session, str(volume.get("id")))
    ]


def listed(session: Session, volume: str) -> list[Body]:
    """Every attachment of a volume, to servers, hosts or nobody, also those that were only begun."""
    query = {"volume_id": volume}
    response = answered(session, "block-storage", "GET", "/attachments", params=query, microversion=ATTACHMENTS)
    return [each for each in response.elements("attachments") if each.get("volume_id") == volume]


def _read(session: Session, ref: Ref) -> Iterable[Observed]:
    """An attachment, with what became of its server: the reading right before it is let go says both."""
    server, _, volume = ref.id.rpartition("/")
    kind = KINDS["volume"]
    path = f"{kind.path}/{segment(volume)}"
    response = found(session, kind.service, "GET", path, microversion=kind.microversion)
    body = response.mapping(kind.one) if response else {}
    links = [each for each in on(session, body) if each.get("server_id") == server]
    became = _fate(session, server) if links else ""
    return observe(KINDS[ref.kind], session.scope, {**body, "attachments": [{**e, "server_is": became} for e in links]})


def _fate(session: Session, server: str) -> str:
    """Nothing where the server lives. Nova says 404 for one of another project, too: only of ours it has a history."""
    path = f"/servers/{segment(server)}"
    there = found(session, "compute", "GET", path)
    if there is not None and there.mapping("server").get("status") not in KINDS["server"].dead:
        return ""
    return DELETED if found(session, "compute", "GET", f"{path}/os-instance-actions", microversion=HISTORY) else MISSING


READERS = {"volume_attachment": _read}
"""Kind → how one of it is read."""
