"""How keystone's grants are revoked, and what must be known of a project before it can be deleted."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud import grants, inventory
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, send
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.core.text import counted
from janitor.engine.protocols import Answer, Reply

HELD = ("server", "volume", "port", "network", "router", "floating_ip", "load_balancer", "image")
"""What is looked for in a project before it is deleted."""


def _revoke(session: Session, grant: Observed) -> Answer:
    return send(session, "identity", "DELETE", grants.path(grant.ref))


def _empty(session: Session, project: Observed) -> Answer | None:
    """Look into it first: keystone asks nobody, and what it holds would be out of everybody's reach.

    A domain is never deleted: all users, groups and projects in it go along, and nobody has judged those.
    """
    if project.facts.get("is_domain") is True:
        return Answer(Reply.DENIED, text="a domain takes everything in it along: Terraform's to delete", requests=0)
    asked = 0
    for name in HELD:
        kind = KINDS[name]
        if session.endpoint(kind.service) is None:
            continue
        asked += 1
        owner = {"owner" if kind.service == "image" else "project_id": project.ref.id}
        everyone = {"all_tenants": "1"} if kind.service in {"compute", "block-storage"} else {}
        found = inventory.found_by(session, name, {**owner, **everyone})
        theirs = [body for body in found if project.ref.id in {body.get(field) for field in kind.project_fields}]
        if theirs:
            held = ", ".join(str(body.get("name") or body.get("id")) for body in theirs[:3])
            return Answer(Reply.DENIED, text=f"it still holds {counted(len(theirs), name)}: {held}", requests=asked)
    return Answer(Reply.ACCEPTED, requests=asked)


UNDO: Mapping[str, Undo] = {
    "revoke": _revoke,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "project": _empty,
}
"""What must be looked at before a DELETE is sent."""
