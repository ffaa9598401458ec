"""One object of each kind of Designate, Heat and Swift in the real cloud, made through openstacksdk's sessions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

ZONE_FILE = """$ORIGIN {name}
@ 300 IN SOA ns1.example.org. a.example.com. 1 3600 600 86400 300
@ 300 IN NS ns1.example.org.
"""
RANDOM = {"made": {"type": "OS::Heat::RandomString"}}


def zone_name(name: str) -> str:
    """A zone of its own for each test, as names are the whole cloud's."""
    return f"{name}.example.com."


def zone(conn: Any, name: str, **more: Any) -> Mapping[str, Any]:
    body = {"name": zone_name(name), "email": "a@example.com", **more}
    return settled(conn, "zones", answer(conn.dns.post("/zones", json=body)))


def recordset(conn: Any, of: Mapping[str, Any], name: str = "www", **more: Any) -> Mapping[str, Any]:
    body = {"name": f"{name}.{of['name']}", "type": "A", "records": ["192.0.2.1"], **more}
    made = answer(conn.dns.post(f"/zones/{of['id']}/recordsets", json=body))
    return settled(conn, f"zones/{of['id']}/recordsets", made)


def share(conn: Any, of: Mapping[str, Any], project: str) -> Mapping[str, Any]:
    return answer(conn.dns.post(f"/zones/{of['id']}/shares", json={"target_project_id": project}))


def transfer_request(conn: Any, of: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
    return answer(conn.dns.post(f"/zones/{of['id']}/tasks/transfer_requests", json=more))


def zone_import(conn: Any, name: str) -> Mapping[str, Any]:
    text, kind = ZONE_FILE.format(name=zone_name(name)), {"Content-Type": "text/dns"}
    made = answer(conn.dns.post("/zones/tasks/imports", data=text, headers=kind))
    done = settled(conn, "zones/tasks/imports", made, "COMPLETE")
    settled(conn, "zones", {"id": done["zone_id"]})
    return done


def zone_export(conn: Any, of: Mapping[str, Any]) -> Mapping[str, Any]:
    made = answer(conn.dns.post(f"/zones/{of['id']}/tasks/export"))
    return settled(conn, "zones/tasks/exports", made, "COMPLETE")


def settled(conn: Any, path: str, made: Mapping[str, Any], status: str = "ACTIVE") -> Mapping[str, Any]:
    """The object once Designate's workers are done with it."""
    deadline = time.monotonic() + 30
    while (body := answer(conn.dns.get(f"/{path}/{made['id']}")))["status"] != status:
        assert time.monotonic() < deadline, body
        time.sleep(0.1)
    return body


def stack(conn: Any, name: str, resources: Mapping[str, Any] | None = None, **more: Any) -> str:
    """A stack that is complete."""
    template = {"heat_template_version": "2021-04-16", "resources": dict(resources or RANDOM)}
    body = {"stack_name": name, "template": template, **more}
    made = str(answer(conn.orchestration.post("/stacks", json=body))["stack"]["id"])
    stack_status(conn, made, "CREATE_COMPLETE")
    return made


def stack_status(conn: Any, made: str, status: str) -> None:
    """Wait until Heat's listing shows the stack with this status."""
    deadline = time.monotonic() + 90
    while (seen := _listed_status(conn, made)) != status:
        assert time.monotonic() < deadline, f"{made} is {seen}"
        time.sleep(0.2)


def _listed_status(conn: Any, made: str) -> str:
    stacks = answer(conn.orchestration.get("/stacks"))["stacks"]
    return next((str(body["stack_status"]) for body in stacks if body["id"] == made), "")


def swift(conn: Any, method: str, path: str = "", **more: Any) -> Any:
    """One request to the account; the SDK's own proxy trips over short names."""
    return conn.session.request(f"{conn.object_store.get_endpoint()}/{path}", method, raise_exc=False, **more)


def container(conn: Any, name: str, **headers: str) -> str:
    """A container, with headers spelled as keywords."""
    spelled = {key.replace("_", "-"): value for key, value in headers.items()}
    assert swift(conn, "PUT", quote(name, safe=""), headers=spelled).ok
    return name


def stored(conn: Any, inside: str, name: str, data: bytes = b"x", **headers: str) -> str:
    spelled = {key.replace("_", "-"): value for key, value in headers.items()}
    path = f"{quote(inside, safe='')}/{quote(name, safe='')}"
    assert swift(conn, "PUT", path, data=data, headers=spelled).ok
    return f"{inside}/{name}"


def objects(conn: Any, inside: str) -> list[str]:
    """What a container lists."""
    return [str(entry["name"]) for entry in answer(swift(conn, "GET", f"{quote(inside, safe='')}?format=json"))]


def answer(response: Any) -> Any:
    assert response.ok, response.text
    return response.json()


def _recordset(conn: Any, name: str) -> str:
    made = recordset(conn, zone(conn, name))
    return f"{made['zone_id']}/{made['id']}"


def _share(conn: Any, name: str) -> str:
    made = share(conn, zone(conn, name), "0" * 32)
    return f"{made['zone_id']}/{made['id']}"


MAKERS: dict[str, Callable[[Any, str], str]] = {
    "zone": lambda conn, name: str(zone(conn, name)["id"]),
    "recordset": _recordset,
    "zone_share": _share,
    "zone_transfer_request": lambda conn, name: str(transfer_request(conn, zone(conn, name))["id"]),
    "zone_import": lambda conn, name: str(zone_import(conn, name)["id"]),
    "zone_export": lambda conn, name: str(zone_export(conn, zone(conn, name))["id"]),
    "stack": stack,
    "container": container,
    "stored_object": lambda conn, name: stored(conn, container(conn, name), "folder/a ?#%.txt"),
}
"""Kind → how one of it is made; each returns the id as the catalogue writes it."""
