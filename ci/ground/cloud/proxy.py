"""One proxy in front of one service: it records every call, and breaks those which a fault says it should.

Runs as threads of the test. Decides nothing about which faults there are: that is asked for each call.
"""

from __future__ import annotations

import contextlib
import http.client
import random
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from collections.abc import Callable

UPSTREAM_TIMEOUT = 120.0
NOT_FORWARDED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
NOT_RETURNED = frozenset({"connection", "keep-alive", "transfer-encoding", "date", "server"})
NO_ANSWER = 0
"""The status in the log of a call which was never answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to calls which match; the first fault that applies wins. Everything is optional."""

    service: str = ""
    """A type of service as in the catalogue (`network`, `compute`, `identity` …); empty: all."""
    method: str = ""
    """`DELETE`, or several: `POST|PUT`; empty: all."""
    path: str = ""
    """A pattern which is searched in the path with its query."""
    fraction: float = 1.0
    """The share of the matching calls that are hit, chosen by the region's seed."""
    times: int | None = None
    """How many calls are hit at most."""
    latency: float = 0.0
    """Seconds before anything else; alone, the call then goes through."""
    status: int = 0
    """Answer with this status, and do not forward."""
    retry_after: float | None = None
    """A `Retry-After` with `status`: seconds …"""
    retry_after_form: Literal["seconds", "date"] = "seconds"
    """… or the same moment as an HTTP date."""
    body: str = '{"error": {"code": 0, "message": "injected fault"}}'
    drop: Literal["", "before", "after"] = ""
    """Close the connection without an answer, before or after the call was done."""
    reset: bool = False
    """Reset the connection (RST) without forwarding."""
    hang: bool = False
    """Neither forward nor answer, until the fault is removed or the client leaves."""

    def matches(self, service: str, method: str, path: str) -> bool:
        """Whether a call is one that this fault is about."""
        return (
            self.service in {"", service}
            and (not self.method or method in self.method.split("|"))
            and re.search(self.path, path) is not None
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the proxy saw it."""

    service: str
    method: str
    path: str
    status: int
    """As it was answered; 0 when it was not."""
    began: float
    """Seconds since the epoch."""
    seconds: float
    fault: Fault | None = None


@dataclass(slots=True)
class Faults:
    """The faults of one region, in order, and which of them are used up. Threads share it."""

    rules: list[Fault] = field(default_factory=list)
    seed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _hits: dict[int, int] = field(default_factory=dict)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Start the sequence of chances."""
        self._random = random.Random(self.seed)

    def replace(self, rules: list[Fault]) -> None:
        """Put other rules in force; those that stay keep their counts."""
        with self._lock:
            self.rules = list(rules)
            self._hits = {id(rule): self._hits.get(id(rule), 0) for rule in rules}

    def pick(self, service: str, method: str, path: str) -> Fault | None:
        """The fault that hits a call, counted."""
        with self._lock:
            for fault in self.rules:
                if not fault.matches(service, method, path):
                    continue
                if fault.times is not None and self._hits.get(id(fault), 0) >= fault.times:
                    continue
                if fault.fraction < 1 and self._random.random() >= fault.fraction:
                    continue
                self._hits[id(fault)] = self._hits.get(id(fault), 0) + 1
                return fault
        return None


class Proxy(ThreadingHTTPServer):
    """The listening side. `stop` refuses connections, `start` on the same port takes them again."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, service: str, upstream: str, faults: Faults, record: Callable[[Call], None]) -> None:
        self.service = service
        self.host, _, port = upstream.partition(":")
        self.port = int(port)
        self.faults = faults
        self.record = record
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        self.up = False
        self.start()

    def start(self) -> None:
        """Listen and serve."""
        if self.up:
            return
        if self.socket.fileno() < 0:
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_bind()
            self.server_activate()
        self.up = True
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no more: connections are refused, those that wait get no answer."""
        if self.up:
            self.up = False
            self.shutdown()
            self.server_close()

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Headers and body go in one segment, else each answer waits 40 ms for an acknowledgement; and only when the call is
    # recorded: who has the answer may look for it.
    wbufsize = 1 << 20

    @property
    def proxy(self) -> Proxy:
        return cast("Proxy", self.server)

    def log_message(self, *_: object) -> None:
        """Calls are recorded, not printed."""

    def handle_expect_100(self) -> bool:
        """Let the client send its body now: what is written here is buffered."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def handle_call(self) -> None:
        """Break the call, or pass it on; record it in any case."""
        if not self.proxy.up:  # a connection kept alive from before `stop`
            self.close_connection = True
            return
        body = self._body()
        began, clock = time.time(), time.monotonic()
        fault = self.proxy.faults.pick(self.proxy.service, self.command, self.path)
        status = NO_ANSWER
        try:
            status = self._broken(fault, body) if fault else self._forwarded(body)
        finally:
            seconds = time.monotonic() - clock
            self.proxy.record(Call(self.proxy.service, self.command, self.path, status, began, seconds, fault))
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_COPY = handle_call  # noqa: N815

    def _broken(self, fault: Fault, body: bytes) -> int:
        """Do what `fault` says; returns the status that was answered."""
        if fault.latency:
            time.sleep(fault.latency)
        if fault.hang:
            self._wait_for_end_of(fault)
        if fault.status:
            return self._refuse(fault)
        if fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault.reset or fault.hang or fault.drop == "before":
            return self._drop()
        if fault.drop == "after":
            self._upstream(body)
            return self._drop()
        return self._forwarded(body)

    def _drop(self) -> int:
        self.close_connection = True
        # the server would shut the connection down politely first, and a reset would become an end of file
        with contextlib.suppress(OSError):
            self.connection.close()
        return NO_ANSWER

    def _wait_for_end_of(self, fault: Fault) -> None:
        """Wait until `fault` is no longer in force, the proxy stops, or the client has left."""
        self.connection.settimeout(0.1)
        while self.proxy.up and any(rule is fault for rule in self.proxy.faults.rules):
            try:
                if not self.connection.recv(1, socket.MSG_PEEK):
                    return
                time.sleep(0.1)
            except TimeoutError:
                continue
            except OSError:
                return

    def _refuse(self, fault: Fault) -> int:
        data = fault.body.replace('"code": 0', f'"code": {fault.status}').encode()
        self.send_response(fault.status)
        if fault.retry_after is not None:
            self.send_header("Retry-After", _retry_after(fault))
        self._finish(data, [("Content-Type", "application/json")])
        return fault.status

    def _forwarded(self, body: bytes) -> int:
        status, headers, data = self._upstream(body)
        self.send_response(status)
        self._finish(data, headers)
        return status

    def _finish(self, data: bytes, headers: list[tuple[str, str]]) -> None:
        for name, value in headers:
            self.send_header(name, value)
        if self.command != "HEAD":  # there, the service's own Content-Length is among the headers
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _upstream(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        """Make the call at the real service. The Host header stays: links in the answer lead back to the proxy."""
        connection = http.client.HTTPConnection(self.proxy.host, self.proxy.port, timeout=UPSTREAM_TIMEOUT)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_FORWARDED}
            if body or self.command in {"POST", "PUT", "PATCH"}:
                headers["Content-Length"] = str(len(body))
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        dropped = NOT_RETURNED if self.command == "HEAD" else NOT_RETURNED | {"content-length"}
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in dropped]
        return answer.status, kept, data

    def _body(self) -> bytes:
        """The call's body; uploads of unknown size come in chunks."""
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)


def _retry_after(fault: Fault) -> str:
    seconds = fault.retry_after or 0
    if fault.retry_after_form == "date":
        return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    return f"{seconds:g}"
