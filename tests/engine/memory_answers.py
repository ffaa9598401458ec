"""What the rules of the in-memory cloud's services share: their answers, and what happens to a row and to a port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud

Body = dict[str, Any]
NO_CONTENT = Answer(Reply.ACCEPTED, 204)
ACCEPTED = Answer(Reply.ACCEPTED, 202)
GONE = Answer(Reply.GONE, 404, "NotFound")


def refused(code: str, *ids: str, status: int = 409) -> Answer:
    return Answer(Reply.REFUSED, status, code, text=f"{code} {' '.join(ids)}".strip(), ids=ids)


def row(kind: str, cloud: MemoryCloud, observed: Observed) -> Answer:
    if observed.ref.id not in cloud.bodies[kind]:
        return GONE
    cloud.remove(kind, observed.ref.id)
    return NO_CONTENT


def drop_port(cloud: MemoryCloud, port: str) -> None:
    for address in cloud.live("floating_ip"):
        if address["port_id"] == port:
            address |= {"port_id": None, "router_id": None, "fixed_ip_address": None}
        forwarded = address.get("port_forwardings", ())
        address["port_forwardings"] = [one for one in forwarded if one["internal_port_id"] != port]
    cloud.remove("port", port)
