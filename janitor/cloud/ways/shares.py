"""How an access rule of Manila's is denied, and a share network is made ready to go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, counting, send
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


def _send(session: Session, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401 - what `send` takes
    kind = KINDS["share"]
    return send(session, kind.service, method, path, microversion=inventory.microversion(session, kind), **more)


def _deny_access(session: Session, rule: Observed) -> Answer:
    share, access = rule.ref.id.split("/", 1)
    return _send(session, "POST", f"/shares/{share}/action", json={"deny_access": {"access_id": access}})


def _leave_one_subnet(session: Session, network: Observed) -> Answer | None:
    """A share network with several subnets is refused: all but one go before. One with a share on it is refused."""
    subnets = network.facts.get("share_network_subnets")
    spare = [s for s in subnets if isinstance(s, Mapping)][1:] if isinstance(subnets, tuple) else []
    answer: Answer | None = None
    for sent, subnet in enumerate(spare, 1):
        path = f"/share-networks/{network.ref.id}/subnets/{subnet.get('id')}"
        answer = counting(_send(session, "DELETE", path), sent)
        if answer.reply not in {Reply.ACCEPTED, Reply.GONE}:
            return answer
    return answer


UNDO: Mapping[str, Undo] = {
    "deny_access": _deny_access,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "share_network": _leave_one_subnet,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
