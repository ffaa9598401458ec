"""The `http` backend without the binary: its state is fetched; its lock is taken, given back and asked about.

Decides what an answer means. A 404 may be a state that never was or a permission that is lacking (GitLab says the same
to both), and proves nothing. Never writes a state, follows no redirect, and never shows a credential.
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException

from janitor.core.errors import StateUnreadable
from janitor.terraform.backend import Backend
from janitor.terraform.events import one_line
from janitor.terraform.lockinfo import LockInfo, LockState, describe, info_of
from janitor.terraform.root import RootModule
from janitor.terraform.secrecy import without_credentials

TIMEOUT = 30.0
PARTING = 3.0
"""Seconds that giving a lock back may take: a CI does not wait for long when it ends a job."""
CREDENTIALS = frozenset({"username", "password"})
"""Settings that belong to a job, not to the state: a job's token ends with its job."""

_LARGEST = 512 * 1024 * 1024
_HELD = frozenset({HTTPStatus.CONFLICT, HTTPStatus.LOCKED})
_NOT_OFFERED = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED})
ABSENT = (
    "there is no state, or these credentials may not read it (GitLab answers 404 to both): "
    "nothing that is not found is proved by it"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server said."""

    status: int
    body: bytes = field(default=b"", repr=False)  # a state holds secrets
    digest: str = ""  # its Content-MD5


class HttpState:
    """One address of an http backend, with what it takes to talk to it."""

    def __init__(self, root: RootModule, backend: Backend) -> None:
        """Put the settings together as terraform does, but that credentials of now come before recorded ones."""
        given = dict(pair.split("=", 1) for pair in root.backend_config if "=" in pair)
        self._given, self._environment, self._recorded = given, root.environment, backend
        self.address = self._setting("address")

    def unlockable(self) -> str:
        """Why its lock is not asked for; empty where it can be. Where there is no state, GitLab would make one."""
        if not (self._setting("lock_address") and self._setting("unlock_address")):
            return "The http backend has no lock_address and unlock_address: nobody locks."
        try:
            return "" if self.fetch() is not None else f"{self._where} has no state yet: nobody is asked for its lock."
        except StateUnreadable as error:
            return str(error)

    def fetch(self) -> bytes | None:
        """The state's bytes, none where it was never written; None for a 404. Raises StateUnreadable."""
        if not self.address:
            raise StateUnreadable("The address of the http backend is not known: set TF_HTTP_ADDRESS, or run init.")
        reply = self._ask("GET", self.address)
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        if reply.status not in {HTTPStatus.OK, HTTPStatus.NO_CONTENT}:
            raise StateUnreadable(f"{self._where} {_meaning(reply.status)}")
        if reply.digest and reply.digest != _digest(reply.body):
            raise StateUnreadable(f"{self._where} sent a state that is not the one of its Content-MD5: it was cut off.")
        return reply.body

    def take(self, operation: str) -> tuple[str, LockState]:
        """Try to take the lock: our lock's id where it is ours now, else empty, and how it stands with the lock."""
        ours = describe(operation=operation, path="")
        body = json.dumps(ours).encode()
        try:
            reply = self._ask(self._setting("lock_method") or "LOCK", self._setting("lock_address"), body)
        except StateUnreadable as error:
            return "", LockState(known=False, problem=str(error))
        if reply.status == HTTPStatus.OK:
            return ours["ID"], LockState()
        if reply.status not in _HELD:
            offered = "has no locks" if reply.status in _NOT_OFFERED else _meaning(reply.status)
            return "", LockState(known=False, problem=f"{self._where}: its lock cannot be asked for: it {offered}")
        holder = info_of(reply.body) or LockInfo(id="unknown")
        if holder.id == ours["ID"]:  # the answer to our first attempt was lost
            return ours["ID"], LockState()
        return "", LockState(alive=True, holder=_its_own(holder, ours), stays=True)

    def give_back(self, lock_id: str) -> str:
        """Give back the lock with this id, and no other; why it could not be is a sentence."""
        body = json.dumps({**describe(operation="", path=""), "ID": lock_id}).encode()
        try:
            method, address = self._setting("unlock_method") or "UNLOCK", self._setting("unlock_address")
            reply = self._ask(method, address, body, attempts=2, timeout=PARTING)
        except StateUnreadable as error:
            return str(error)
        return (
            "" if reply.status == HTTPStatus.OK else f"{self._where}: unlocking {lock_id}: it {_meaning(reply.status)}"
        )

    def _setting(self, name: str) -> str:
        now, then = self._environment.get(f"TF_HTTP_{name.upper()}", ""), self._recorded.text(name)
        return self._given.get(name) or (now or then if name in CREDENTIALS else then or now)

    @property
    def _where(self) -> str:
        return f"The http backend at {without_credentials(self.address)}"

    def _ask(
        self, method: str, address: str, body: bytes | None = None, *, attempts: int = 0, timeout: float = TIMEOUT
    ) -> Reply:
        """Ask once, and again where the server was at fault, as often as terraform would."""
        attempts = attempts or 1 + _number(self._setting("retry_max"), 2)
        for attempt in range(attempts):
            last = attempt == attempts - 1
            try:
                reply = self._once(method, address, body, timeout=timeout)
            except (OSError, HTTPException, ValueError) as error:
                if last:
                    why = getattr(error, "reason", None) or error
                    told = without_credentials(one_line(str(why), longest=200))
                    raise StateUnreadable(f"{self._where} cannot be reached: {told}.") from error
            else:
                if last or reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return reply
            time.sleep(min(_number(self._setting("retry_wait_min"), 1) * 2**attempt, 30))
        raise AssertionError("unreachable")

    def _once(self, method: str, address: str, body: bytes | None, *, timeout: float) -> Reply:
        headers = {"User-Agent": "tf-janitor", **self._headers()}
        if self._setting("username"):
            pair = f"{self._setting('username')}:{self._setting('password')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        if body is not None:
            headers |= {"Content-Type": "application/json", "Content-MD5": _digest(body)}
        if not address.startswith(("http://", "https://")):
            raise ValueError("the address is neither http:// nor https://")
        request = urllib.request.Request(address, data=body, headers=headers, method=method)  # noqa: S310 - checked above
        secured = [urllib.request.HTTPSHandler(context=self._tls())] if address.startswith("https://") else []
        opener = urllib.request.build_opener(_NoRedirect, *secured)
        try:
            with opener.open(request, timeout=timeout) as answer:
                return Reply(answer.status, answer.read(_LARGEST), answer.headers.get("Content-MD5", ""))
        except urllib.error.HTTPError as refused:
            with refused:
                return Reply(refused.code, refused.read(1 << 20))

    def _headers(self) -> dict[str, str]:
        given = self._recorded.config.get("headers")
        return {str(name): str(value) for name, value in given.items()} if isinstance(given, Mapping) else {}

    def _tls(self) -> ssl.SSLContext:
        """As terraform would verify: the system's authorities, or the one that was given."""
        authority = self._setting("client_ca_certificate_pem")
        context = ssl.create_default_context(cadata=authority or None)
        certificate, key = self._setting("client_certificate_pem"), self._setting("client_private_key_pem")
        if certificate and key:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:  # its owner's alone, and gone at once
                pair.write(f"{certificate}\n{key}\n")
                pair.flush()
                context.load_cert_chain(pair.name)
        if self._setting("skip_cert_verification").lower() == "true":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: nobody else is shown the credentials."""

    def redirect_request(self, *_request: object) -> None:
        """None is: do not follow."""


def _its_own(holder: LockInfo, ours: Mapping[str, str]) -> LockInfo:
    """What the holder itself wrote: GitLab tells its ID, name and time, and gives back the asker's other words."""
    if holder.info and holder.info == ours["Info"]:
        return LockInfo(holder.id, holder.who, created=holder.created)
    return holder


def _meaning(status: int) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        return (
            "wants other credentials (401): set TF_HTTP_USERNAME and TF_HTTP_PASSWORD; a job's token ends with its job."
        )
    if status == HTTPStatus.FORBIDDEN:
        return "does not allow it to these credentials (403)."
    if status in _HELD:
        return f"says that the lock is somebody else's ({status})."
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return f"sends us elsewhere ({status}), where no credentials are taken to: correct its address."
    return f"answered {status}, which is no state."


def _digest(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() else otherwise
