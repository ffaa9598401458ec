"""What a service noted, for its users, about a delete that it had accepted and could not carry out.

A courtesy: where it notes nothing, or does not let us read it, what is told of the object is true without it.
"""

from __future__ import annotations

from janitor.cloud.asking import found
from janitor.cloud.session import Session
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.core.text import clean
from janitor.engine.protocols import CloudFault

LONGEST = 300


def of(session: Session, observed: Observed) -> str:
    """The newest remark about a delete of the object; others, as of a creation that failed, explain nothing here."""
    kind, wanted = KINDS[observed.ref.kind], observed.ref.id
    if not kind.remarks:
        return ""
    try:
        query = {"resource_uuid": wanted}
        listed = found(session, kind.service, "GET", "/messages", params=query, microversion=kind.remarks)
    except CloudFault:
        return ""
    mine = [each for each in (listed.elements("messages") if listed else ()) if each.get("resource_uuid") == wanted]
    remarks = [(str(each.get("created_at")), str(each.get("user_message"))) for each in mine]
    newest = max((each for each in remarks if "delete" in each[1].lower()), default=("", ""))
    return clean(newest[1], longest=LONGEST)
