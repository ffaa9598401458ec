"""Asking for a deletion, or for the undoing of a link. Every function returns the service's answer and believes none.

"Accepted" is not "gone": the engine looks again. A second DELETE while the first one is still at work is refused by
some services (a volume that is `deleting`: 400; a load balancer that is PENDING_DELETE: 409): that is REFUSED with
the service's code and text, the object's own status says what to wait for, and `holders` names nobody.
"""

from __future__ import annotations

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.ways import INSTEAD, PREPARATIONS, UNDO
from janitor.cloud.ways.sending import counting, send
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, CloudFault, Reply


def delete(session: Session, observed: Observed) -> Answer:
    """Ask for the deletion of what was just read, or for its undoing. Never raises for what a cloud can do."""
    kind, before = KINDS[observed.ref.kind], 0
    try:
        if prepare := PREPARATIONS.get(kind.name):
            refused = prepare(session, observed)
            before = refused.requests if refused else 0
            if refused and refused.reply is not Reply.ACCEPTED:
                return refused
        instead = INSTEAD[kind.name](session, observed) if kind.name in INSTEAD else None
        answer = instead or (UNDO[kind.undo](session, observed) if kind.undo else _plain(session, observed))
    except CloudFault as fault:
        answer = fault.answer
    return counting(answer, answer.requests + before)


def _plain(session: Session, observed: Observed) -> Answer:
    kind = KINDS[observed.ref.kind]
    path = inventory.path_of(session, kind, observed.ref.id)
    version = inventory.microversion(session, kind)
    return send(session, kind.service, "DELETE", path, params=kind.delete_query, microversion=version)
