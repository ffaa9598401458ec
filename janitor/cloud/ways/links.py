"""How links go that are a list in a Neutron object's body: the list is written again without them, if unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from janitor.cloud import inventory
from janitor.cloud.session import Session
from janitor.cloud.ways.sending import Prepare, Undo, counting, if_unchanged, parent_of, send
from janitor.core.catalogue import KINDS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer, Reply


def _remove_host_route(session: Session, route: Observed) -> Answer:
    return rewrite(session, "subnet", parent_of(route), field="host_routes", stays=other_than(route))


def _take_group_off(session: Session, link: Observed) -> Answer:
    group = link.linked("security_group")
    return rewrite(session, "port", parent_of(link), field="security_groups", stays=lambda entry: entry not in group)


def other_than(route: Observed) -> Callable[[object], bool]:
    """Whether an entry of a list of routes is another one."""
    ours = (route.fact("destination"), route.fact("nexthop"))
    return lambda entry: not isinstance(entry, Mapping) or (entry.get("destination"), entry.get("nexthop")) != ours


def rewrite(session: Session, kind: str, parent: str, *, field: str, stays: Callable[[object], bool]) -> Answer:
    """Write the parent's list without one entry; the parent may have changed since the link was read.

    If-Match is no lock: of two updates in one moment Neutron repeats the later one without it
    (`neutron/services/revisions/revision_plugin.py`), and it writes what it had read. So an entry may come back, or an
    update name one that is no more.
    """
    body = inventory.fetch(session, kind, parent)
    entries = body.get(field) if body else None
    known = list(entries) if isinstance(entries, list) else []
    rest = [entry for entry in known if stays(entry)]
    if body is None or len(rest) == len(known):
        return Answer(Reply.GONE, 404, text=f"the {kind} has no such entry in its {field}")
    path = f"{KINDS[kind].path}/{parent}"
    answer = send(session, "network", "PUT", path, json={kind: {field: rest}}, headers=if_unchanged(body))
    if answer.reply is Reply.GONE and answer.code.lower() != f"{kind}notfound":
        answer = replace(answer, reply=Reply.REFUSED)  # it is another entry that is gone
    return counting(answer, answer.requests + 1)


def _empty_firewall_group(session: Session, group: Observed) -> Answer | None:
    """A group that guards ports counts as active and is refused: it lets go of them first."""
    if not group.facts.get("ports"):
        return None
    path = f"/v2.0/fwaas/firewall_groups/{group.ref.id}"
    return send(session, "network", "PUT", path, json={"firewall_group": {"ports": []}})


UNDO: Mapping[str, Undo] = {
    "remove_host_route": _remove_host_route,
    "take_group_off": _take_group_off,
}
"""`Kind.undo` → how it is done."""

PREPARATIONS: Mapping[str, Prepare] = {
    "firewall_group": _empty_firewall_group,
}
"""What must be taken off an object of ours before its DELETE is accepted."""
