"""How keystone's grants are revoked, and what a domain would need before it can be deleted."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.cloud import grants
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, send
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


def _revoke(session: Session, grant: Observed) -> Answer:
    return send(session, "identity", "DELETE", grants.path(grant.ref))


def _no_domain(_session: Session, project: Observed) -> Answer | None:
    """Keystone deletes a domain with all users, groups and projects in it: nobody has judged those."""
    if project.facts.get("is_domain") is not True:
        return None
    return Answer(Reply.DENIED, text="a domain takes everything in it along: Terraform's to delete", requests=0)


UNDO: Mapping[str, Undo] = {
    "revoke": _revoke,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "project": _no_domain,
}
"""What must be looked at before a DELETE is sent."""
