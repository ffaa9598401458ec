"""A small OpenStack on loopback for services that run nowhere here: keystone's sign-in, and what a test lets it say.

It knows no rules: a route has the status and body that the service's API reference documents. What was asked is kept.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest.mock import patch

from janitor.cloud.session import Session
from janitor.cloud.signin import connect

PROJECT = "11111111111111111111111111111111"
Route = tuple[str, str]


@dataclass
class Stub:
    """`routes`: method and path (with its query, or without) → status and body."""

    url: str
    services: Mapping[str, str]  # type in the catalog → path of its endpoint
    routes: dict[Route, tuple[int, Any]] = field(default_factory=dict)
    asked: list[Route] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)

    def says(self, method: str, path: str, status: int, body: Any = None) -> None:
        self.routes[method, path] = (status, body)

    def session(self, **more: str) -> Session:
        """A session of janitor's own; `more` is the rest of the environment."""
        signed = {"OS_AUTH_URL": f"{self.url}/v3", "OS_USERNAME": "me", "OS_PASSWORD": "x", "OS_PROJECT_NAME": "home"}
        domains = {"OS_USER_DOMAIN_ID": "default", "OS_PROJECT_DOMAIN_ID": "default"}
        others = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
        with patch.dict(os.environ, others | signed | domains | more, clear=True):
            return connect(None, timeout=5)

    def answer(self, method: str, target: str) -> tuple[int, Any]:
        path = target.partition("?")[0]
        if path == "/v3/auth/tokens":
            return 201, self._token()
        if path.rstrip("/") in {"", "/v3"} and ("GET", path) not in self.routes:
            links = [{"rel": "self", "href": f"{self.url}/v3/"}]
            return 200, {"version": {"id": "v3.14", "status": "stable", "links": links}}
        self.asked.append((method, target))
        missing = {"itemNotFound": {"code": 404, "message": f"{path} is not there"}}
        return self.routes.get((method, target)) or self.routes.get((method, path)) or (404, missing)

    def _token(self) -> Any:
        catalog = [
            {
                "type": kind,
                "name": kind,
                "endpoints": [{"interface": "public", "region_id": "here", "url": self.url + path}],
            }
            for kind, path in self.services.items()
        ]
        project = {"id": PROJECT, "name": "home", "domain": {"id": "default", "name": "Default"}}
        user = {"id": "me", "name": "me", "domain": {"id": "default", "name": "Default"}}
        dates = {"issued_at": "2026-11-21T10:00:00.000000Z", "expires_at": "2126-11-21T10:00:00.000000Z"}
        return {"token": {"catalog": catalog, "project": project, "user": user, "roles": [], "methods": [], **dates}}


@contextmanager
def stub(**services: str) -> Iterator[Stub]:
    """Serve it. `container_infra="/v1"`: a service of that type with its endpoint there."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    here = Stub(f"http://127.0.0.1:{server.server_port}", {k.replace("_", "-"): path for k, path in services.items()})

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length)
            status, body = here.answer(self.command, self.path)
            if not self.path.startswith("/v3/auth"):
                here.headers.append({name.lower(): value for name, value in self.headers.items()})
                spoken = "json" in self.headers.get("Content-Type", "")
                here.sent.append(json.loads(raw) if raw and spoken else raw.decode() or None)
            text = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("x-openstack-request-id", "req-1")
            self.send_header("X-Subject-Token", "token")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - names of the base class

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
