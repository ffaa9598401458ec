"""Barbican's objects in the real cloud; an id is the last part of the link that the service answers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def post(conn: Any, path: str, **body: Any) -> str:
    """Make it, and return its link."""
    answer = conn.key_manager.post(path, json=body)
    assert answer.status_code < 300, answer.text
    return str(next(iter(answer.json().values())))


def identifier(link: str) -> str:
    return link.rpartition("/")[2]


def secret(conn: Any, name: str) -> str:
    """A secret's link."""
    return post(conn, "/secrets", name=name, payload="not a secret", payload_content_type="text/plain")


def container(conn: Any, name: str, *secrets: str) -> str:
    """A container's link."""
    references = [{"name": f"s{number}", "secret_ref": link} for number, link in enumerate(secrets)]
    return post(conn, "/containers", name=name, type="generic", secret_refs=references)


def order(conn: Any, name: str) -> str:
    """The link of an order for a key; barbican has made it when it answers."""
    meta = {"name": name, "algorithm": "aes", "bit_length": 256, "mode": "cbc"}
    return post(conn, "/orders", type="key", meta={**meta, "payload_content_type": "application/octet-stream"})


MAKERS: dict[str, Callable[[Any, str], str]] = {
    "secret": lambda conn, name: identifier(secret(conn, name)),
    "secret_container": lambda conn, name: identifier(container(conn, name, secret(conn, name))),
    "secret_order": lambda conn, name: identifier(order(conn, name)),
}
