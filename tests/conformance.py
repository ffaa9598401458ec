"""What the services answer to a delete in the wrong order, as data: the same cases run in memory and on the live cloud.

A case makes objects by name, asks for one deletion, and says which answer comes, who holds the object, and what is
gone or still there afterwards. In a make's values, the name of an earlier make stands for its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from janitor.engine.protocols import Reply


@dataclass(frozen=True)
class Make:
    """One object: its kind, the name the case calls it by, and what it refers to."""

    kind: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """`first`: deletions that are accepted before. `gone` and `stays` are checked once the answer was accepted."""

    name: str
    setup: tuple[Make, ...]
    delete: str
    reply: Reply
    code: str = ""
    status: int = 0
    holders: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def make(kind: str, name: str, **values: Any) -> Make:
    return Make(kind, name, values)


NETWORK = (make("network", "net"), make("subnet", "sub", network="net"))
ROUTED = (*NETWORK, make("router", "router", external="public"))
JOINED = (*ROUTED, make("router_interface", "joint", router="router", subnet="sub"))
PORT = (*NETWORK, make("port", "port", subnet="sub"))
GROUPED = (make("security_group", "group"), *NETWORK, make("port", "port", subnet="sub", groups=("group",)))
SERVER = (*PORT, make("server", "server", ports=("port",)))
BALANCER = (*NETWORK, make("load_balancer", "lb", subnet="sub"))
LISTENED = (*BALANCER, make("listener", "listener", load_balancer="lb"))
POOLED = (*LISTENED, make("pool", "pool", listener="listener"))
MEMBER = (*POOLED, make("member", "member", pool="pool"))
VOLUME = (make("volume", "volume"),)
SHARE = (make("share", "share"),)
SHARE_NETWORK = (*NETWORK, make("share_network", "shares", subnet="sub"))
SERVED = (*SHARE_NETWORK, make("share", "share", network="shares"))
BOXED = (make("secret", "secret"), make("secret_container", "box", secrets=("secret",)))
REFUSED, ACCEPTED, DENIED = Reply.REFUSED, Reply.ACCEPTED, Reply.DENIED

CASES = (
    Case("group-with-port", GROUPED, "group", REFUSED, "SecurityGroupInUse", 409, ("port",)),
    Case("group-without-port", GROUPED[:1], "group", ACCEPTED, status=204, gone=("group",)),
    Case(
        "group-named-by-another-groups-rule",
        (
            *(make("security_group", name) for name in ("group", "other")),
            make("security_group_rule", "rule", group="other", remote="group"),
        ),
        "group",
        ACCEPTED,
        gone=("group", "rule"),
        stays=("other",),
    ),
    Case(
        "rule-alone",
        (make("security_group", "group"), make("security_group_rule", "rule", group="group")),
        "rule",
        ACCEPTED,
        gone=("rule",),
        stays=("group",),
    ),
    Case("port", PORT, "port", ACCEPTED, status=204, gone=("port",)),
    Case("port-of-a-server", SERVER, "port", DENIED, "PolicyNotAuthorized", 403, stays=("port",)),
    Case(
        "port-with-an-address",
        (*JOINED, make("port", "port", subnet="sub"), make("floating_ip", "fip", port="port", router="router")),
        "port",
        ACCEPTED,
        gone=("port",),
        stays=("fip",),
    ),
    Case(
        "parent-of-a-trunk",
        (*PORT, make("trunk", "trunk", port="port")),
        "port",
        REFUSED,
        "PortInUseAsTrunkParent",
        409,
        ("trunk",),
    ),
    Case(
        "subport-of-a-trunk",
        (*PORT, make("port", "child", subnet="sub"), make("trunk", "trunk", port="port", subports=("child",))),
        "child",
        REFUSED,
        "PortInUseAsSubPort",
        409,
        ("trunk",),
    ),
    Case("trunk", (*PORT, make("trunk", "trunk", port="port")), "trunk", ACCEPTED, gone=("trunk",), stays=("port",)),
    Case("subnet-with-port", PORT, "sub", REFUSED, "SubnetInUse", 409, ("port",)),
    Case("subnet-behind-a-router", JOINED, "sub", REFUSED, "SubnetInUse", 409, ("joint",)),
    Case("subnet", NETWORK, "sub", ACCEPTED, gone=("sub",), stays=("net",)),
    Case("network-with-port", PORT, "net", REFUSED, "NetworkInUse", 409, ("port",), stays=("sub",)),
    Case("network-behind-a-router", JOINED, "net", REFUSED, "NetworkInUse", 409, ("joint",)),
    Case("network-takes-its-subnets", NETWORK, "net", ACCEPTED, gone=("net", "sub")),
    Case("router-with-interface", JOINED, "router", REFUSED, "RouterInUse", 409, ("joint",)),
    Case("router", ROUTED, "router", ACCEPTED, gone=("router",), stays=("sub",)),
    Case("interface", JOINED, "joint", ACCEPTED, gone=("joint",), stays=("router", "sub")),
    Case(
        "interface-before-an-address",
        (*JOINED, make("port", "port", subnet="sub"), make("floating_ip", "fip", port="port", router="router")),
        "joint",
        REFUSED,
        "RouterInterfaceInUseByFloatingIP",
        409,
        ("fip",),
    ),
    Case(
        "interface-under-a-route",
        (*JOINED, make("router_route", "route", router="router")),
        "joint",
        REFUSED,
        "RouterInterfaceInUseByRoute",
        409,
        ("route",),
    ),
    Case(
        "route",
        (*JOINED, make("router_route", "route", router="router")),
        "route",
        ACCEPTED,
        gone=("route",),
        stays=("joint", "router"),
    ),
    Case(
        "address-in-use",
        (*JOINED, make("port", "port", subnet="sub"), make("floating_ip", "fip", port="port", router="router")),
        "fip",
        ACCEPTED,
        gone=("fip",),
        stays=("port",),
    ),
    Case(
        "server-leaves-the-port-it-was-given", SERVER, "server", ACCEPTED, status=204, gone=("server",), stays=("port",)
    ),
    Case("server-asked-twice", SERVER, "server", ACCEPTED, status=204, first=("server",), gone=("server",)),
    Case("keypair", (make("keypair", "key"),), "key", ACCEPTED, gone=("key",)),
    Case("server-group", (make("server_group", "sg"),), "sg", ACCEPTED, status=204, gone=("sg",)),
    Case("volume", VOLUME, "volume", ACCEPTED, status=202, gone=("volume",)),
    Case(
        "volume-on-a-server",
        (make("server", "server"), *VOLUME, make("volume_attachment", "link", server="server", volume="volume")),
        "volume",
        REFUSED,
        "badRequest",
        400,
        ("server",),
    ),
    Case(
        "volume-taken-off-its-server",
        (make("server", "server"), *VOLUME, make("volume_attachment", "link", server="server", volume="volume")),
        "link",
        ACCEPTED,
        status=202,
        gone=("link",),
        stays=("server", "volume"),
    ),
    Case(
        "server-leaves-the-volume-it-was-given",
        (make("server", "server"), *VOLUME, make("volume_attachment", "link", server="server", volume="volume")),
        "server",
        ACCEPTED,
        gone=("server", "link"),
        stays=("volume",),
    ),
    Case(
        "volume-with-snapshot",
        (*VOLUME, make("volume_snapshot", "snap", volume="volume")),
        "volume",
        REFUSED,
        "badRequest",
        400,
        ("snap",),
    ),
    Case(
        "snapshot",
        (*VOLUME, make("volume_snapshot", "snap", volume="volume")),
        "snap",
        ACCEPTED,
        status=202,
        gone=("snap",),
        stays=("volume",),
    ),
    Case(
        "volume-leaves-its-backup",
        (*VOLUME, make("volume_backup", "backup", volume="volume")),
        "volume",
        ACCEPTED,
        status=202,
        gone=("volume",),
        stays=("backup",),
    ),
    Case(
        "backup-under-an-increment",
        (
            *VOLUME,
            make("volume_backup", "full", volume="volume"),
            make("volume_backup", "more", volume="volume", of="full"),
        ),
        "full",
        REFUSED,
        "badRequest",
        400,
        ("more",),
    ),
    Case(
        "increment",
        (
            *VOLUME,
            make("volume_backup", "full", volume="volume"),
            make("volume_backup", "more", volume="volume", of="full"),
        ),
        "more",
        ACCEPTED,
        status=202,
        gone=("more",),
        stays=("full", "volume"),
    ),
    Case("image", (make("image", "image"),), "image", ACCEPTED, status=204, gone=("image",)),
    Case(
        "balancer-takes-all-along", POOLED, "lb", ACCEPTED, status=204, gone=("lb", "listener", "pool"), stays=("sub",)
    ),
    Case("balancer-asked-twice", BALANCER, "lb", REFUSED, "Client", 409, first=("lb",)),
    Case("balancer-in-an-update", POOLED, "lb", REFUSED, "Client", 409, first=("pool",)),
    Case("member", MEMBER, "member", ACCEPTED, status=204, gone=("member",), stays=("pool",)),
    Case(
        "monitor",
        (*POOLED, make("health_monitor", "monitor", pool="pool")),
        "monitor",
        ACCEPTED,
        status=204,
        gone=("monitor",),
        stays=("pool",),
    ),
    Case("balancer-in-the-update-of-a-member", MEMBER, "lb", REFUSED, "Client", 409, first=("member",)),
    Case("listener", LISTENED, "listener", ACCEPTED, status=204, gone=("listener",), stays=("lb",)),
    Case(
        "share-with-a-snapshot",
        (*SHARE, make("share_snapshot", "snap", share="share")),
        "share",
        DENIED,
        "forbidden",
        403,
        ("snap",),
    ),
    Case("share", SHARE, "share", ACCEPTED, status=202, gone=("share",)),
    Case(
        "share-snapshot",
        (*SHARE, make("share_snapshot", "snap", share="share")),
        "snap",
        ACCEPTED,
        status=202,
        gone=("snap",),
        stays=("share",),
    ),
    Case(
        "snapshot-that-a-share-was-made-from",
        (*SHARE, make("share_snapshot", "snap", share="share"), make("share", "copy", snapshot="snap")),
        "snap",
        ACCEPTED,
        status=202,
        gone=("snap",),
        stays=("share", "copy"),
    ),
    Case("share-network-with-a-share", SERVED, "shares", REFUSED, "conflictingRequest", 409, ("share",)),
    Case("share-network", SHARE_NETWORK, "shares", ACCEPTED, status=202, gone=("shares",), stays=("net", "sub")),
    Case("network-with-a-share-server", SERVED, "net", REFUSED, "NetworkInUse", 409, ("shares",)),
    Case("subnet-with-a-share-server", SERVED, "sub", REFUSED, "SubnetInUse", 409, ("shares",)),
    Case(
        "security-service-of-a-share-network",
        (
            *NETWORK,
            make("security_service", "directory"),
            make("share_network", "shares", subnet="sub", services=("directory",)),
        ),
        "directory",
        DENIED,
        "forbidden",
        403,
        ("shares",),
    ),
    Case("security-service", (make("security_service", "it"),), "it", ACCEPTED, status=202, gone=("it",)),
    Case("secret-in-a-container", BOXED, "secret", ACCEPTED, status=204, gone=("secret",), stays=("box",)),
    Case("container-leaves-its-secrets", BOXED, "box", ACCEPTED, status=204, gone=("box",), stays=("secret",)),
    Case(
        "second-child-of-a-balancer",
        (*LISTENED, make("listener", "second", load_balancer="lb", protocol_port=81)),
        "second",
        REFUSED,
        "Client",
        409,
        first=("listener",),
    ),
)


def kinds(case: Case) -> dict[str, str]:
    """The kind of each name."""
    return {made.name: made.kind for made in case.setup}


def resolved(values: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The values of a make with ids for names."""
    return {
        key: tuple(ids.get(v, v) for v in value) if isinstance(value, tuple) else ids.get(value, value)
        for key, value in values.items()
    }
