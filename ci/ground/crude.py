"""The crude way to empty a project: lists, a fixed order, eight threads; whatever it sees goes, whoever owns it.

It reads nothing again, resolves no refusal and proves nothing. In `ci/bench` it is the floor that a careful cleaner is
measured against; the soak uses it to clear its own projects.
As a program it writes a line of JSON for each of its calls.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import openstack
from openstack.connection import Connection
from openstack.exceptions import SDKException
from openstack.network.v2.port import Port

THREADS = 8
POLL = 0.3
PATIENCE = 90.0
INTERFACES = ("network:router_interface", "network:router_interface_distributed", "network:ha_router_interface")

Job = tuple[str, str, Callable[[], object]]
"""Its kind, its name, and the call."""
Teller = Callable[[Mapping[str, object]], None]


def clear(cloud: Connection, tell: Teller = lambda _call: None) -> list[str]:
    """Empty the project; returns what was refused. `tell` hears of each call when it has ended."""
    mine = {"project_id": str(cloud.current_project_id)}
    refused: list[str] = []
    with ThreadPoolExecutor(THREADS) as pool:

        def each(jobs: Iterable[Job]) -> None:
            refused.extend(filter(None, pool.map(lambda job: _attempt(job, tell), jobs)))

        each(_users(cloud, mine))
        _wait(lambda: [*cloud.compute.servers(details=False), *cloud.load_balancer.load_balancers(**mine)])
        each(_used(cloud, mine))
        each(_ground(cloud, mine))
    return refused


@contextlib.contextmanager
def emptied(cloud: Connection) -> Iterator[None]:
    """What the project holds at the end of the block goes."""
    try:
        yield
    finally:
        clear(cloud)
        clear(cloud)  # what the first time was held by something that went


def _users(cloud: Connection, mine: dict[str, str]) -> Iterable[Job]:
    """What uses the rest: load balancers with their children, servers, addresses; and what nobody uses."""
    for balancer in cloud.load_balancer.load_balancers(**mine):
        yield _job(cloud.load_balancer.delete_load_balancer, balancer, cascade=True)
    for server in cloud.compute.servers(details=False):
        yield _job(cloud.compute.delete_server, server)
    for address in cloud.network.ips(**mine):
        yield _job(cloud.network.delete_ip, address)
    for pair in cloud.compute.keypairs():
        yield _job(cloud.compute.delete_keypair, pair)
    for group in cloud.compute.server_groups():
        yield _job(cloud.compute.delete_server_group, group)
    for snapshot in cloud.block_storage.snapshots(details=False):
        yield _job(cloud.block_storage.delete_snapshot, snapshot)


def _used(cloud: Connection, mine: dict[str, str]) -> Iterable[Job]:
    for volume in cloud.block_storage.volumes(details=False):
        yield _job(cloud.block_storage.delete_volume, volume)
    for port in cloud.network.ports(**mine):
        if port.device_owner in INTERFACES:
            yield "router_interface", port.name or port.id, _detach(cloud, port)
        else:
            yield _job(cloud.network.delete_port, port)


def _ground(cloud: Connection, mine: dict[str, str]) -> Iterable[Job]:
    for router in cloud.network.routers(**mine):
        yield _job(cloud.network.delete_router, router)
    for network in cloud.network.networks(**mine):
        yield _job(cloud.network.delete_network, network)
    for group in cloud.network.security_groups(**mine):
        if group.name != "default":
            yield _job(cloud.network.delete_security_group, group)


def _detach(cloud: Connection, port: Port) -> Callable[[], object]:
    return lambda: cloud.network.remove_interface_from_router(port.device_id, port=port.id)


def _job(delete: Callable[..., object], item: openstack.resource.Resource, **options: bool) -> Job:
    kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(item).__name__).lower()
    return kind, item.name or item.id, lambda: delete(item, ignore_missing=True, **options)


def _attempt(job: Job, tell: Teller) -> str:
    kind, called, delete = job
    began = time.time()
    try:
        delete()
    except SDKException as refusal:
        return f"{kind} {called}: {refusal}"
    tell({"kind": kind, "called": called, "began": began, "seconds": time.time() - began})
    return ""


def _wait(left: Callable[[], list[object]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while left() and time.monotonic() < deadline:
        time.sleep(POLL)


def _print(call: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(call) + "\n")  # at once: threads share the stream


if __name__ == "__main__":
    problems = clear(openstack.connect(), _print)
    print("\n".join(problems), file=sys.stderr)
    sys.exit(1 if problems else 0)
