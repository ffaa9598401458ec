"""The run of a cluster of any size, as a page has to show it: who holds whom, times, and a stuck server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from runs import BEGUN, NEIGHBOUR, SCOPE, ref, result

from janitor.core.model import Edge, EdgeSource, Evidence, Holder, Outcome
from janitor.core.outcome import Command, Result, RunReport, Source, TerraformRun

EACH = 5  # server, port, floating IP, volume, attachment
SHARED = 10


def cluster(objects: int) -> RunReport:
    """A run over about so many objects. The first server is stuck, and the network is held by it through its port."""
    servers = max(1, (objects - SHARED) // EACH)
    rows = (*_shared(), *(row for number in range(servers) for row in _node(number)))
    return RunReport(
        command=Command.DESTROY,
        workspace="ci-4711",
        scopes=(SCOPE,),
        started=BEGUN,
        finished=BEGUN + 12 + servers,
        results=tuple(_stuck(row) for row in rows),
        edges=tuple(dict.fromkeys(_edges(servers))),
        sources=(Source("state", "tofu state pull", objects), Source("mark", "ci-4711")),
        terraform=TerraformRun(
            ran=True, exit_code=1, seconds=6.0, started=2.0, handed_over="server node-0 is stuck in deleting"
        ),
        requests=9 * servers,
        notes=("a dead command left its lock behind",),
    )


def _row(kind: str, name: str, *, begun: float, took: float, index: str = "") -> Result:
    return result(
        kind,
        f"{kind}-{name}-7f3a91c2",
        Outcome.DELETED,
        name=name,
        address=f"module.cluster.openstack_{kind}_v2.this{index}",
        evidence=(Evidence.STATE, Evidence.MARK),
        started=begun,
        seconds=took,
        requests=3,
    )


def _shared() -> Iterator[Result]:
    yield _row("router_interface", "edge", begun=14.0, took=0.6)
    yield _row("router", "edge", begun=15.0, took=0.5)
    yield _row("subnet", "nodes", begun=15.0, took=0.4)
    yield _row("network", "nodes", begun=16.0, took=0.4)
    yield _row("security_group", "k8s", begun=13.0, took=0.3)
    yield _row("security_group", "k8s-master", begun=13.0, took=0.3)
    yield _row("server_group", "masters", begun=13.0, took=0.2)
    yield replace(
        _row("keypair", "kubernetes-ci-4711", begun=9.0, took=0.2), outcome=Outcome.ABSENT, started=0.0, seconds=0.0
    )
    yield result("router", "r-0", Outcome.KEPT, name="upstream", reason="protected: prevent_destroy", counts=False)
    yield result("port", "p-0", Outcome.KEPT, name="other-run", reason=NEIGHBOUR, counts=False)


def _node(number: int) -> Iterator[Result]:
    name, begun, index = f"node-{number}", 8.5 + number * 0.4, f"[{number}]"
    yield _row("floating_ip", f"192.0.2.{number + 10}", begun=begun, took=0.5, index=index)
    yield _row("server", name, begun=begun + 0.2, took=2.0 + number % 3, index=index)
    yield _row("volume_attachment", f"{name}-data", begun=begun, took=0.9, index=index)
    yield _row("volume", f"{name}-data", begun=begun + 1.4, took=1.5, index=index)
    yield _row("port", f"{name}-eth0", begun=begun + 2.5, took=0.4, index=index)


def _id(kind: str, name: str) -> str:
    return f"{kind}-{name}-7f3a91c2"


STUCK = {
    _id("server", "node-0"): (Outcome.FAILED, "stuck in deleting for 12 readings", None),
    _id("port", "node-0-eth0"): (Outcome.BLOCKED, "", ("server", "node-0")),
    _id("subnet", "nodes"): (Outcome.BLOCKED, "", ("port", "node-0-eth0")),
    _id("network", "nodes"): (Outcome.BLOCKED, "", ("subnet", "nodes")),
    _id("security_group", "k8s"): (Outcome.BLOCKED, "a port that is not ours uses it", ("port", "by-hand")),
}


def _stuck(row: Result) -> Result:
    if row.ref.id not in STUCK:
        return row
    outcome, reason, held_by = STUCK[row.ref.id]
    holders = ()
    if held_by is not None:
        project = "99aa" if held_by[1] == "by-hand" else "7f3a"
        holders = (Holder(held_by[0], _id(*held_by), held_by[1], project),)
        reason = reason or f"held by {holders[0]}"
    return replace(row, outcome=outcome, reason=reason, holders=holders)


def _edges(servers: int) -> Iterator[Edge]:
    network = {kind: ref(kind, _id(kind, "nodes")) for kind in ("subnet", "network")}
    interface, router = ref("router_interface", _id("router_interface", "edge")), ref("router", _id("router", "edge"))
    group, masters = (
        ref("security_group", _id("security_group", "k8s")),
        ref("server_group", _id("server_group", "masters")),
    )
    yield Edge(interface, router, EdgeSource.OBSERVED)
    yield Edge(interface, network["subnet"], EdgeSource.OBSERVED)
    yield Edge(network["subnet"], network["network"], EdgeSource.OBSERVED)
    for number in range(servers):
        name = f"node-{number}"
        server, port = ref("server", _id("server", name)), ref("port", _id("port", f"{name}-eth0"))
        volume, attachment = (ref(kind, _id(kind, f"{name}-data")) for kind in ("volume", "volume_attachment"))
        address = ref("floating_ip", _id("floating_ip", f"192.0.2.{number + 10}"))
        for pair in ((server, port), (attachment, volume), (attachment, server), (address, port)):
            yield Edge(*pair, EdgeSource.OBSERVED)
        yield Edge(port, network["subnet"], EdgeSource.OBSERVED)
        yield Edge(port, group, EdgeSource.OBSERVED)
        yield Edge(address, interface, EdgeSource.KIND)
        for behind in (network["subnet"], network["network"], group, router):
            yield Edge(server, behind, EdgeSource.STATE)
        yield Edge(server, masters, EdgeSource.CONFIG)
