"""What Octavia answers to a delete, and what happens then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine.memory_answers import GONE, NO_CONTENT, Body, drop_port, refused

from janitor.core.model import Observed
from janitor.engine.protocols import Answer

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud


def _load_balancer(cloud: MemoryCloud, observed: Observed) -> Answer:
    balancer = cloud.bodies["load_balancer"].get(observed.ref.id)
    if balancer is None:
        return GONE
    if balancer["provisioning_status"] not in {"ACTIVE", "ERROR"}:
        return refused("Client")
    balancer["provisioning_status"] = "PENDING_DELETE"
    if balancer["id"] not in cloud.times.never:
        cloud.later(cloud.times.load_balancer, partial(_end_load_balancer, cloud, balancer))
    return NO_CONTENT


def _end_load_balancer(cloud: MemoryCloud, balancer: Body) -> None:
    pools = {pool["id"] for pool in balancer["pools"]}
    for pool in pools:
        _drop("pool", cloud, pool)
    for listener in balancer["listeners"]:
        _drop("listener", cloud, listener["id"])
    drop_port(cloud, balancer["vip_port_id"])
    cloud.remove("load_balancer", balancer["id"])


def _drop(kind: str, cloud: MemoryCloud, identifier: str) -> None:
    """A listener takes its L7 policies along, a pool its health monitor."""
    for policy in cloud.live("l7policy") if kind == "listener" else ():
        if policy["listener_id"] == identifier:
            cloud.remove("l7policy", policy["id"])
    for monitor in cloud.live("health_monitor") if kind == "pool" else ():
        if monitor["pools"][0]["id"] == identifier:
            cloud.remove("health_monitor", monitor["id"])
    cloud.remove(kind, identifier)


def _is_updated(cloud: MemoryCloud, balancer: Body, over: Callable[[], None]) -> Answer:
    """A child's delete is an update of its load balancer, which takes nothing else until that is over."""
    if balancer["provisioning_status"] != "ACTIVE":
        return refused("Client")
    balancer["provisioning_status"] = "PENDING_UPDATE"

    def done() -> None:
        balancer["provisioning_status"] = "ACTIVE"
        over()

    cloud.later(cloud.times.child, done)
    return NO_CONTENT


def _parent(cloud: MemoryCloud, child: Body) -> Body:
    return cloud.bodies["load_balancer"][child["loadbalancers"][0]["id"]]


def _child(kind: str, cloud: MemoryCloud, observed: Observed) -> Answer:
    body = cloud.bodies[kind].get(observed.ref.id)
    if body is None:
        return GONE
    balancer = _parent(cloud, body)

    def over() -> None:
        balancer[f"{kind}s"] = [c for c in balancer[f"{kind}s"] if c["id"] != body["id"]]
        _drop(kind, cloud, body["id"])

    answer = _is_updated(cloud, balancer, over)
    if answer is NO_CONTENT:
        body["provisioning_status"] = "PENDING_UPDATE"
    return answer


def _member(cloud: MemoryCloud, observed: Observed) -> Answer:
    for pool in cloud.live("pool"):
        for member in pool["members"]:
            if member["id"] == observed.ref.id:
                return _is_updated(cloud, _parent(cloud, pool), partial(pool["members"].remove, member))
    return GONE


def _monitor(cloud: MemoryCloud, observed: Observed) -> Answer:
    monitor = cloud.bodies["health_monitor"].get(observed.ref.id)
    if monitor is None:
        return GONE
    pool = cloud.bodies["pool"][monitor["pools"][0]["id"]]

    def over() -> None:
        pool["healthmonitor_id"] = None
        cloud.remove("health_monitor", monitor["id"])

    return _is_updated(cloud, _parent(cloud, pool), over)


def _policy(cloud: MemoryCloud, observed: Observed) -> Answer:
    policy = cloud.bodies["l7policy"].get(observed.ref.id)
    if policy is None:
        return GONE
    listener = cloud.bodies["listener"][policy["listener_id"]]

    def over() -> None:
        listener["l7policies"] = [one for one in listener["l7policies"] if one["id"] != policy["id"]]
        cloud.remove("l7policy", policy["id"])

    return _is_updated(cloud, _parent(cloud, listener), over)


DELETES: Mapping[str, Callable[[MemoryCloud, Observed], Answer]] = {
    "load_balancer": _load_balancer,
    "listener": partial(_child, "listener"),
    "pool": partial(_child, "pool"),
    "member": _member,
    "health_monitor": _monitor,
    "l7policy": _policy,
}
