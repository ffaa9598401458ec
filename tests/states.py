"""A server that keeps Terraform states as GitLab does, and one that does it as Terraform's own documentation says.

GitLab's manner, read from its API: a state per name; basic auth; 401 for other credentials, 404 for a state that is
not there *and* for a project that these credentials may not see, 204 for one without a version; LOCK is POST on
`NAME/lock` and UNLOCK its DELETE; a refusal is 409, whose body has the holder's ID, user name and time, and gives back
the asker's own words in all else; a write without the lock's ID is refused while it is locked, and so is one with a
serial that is there already. With `plain`, methods are LOCK and UNLOCK, and a refusal is 423 with the holder's words.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

API = "/api/v4"
PATH = f"{API}/projects/1/terraform/state/"


@dataclass(slots=True)
class Kept:
    """One state: its versions, and who has its lock."""

    versions: dict[int, bytes] = field(default_factory=dict)
    lock: dict[str, Any] | None = None

    @property
    def latest(self) -> bytes:
        return self.versions[max(self.versions)]


@dataclass(slots=True)
class StateServer:
    """It runs; what it keeps can be looked at, and its next answers can be bent."""

    port: int = 0
    plain: bool = False
    user: str = "ci-user"
    password: str = "glpat-planted-4711"
    states: dict[str, Kept] = field(default_factory=dict)
    seen: list[tuple[str, str, int]] = field(default_factory=list)  # method, path, status
    blind: bool = False  # the project is not shown to these credentials
    broken: int = 0  # the status of everything
    read_only: bool = False  # as GitLab is to a developer, who may read but neither lock nor write
    restless: bool = False  # whenever it was read, somebody who heeds no lock writes it again
    torn: bool = False  # a state is sent cut off, beside the digest of the whole
    last: threading.Lock = field(default_factory=threading.Lock)

    @property
    def api(self) -> str:
        """What a job knows as CI_API_V4_URL, in the project 1."""
        return f"http://127.0.0.1:{self.port}{API}"

    def address(self, name: str = "ci") -> str:
        return f"http://127.0.0.1:{self.port}{PATH}{name}"

    def environment(self, name: str = "ci") -> dict[str, str]:
        """As GitLab's documentation sets it up."""
        lock = self.address(name) if self.plain else f"{self.address(name)}/lock"
        methods = {} if self.plain else {"TF_HTTP_LOCK_METHOD": "POST", "TF_HTTP_UNLOCK_METHOD": "DELETE"}
        return methods | {
            "TF_HTTP_ADDRESS": self.address(name),
            "TF_HTTP_LOCK_ADDRESS": lock,
            "TF_HTTP_UNLOCK_ADDRESS": lock,
            "TF_HTTP_USERNAME": self.user,
            "TF_HTTP_PASSWORD": self.password,
            "TF_HTTP_RETRY_MAX": "0",
        }

    def holder(self, name: str = "ci", **words: str) -> dict[str, str]:
        """Let somebody else hold the lock of a state."""
        told = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "", "Path": "",
                "Who": "root@elsewhere", "Version": "1.12.6", "Created": "2026-11-21T08:00:00.123456789Z"}  # fmt: skip
        self.states.setdefault(name, Kept()).lock = told | words
        return told | words

    def lock_of(self, name: str = "ci") -> dict[str, Any] | None:
        return self.states[name].lock if name in self.states else None

    def resources(self, name: str = "ci") -> list[str]:
        """Type and name of what the latest version lists."""
        return [f"{r['type']}.{r['name']}" for r in json.loads(self.states[name].latest)["resources"]]


@contextmanager
def serving(*, plain: bool = False) -> Iterator[StateServer]:
    """The server, for as long as the block lasts."""
    server = StateServer(plain=plain)
    web = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_of": server}))
    web.daemon_threads = True
    server.port = web.server_address[1]
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        web.server_close()


@pytest.fixture
def gitlab() -> Iterator[StateServer]:
    with serving() as server:
        yield server


@pytest.fixture(params=["gitlab", "plain"])
def server(request: pytest.FixtureRequest) -> Iterator[StateServer]:
    """Each manner of speaking."""
    with serving(plain=request.param == "plain") as running:
        yield running


class _Handler(BaseHTTPRequestHandler):
    server_of: StateServer

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.server_of.seen.append((self.command, self.path, status))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _handle(self) -> None:
        server, where = self.server_of, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if server.broken:
            return self._answer(server.broken)
        pair = f"{server.user}:{server.password}"
        if self.headers.get("Authorization") != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return self._answer(401, b'{"message":"401 Unauthorized"}')
        if server.blind or not where.path.startswith(PATH):
            return self._answer(404, b'{"message":"404 Project Not Found"}')
        if body and self.headers.get("Content-MD5") != _digest(body):
            return self._answer(400, b'{"message":"Content-MD5 does not fit"}')
        if server.read_only and self.command != "GET":
            return self._answer(403, b'{"message":"403 Forbidden"}')
        name, _, rest = where.path.removeprefix(PATH).partition("/")
        locking = self.command in {"LOCK", "UNLOCK"} if server.plain else rest == "lock"
        with server.last:
            if locking:
                return self._lock(name, body)
            if self.command == "GET":
                return self._get(name)
            return self._post(name, body, (parse_qs(where.query).get("ID") or [""])[0])

    def _get(self, name: str) -> None:
        kept = self.server_of.states.get(name)
        if kept is None:
            return self._answer(404, b'{"message":"404 Not Found"}')
        if not kept.versions:
            return self._answer(204)
        latest = kept.latest
        if self.server_of.restless:
            serial = json.loads(latest)["serial"] + 1
            kept.versions[serial] = json.dumps(json.loads(latest) | {"serial": serial}).encode()
        return self._answer(200, latest[:-40] if self.server_of.torn else latest, Content_MD5=_digest(latest))

    def _post(self, name: str, body: bytes, lock_id: str) -> None:
        kept = self.server_of.states.setdefault(name, Kept())
        if kept.lock is not None and kept.lock["ID"] != lock_id:
            return self._answer(409, b'{"message":"409 Conflict"}')
        serial = json.loads(body)["serial"]
        if serial in kept.versions:
            return self._answer(422, b'{"message":"Version has already been taken"}')
        kept.versions[serial] = body
        return self._answer(200)

    def _lock(self, name: str, body: bytes) -> None:
        asked = json.loads(body)
        kept = self.server_of.states.setdefault(name, Kept())
        held = kept.lock
        if self.command in {"UNLOCK", "DELETE"}:
            if held is not None and held["ID"] != asked["ID"]:
                return self._answer(409)
            kept.lock = None
            return self._answer(200)
        if held is None or held["ID"] == asked["ID"]:
            kept.lock = asked
            return self._answer(200, json.dumps(self._told(asked, asked)).encode())
        return self._answer(423 if self.server_of.plain else 409, json.dumps(self._told(asked, held)).encode())

    def _told(self, asked: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
        if self.server_of.plain:
            return held
        return asked | {"ID": held["ID"], "Who": self.server_of.user, "Created": held["Created"]}

    do_GET = do_POST = do_DELETE = do_LOCK = do_UNLOCK = _handle  # noqa: N815

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


def _digest(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
