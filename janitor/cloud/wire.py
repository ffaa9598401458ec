"""Answers of the services, in all their dialects → `Answer`. Pure: decides what a status means, never asks anybody.

A 404 counts as "gone" only where an OpenStack service said it of an object: a proxy or an ingress in front of the
cloud, and a service that does not know the path, say 404 to everything; believing that would call a project empty.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from janitor.core.text import clean
from janitor.engine.protocols import Answer, Reply

LONGEST = 500
"""Characters of a service's text that are kept."""

LONGEST_CODE = 80

UUID = re.compile(
    r"(?<![0-9a-f-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f-])", re.IGNORECASE
)

REQUEST_IDS = ("x-openstack-request-id", "x-compute-request-id", "x-trans-id")
"""Headers that every OpenStack service adds to its own answers, and nobody else does."""

BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""Of the statuses that blame the client: another moment may have another answer."""

UNKNOWN_PATH = ("the resource could not be found", "the requested url was not found")
"""How the services' frameworks say that they know no such path, extension or version."""

_MARKUP = re.compile(r"<(?:title|style|script)[^>]*>.*?</(?:title|style|script)>|<[^>]+>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP answer. `body` is the parsed JSON, None where there was none; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    text: str = field(default="", repr=False)

    @property
    def ok(self) -> bool:
        """Whether the service did, or began to do, what was asked."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def mapping(self, key: str = "") -> Mapping[str, object]:
        """The object in the body, or the one at `key`; empty when it is no object."""
        value = self.body.get(key) if key and isinstance(self.body, Mapping) else self.body
        return value if isinstance(value, Mapping) else {}

    def elements(self, key: str) -> list[Mapping[str, object]]:
        """The objects of the list at `key`."""
        value = self.mapping().get(key)
        return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def classify(response: Response, *, requests: int = 1) -> Answer:
    """What an HTTP answer means."""
    code, text = _told(response)
    line = clean(text, longest=LONGEST) or _phrase(response.status)
    return Answer(
        reply=_reply(response, code, text),
        status=response.status,
        code=clean(code, longest=LONGEST_CODE),
        text="" if response.ok else line,
        retry_after=_retry_after(response.headers),
        ids=() if response.ok else tuple(dict.fromkeys(match.lower() for match in UUID.findall(text))),
        requests=requests,
        signed=_is_signed(response, code),
    )


def no_answer(error: BaseException, *, what: str) -> Answer:
    """What a broken connection, a timeout or a refused renewal of the token means. `what` was asked for.

    A status here is keystone's: it says 404, too, to an application credential that is not there any more.
    """
    status = getattr(error, "http_status", 0) or 0
    denied = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in BUSY
    if denied and status != HTTPStatus.FORBIDDEN:
        status = HTTPStatus.UNAUTHORIZED.value
    reply = Reply.DENIED if denied else Reply.BROKEN
    reason = "the token could not be renewed" if denied else _cause(error)
    return Answer(reply=reply, status=status, text=clean(f"{what}: {reason}", longest=LONGEST))


def _is_signed(response: Response, code: str) -> bool:
    return bool(code) or any(name in response.headers for name in REQUEST_IDS)


def _is_about_an_object(response: Response, code: str, text: str) -> bool:
    """Whether a 404 is a service's word on an object, and not on the path, or the word of something in front of it."""
    if "x-trans-id" in response.headers:  # Swift has one text for both, and no path that it does not know
        return True
    if "x-openstack-manila-api-version" in response.headers:  # Manila has one text, too: without it for such a path
        return True
    if not _is_signed(response, code):
        return False
    told = " ".join(text.split()).lower()
    return not told.startswith(UNKNOWN_PATH) if told else not response.text


def _reply(response: Response, code: str, text: str) -> Reply:
    status = response.status
    if response.ok:
        return Reply.ACCEPTED
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Reply.GONE if _is_about_an_object(response, code, text) else Reply.BROKEN
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Reply.DENIED
    # Old Novas say 413 for "too many requests"; both name the time.
    waits = "retry-after" in response.headers
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Reply.THROTTLED
    if status in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE} and waits:
        return Reply.THROTTLED
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.REQUEST_TIMEOUT:
        return Reply.REFUSED
    return Reply.BROKEN


def _told(response: Response) -> tuple[str, str]:
    """The service's own word for what is wrong, and its text."""
    body = response.mapping()
    if not body:
        return "", html.unescape(_MARKUP.sub(" ", response.text))
    if "faultstring" in body:  # Octavia
        return str(body.get("faultcode") or ""), str(body["faultstring"])
    errors = response.elements("errors")
    if errors:  # Magnum
        return str(errors[0].get("title") or ""), str(errors[0].get("detail") or "")
    for key, word in (("NeutronError", "type"), ("error", "type"), ("error", "title")):  # Neutron; Heat; Keystone
        inner = body.get(key)
        if isinstance(inner, Mapping) and inner.get(word):
            return str(inner[word]), str(inner.get("message") or "")
    for name, fault in body.items():  # Nova, Cinder, Manila: {"conflictingRequest": {"code": 409, "message": …}}
        if isinstance(fault, Mapping) and "message" in fault:
            return str(name), str(fault["message"])
    kind = body.get("type") or body.get("title") or ""  # Designate; Barbican and the plain faults of Neutron
    told = body.get("message") or body.get("description") or body.get("explanation") or ""
    return (str(kind), _MARKUP.sub(" ", str(told))) if kind or told else ("", response.text)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, as a number or as a moment; the moment is held against the service's own clock."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    moment = http_date(value)
    if moment is None:
        return None
    now = http_date(headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def http_date(text: str) -> datetime | None:
    """The moment of an HTTP date."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):  # the last of a year that no clock has
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _cause(error: BaseException) -> str:
    """What is at the bottom of a chain of exceptions: the reason, not the request that met it."""
    names = " ".join(type(e).__name__ for e in _chain(error))
    if "Timeout" in names:
        return "no answer in time"
    if "NameResolution" in names or "gaierror" in names:
        return "its name cannot be resolved"
    if "SSL" in names or "Certificate" in names:
        return "its certificate is not trusted (see cacert and verify in clouds.yaml)"
    if "Refused" in names or "NewConnectionError" in names:
        return "the connection was refused"
    if any(isinstance(e, OSError) and "TLS" in str(e) for e in _chain(error)):  # requests' own, without a file's name
        return "a file of its certificates cannot be read (see cacert, cert and key in clouds.yaml)"
    if "Discovery" in names or "EndpointNotFound" in names:
        return "nothing there answers as an OpenStack service does"
    return f"the connection broke ({type(error).__name__})"


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    pending: list[object] = [error]
    while pending:
        item = pending.pop()
        if isinstance(item, BaseException) and item not in chain:
            chain.append(item)
            pending += [item.__cause__, item.__context__, getattr(item, "reason", None), *item.args]
    return chain
