"""Who holds what was refused in the in-memory cloud, as the live lookup finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from engine import memory_extensions, memory_shares
from engine.memory_answers import Body
from engine.memory_rules import TAKEN_ALONG, addresses_behind, interfaces, on_subnet, ports
from engine.memory_storage import increments

from janitor.core.catalogue.network import INTERFACE_OWNERS
from janitor.core.model import Observed
from janitor.engine.protocols import Answer

if TYPE_CHECKING:
    from engine.memory_cloud import MemoryCloud


def holders(cloud: MemoryCloud, observed: Observed, answer: Answer) -> Iterator[tuple[str, str]]:
    """Who holds it, as the live lookup finds it: kind and id."""
    extensions = list(memory_extensions.users(cloud, observed.ref.kind, observed.ref.id))
    yield from extensions or _holders(cloud, observed, answer)


def _holders(cloud: MemoryCloud, observed: Observed, answer: Answer) -> Iterator[tuple[str, str]]:
    held, identifier = observed.ref.kind, observed.ref.id
    if held == "security_group":
        yield from _as_holders(p for p in cloud.live("port") if identifier in p["security_groups"])
    elif held == "subnet":
        yield from _users(cloud, on_subnet(cloud, identifier))
    elif held == "network":
        yield from _users(cloud, ports(cloud, network_id=identifier))
    elif held == "router":
        yield from _as_holders(interfaces(cloud, identifier))
    elif held == "router_interface":
        yield from _of_interface(cloud, identifier, answer)
    elif held == "port":
        yield from _of_port(cloud, identifier)
    elif held == "volume":
        body = cloud.bodies["volume"].get(identifier, {})
        yield from (_on_volume(cloud, identifier, a["server_id"]) for a in body.get("attachments", ()))
        yield from (("volume_snapshot", s["id"]) for s in cloud.live("volume_snapshot") if s["volume_id"] == identifier)
    elif held == "volume_backup":
        yield from (("volume_backup", other["id"]) for other in increments(cloud, identifier))
    elif held == "volume_snapshot":
        yield from (("volume", v["id"]) for v in cloud.live("volume") if v["snapshot_id"] == identifier)
    else:
        yield from memory_shares.holders(cloud, held, identifier)


def _on_volume(cloud: MemoryCloud, volume: str, server: str) -> tuple[str, str]:
    """The server, or the attachment that it left."""
    return ("server", server) if server in cloud.bodies["server"] else ("volume_attachment", f"{server}/{volume}")


def _users(cloud: MemoryCloud, found: list[Body]) -> Iterator[tuple[str, str]]:
    servers = [port for port in found if port["device_owner"] == memory_shares.SERVER_OWNER]
    yield from _as_holders(p for p in found if p["device_owner"] not in TAKEN_ALONG and p not in servers)
    yield from (memory_shares.behind(cloud, port) for port in servers)


def _as_holders(found: Iterable[Body]) -> Iterator[tuple[str, str]]:
    for port in found:
        yield ("router_interface" if port["device_owner"] in INTERFACE_OWNERS else "port", port["id"])


def _of_interface(cloud: MemoryCloud, identifier: str, answer: Answer) -> Iterator[tuple[str, str]]:
    port = cloud.bodies["port"].get(identifier)
    if port is None:
        return
    if answer.code.endswith("ByFloatingIP"):
        yield from (("floating_ip", f["id"]) for f in addresses_behind(cloud, port))
    else:
        router = cloud.bodies["router"].get(port["device_id"], {"routes": []})
        for route in router["routes"]:
            yield ("router_route", f"{router['id']}-route-{route['destination']}-{route['nexthop']}")


def _of_port(cloud: MemoryCloud, identifier: str) -> Iterator[tuple[str, str]]:
    port = cloud.bodies["port"].get(identifier, {"device_owner": "", "device_id": ""})
    if port["device_owner"].startswith("compute:"):
        yield ("server", port["device_id"])
    elif port["device_owner"] in INTERFACE_OWNERS:
        yield ("router_interface", identifier)
    for trunk in cloud.live("trunk"):
        if identifier in {trunk["port_id"], *(sub["port_id"] for sub in trunk["sub_ports"])}:
            yield ("trunk", trunk["id"])
