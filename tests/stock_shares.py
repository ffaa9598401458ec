"""Manila's objects in the real cloud, asked for without the SDK's proxy, which covers only a part of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

VERSION = "2.81"
SECONDS = 60.0


def post(conn: Any, path: str, **body: Any) -> Any:
    """Send it, and hand out what is inside the answer; None where it has no body."""
    answer = conn.shared_file_system.post(path, json=body, microversion=VERSION)
    assert answer.status_code < 300, answer.text
    return next(iter(answer.json().values())) if answer.content else None


def status(conn: Any, path: str, field: str = "status") -> str:
    """The status of an object; empty where there is none."""
    answer = conn.shared_file_system.get(path, microversion=VERSION)
    return "" if answer.status_code == 404 else str(next(iter(answer.json().values()))[field])


def settled(conn: Any, path: str, wanted: str, field: str = "status") -> None:
    deadline = time.monotonic() + SECONDS
    while (now := status(conn, path, field)) != wanted:
        assert now != "error", path
        assert time.monotonic() < deadline, f"{path} is {now}, not {wanted}"
        time.sleep(0.1)


def network(conn: Any, name: str, subnet: Any) -> str:
    """A share network on a subnet."""
    where = {"neutron_net_id": subnet.network_id, "neutron_subnet_id": subnet.id}
    return str(post(conn, "/share-networks", share_network={"name": name, **where})["id"])


def service(conn: Any, name: str) -> str:
    made = {"name": name, "type": "ldap", "dns_ip": "10.71.0.9", "user": "u", "password": "p", "domain": "d"}
    return str(post(conn, "/security-services", security_service=made)["id"])


def share(conn: Any, name: str, *, on: str = "", **more: Any) -> str:
    """A share, on a share network or without one; available."""
    more |= {"share_network_id": on, "share_type": "dhss"} if on else {"share_type": "flat"}
    made = post(conn, "/shares", share={"name": name, "share_proto": "NFS", "size": 1, **more})
    settled(conn, f"/shares/{made['id']}", "available")
    return str(made["id"])


def snapshot(conn: Any, name: str, of: str = "") -> str:
    made = post(conn, "/snapshots", snapshot={"name": name, "share_id": of or share(conn, name)})
    settled(conn, f"/snapshots/{made['id']}", "available")
    return str(made["id"])


def access(conn: Any, name: str, to: str = "") -> str:
    """A rule of a share, by the id that the catalogue gives it."""
    of = to or share(conn, name)
    allow = {"access_type": "ip", "access_to": "10.71.0.0/24", "access_level": "rw"}
    made = post(conn, f"/shares/{of}/action", allow_access=allow)
    settled(conn, f"/share-access-rules/{made['id']}", "active", "state")
    return f"{of}/{made['id']}"


MAKERS: dict[str, Callable[[Any, str], str]] = {
    "share": share,
    "share_snapshot": snapshot,
    "share_access_rule": access,
    "security_service": service,
}
