"""The few calls to OpenStack's APIs that the ground itself makes, over plain HTTP with the standard library."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from ground.cloud.services import PASSWORD, REGION

TIMEOUT = 60.0
RENEW_AFTER = 12 * 3600
UNAUTHORIZED = 401
FORBIDDEN = 403
FORGETFUL = 0.5
BAD = 400


class RefusedError(RuntimeError):
    """An API said no: the sentence names call, status and answer."""

    def __init__(self, method: str, url: str, status: int, answer: str) -> None:
        super().__init__(f"{method} {url} was answered with {status}: {answer[:300]}")
        self.status = status


class Admin:
    """The cloud's administrator, with a token that is renewed when it must be. Threads may share it."""

    def __init__(self, keystone_url: str) -> None:
        self.keystone_url = keystone_url
        self._lock = threading.Lock()
        self._token = ""
        self._since = 0.0
        self._catalog: list[dict[str, Any]] = []

    def keystone(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Call keystone: `keystone("GET", "/projects")`."""
        return self.call(method, self.keystone_url + path, body)

    def service(self, kind: str, method: str, path: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401 - JSON
        """Call the service of type `kind` at its public endpoint."""
        return self.call(method, self.endpoint(kind) + path, body, **headers)

    def endpoint(self, kind: str) -> str:
        """The public endpoint of a type of service."""
        self.token()
        for entry in self._catalog:
            if entry["type"] == kind:
                for endpoint in entry["endpoints"]:
                    if endpoint["interface"] == "public" and endpoint["region_id"] == REGION:
                        return str(endpoint["url"]).rstrip("/")
        raise RuntimeError(f"The cloud has no service of type {kind}.")

    def token(self) -> str:
        """A token for the project admin."""
        with self._lock:
            if not self._token or time.monotonic() - self._since > RENEW_AFTER:
                user = {"name": "admin", "domain": {"id": "default"}, "password": PASSWORD}
                auth = {
                    "identity": {"methods": ["password"], "password": {"user": user}},
                    "scope": {"project": {"name": "admin", "domain": {"id": "default"}}},
                }
                url = f"{self.keystone_url}/auth/tokens"
                _, headers, answer = request("POST", url, json.dumps({"auth": auth}).encode())
                self._token, self._since = headers["x-subject-token"], time.monotonic()
                self._catalog = json.loads(answer)["token"]["catalog"]
            return self._token

    def renew(self) -> None:
        """Forget the token and the catalogue it came with."""
        with self._lock:
            self._token = ""

    def call(self, method: str, url: str, body: Any = None, **headers: str) -> Any:  # noqa: ANN401 - JSON
        """Make one call; `body` is JSON unless it is bytes. Raises RefusedError for every status from 400 on."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            _, _, answer = request(method, url, data, sent | {"X-Auth-Token": self.token()})
        except RefusedError as refused:
            if refused.status != FORBIDDEN:
                raise
            # Tests assign and take roles side by side, and keystone forgets everybody's for a moment then.
            self.renew()
            time.sleep(FORGETFUL)
            _, _, answer = request(method, url, data, sent | {"X-Auth-Token": self.token()})
        try:
            return json.loads(answer) if answer else None
        except ValueError:
            return answer


def request(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Make one HTTP call past every proxy; returns status, headers (lower case) and body."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=TIMEOUT)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path or "/", body, {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status >= BAD:
        raise RefusedError(method, url, response.status, answer.decode(errors="replace"))
    return response.status, {name.lower(): value for name, value in response.getheaders()}, answer
