"""How children of Octavia's objects go whose path needs their parent."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Undo, parent_of, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer


def _delete_member(session: Session, member: Observed) -> Answer:
    return send(session, "load-balancer", "DELETE", f"/v2/lbaas/pools/{parent_of(member)}/members/{member.ref.id}")


UNDO: Mapping[str, Undo] = {
    "delete_member": _delete_member,
}
"""`Kind.undo` → how it is done."""
