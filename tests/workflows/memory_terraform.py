"""A terraform in memory: it makes the objects of a stack in the in-memory cloud, and says what the real one says.

An apply is a sequence of small steps: the beginning of a creation is said, the object is made, its end is said. Several
creations are under way at once; which one goes on next is the dice's to say. It can be killed after any step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from engine.memory_cloud import MemoryCloud

STAMP = "2026-11-21T10:00:00.000000Z"
TEXT = "janitor:run={run}"

Ids = Mapping[str, str]


@dataclass(frozen=True)
class Resource:
    """One resource of the stack: its label, what it waits for, and how the cloud is asked for it."""

    label: str
    kind: str
    type: str
    needs: tuple[str, ...] = ()
    fields: Callable[[Ids], dict[str, Any]] = lambda _: {}
    named: bool = True

    @property
    def address(self) -> str:
        return f"openstack_{self.type}.{self.label}"


STACK = (
    Resource("net", "network", "networking_network_v2"),
    Resource("sub", "subnet", "networking_subnet_v2", ("net",), lambda i: {"network": i["net"]}),
    Resource("router", "router", "networking_router_v2"),
    Resource(
        "interface",
        "router_interface",
        "networking_router_interface_v2",
        ("router", "sub"),
        lambda i: {"router": i["router"], "subnet": i["sub"]},
        named=False,
    ),
    Resource("group", "security_group", "networking_secgroup_v2"),
    Resource("key", "keypair", "compute_keypair_v2"),
    Resource("anti", "server_group", "compute_servergroup_v2"),
    Resource(
        "port",
        "port",
        "networking_port_v2",
        ("sub", "group"),
        lambda i: {"subnet": i["sub"], "groups": [i["group"]]},
    ),
    Resource("address", "floating_ip", "networking_floatingip_v2", named=False),
    Resource("disk", "volume", "blockstorage_volume_v3"),
    Resource("server", "server", "compute_instance_v2", ("port", "key", "anti"), lambda i: {"ports": [i["port"]]}),
    Resource(
        "attached",
        "volume_attachment",
        "compute_volume_attach_v2",
        ("server", "disk"),
        lambda i: {"server": i["server"], "volume": i["disk"]},
        named=False,
    ),
)  # fmt: skip
MARKED = frozenset({"network", "subnet", "router", "security_group", "port", "floating_ip", "volume", "server"})
STEPS = 3 * len(STACK)


@dataclass
class MemoryTerraform:
    """One apply of the stack."""

    cloud: MemoryCloud
    run: str
    dice: Random
    marks: bool
    log: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)  # of what was made
    said: dict[str, str] = field(default_factory=dict)  # of what was said to be done
    begun: list[str] = field(default_factory=list)

    def name(self, resource: Resource) -> str:
        return f"{self.run}-{resource.label}" if resource.named else ""

    def step(self) -> None:
        """One small step of one of those creations that can go on."""
        resource = self.dice.choice([one for one in STACK if self._can_go_on(one)])
        if resource.label not in self.begun:
            self.begun.append(resource.label)
            self._say("apply_start", resource)
        elif resource.label not in self.ids:
            self.ids[resource.label] = self._made(resource)
        else:
            self.said[resource.label] = self.ids[resource.label]
            self._say("apply_complete", resource, id_key="id", id_value=self.ids[resource.label])

    def _can_go_on(self, resource: Resource) -> bool:
        return resource.label not in self.said and all(need in self.said for need in resource.needs)

    def _made(self, resource: Resource) -> str:
        identifier = self.cloud.make(resource.kind, self.name(resource), **resource.fields(self.ids))
        body = self.cloud.bodies[resource.kind].get(identifier)
        if self.marks and body is not None and resource.kind in MARKED:
            body["description"] = TEXT.format(run=self.run)
            body["metadata"] = {"janitor-run": self.run}
        return identifier

    def _say(self, word: str, resource: Resource, **more: str) -> None:
        hook = {
            "resource": {"addr": resource.address, "resource_type": f"openstack_{resource.type}"},
            "action": "create",
        }
        event = {"@level": "info", "@timestamp": STAMP, "hook": hook | more, "type": word}
        self.log.append(json.dumps(event))
