"""One account in one region: a token, a catalog, and requests that are counted, bounded in time and never repeated.

Decides no retry: one request is one request, so that the caller knows what was sent, and waits as it sees fit. The
requests go through keystoneauth's session as openstacksdk configures it (clouds.yaml, CA, proxies), and not through
the SDK's resource layer, which hides 404s, statuses and Retry-After.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from janitor.cloud import endpoints, versions
from janitor.cloud.wire import Response, http_date, no_answer
from janitor.core.model import Scope
from janitor.engine.protocols import Answer, CloudFault, Reply

if TYPE_CHECKING:
    from keystoneauth1.access import AccessInfo
    from keystoneauth1.identity.base import BaseIdentityPlugin
    from keystoneauth1.session import Session as KeystoneSession
    from openstack.config.cloud_region import CloudRegion

CONNECT_TIMEOUT = 10.0
SHORTEST = 3.0
"""Seconds that an answer is waited for when the run's time is over: the proof is asked for all the same."""

REDIRECTS = 3
SECONDS_PER_DATE = 0.5  # the `Date` header is cut to seconds: on average it is half a second behind


class Tally:
    """What went over the wire: how many requests, and the cloud's clock. Threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._total = 0
        self._offset = 0.0

    def add(self) -> None:
        """Count a request as it is sent."""
        with self._lock:
            self._total += 1

    def clock(self, date: str, *, sent: float, received: float) -> None:
        """Learn the cloud's clock from an answer's `Date`."""
        moment = http_date(date) if date else None
        if moment is not None:
            with self._lock:
                self._offset = moment.timestamp() + SECONDS_PER_DATE - (sent + received) / 2

    @property
    def total(self) -> int:
        """All requests, sign-in included."""
        with self._lock:
            return self._total

    @property
    def offset(self) -> float:
        """Seconds by which the cloud's clock is ahead of ours; whole seconds are certain, fractions are not."""
        with self._lock:
            return self._offset


class Session:
    """A signed-in account in one region. Threads may share it."""

    def __init__(
        self,
        config: CloudRegion,
        session: KeystoneSession,
        auth: BaseIdentityPlugin,
        *,
        access: AccessInfo,
        tally: Tally,
        timeout: float,
    ) -> None:
        self._config = config
        self._session = session
        self._auth = auth
        self.tally = tally
        self._timeout = timeout
        self.until = float("inf")  # on the monotonic clock: when whoever asks wants to be done
        self._lock = threading.Lock()
        self._endpoints: dict[str, str | None] = {}
        self._negotiating = threading.Lock()
        self._offered: dict[str, versions.Version] = {}  # newest microversions by service
        self._access = access
        self._catalog = access.service_catalog
        self.user_id = str(access.user_id)
        self.roles = frozenset(str(name) for name in access.role_names or ())
        self.is_admin = "admin" in self.roles
        self.credential_id = str(getattr(access, "application_credential_id", None) or "")  # not in v2 tokens
        region = config.get_region_name() or sole_region(access)
        self.scope = Scope(str(config.name), region, str(access.project_id), str(access.project_name or ""))

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region of the catalog."""
        return tuple(regions_of(self._access))

    @property
    def auth_url(self) -> str:
        """Where keystone is."""
        return str(self._auth.auth_url or "")

    @property
    def requests(self) -> int:
        """Requests sent so far, sign-in included."""
        return self.tally.total

    @property
    def clock_offset(self) -> float:
        """The cloud's clock less ours, in seconds."""
        return self.tally.offset

    @property
    def services(self) -> tuple[str, ...]:
        """The types of the services that the catalog has, sorted."""
        return tuple(sorted({str(entry.get("type") or "") for entry in self._catalog.catalog} - {""}))

    @property
    def token_expires(self) -> float | None:
        """When the token in use ends, in seconds since the epoch. Asks nobody while it is valid."""
        expires = self._auth.get_access(self._session).expires
        return float(expires.timestamp()) if expires else None

    @property
    def renewable(self) -> bool:
        """Whether another token can be had when this one ends: not where the credential is a token itself."""
        return bool(self._auth.reauthenticate) and "token" not in str(self._config.config.get("auth_type") or "")

    def endpoint(self, service: str) -> str | None:
        """The service's endpoint as clouds.yaml or the catalog says, None where there is none. Costs no request."""
        with self._lock:
            if service not in self._endpoints:
                self._endpoints[service] = self._find_endpoint(service)
            return self._endpoints[service]

    def _find_endpoint(self, service: str) -> str | None:
        from keystoneauth1.exceptions import CatalogException

        if override := self._config.get_endpoint(service):
            return str(override)
        try:
            found = self._catalog.url_for(
                service_type=service,
                interface=self._config.get_interface(service),
                region_name=self.scope.region or None,
            )
        except (CatalogException, ValueError):
            return self.auth_url or None if service == "identity" else None
        return str(found) if found else None

    def microversion(self, service: str, newest: str) -> str:
        """The newest microversion up to `newest` that the service has; its version document is asked for once.

        Where that says nothing, `newest` itself: the service refuses it then in its own words.
        """
        with self._negotiating:
            if service not in self._offered:
                url, wants = endpoints.root(self._reachable(service)), {"OpenStack-API-Version": f"{service} latest"}
                # Barbican speaks of microversions only to those who ask in one.
                document = self._send(url, "GET", what=f"GET {service} versions", headers=wants)
                self._offered[service] = versions.offered(document.mapping(), major=versions.parsed(newest)[0])
        return versions.agreed(newest, self._offered[service])

    def request(
        self,
        service: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: object = None,
        text: str | None = None,
        microversion: str = "",
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send one request and return whatever the service answers. Raises CloudFault when nobody answered."""
        url = endpoints.url(self._reachable(service), path, service=service, project=self.scope.project_id)
        extra: dict[str, Any] = {"json": json} if json is not None else {}
        if text is not None:
            extra |= {"data": text.encode()}
        if microversion:
            extra |= {"microversion": microversion, "microversion_service_type": service}
        what = f"{method} {service} {path}"
        return self._send(url, method, what=what, params=params, headers=headers, timeout=timeout, **extra)

    def _reachable(self, service: str) -> str:
        endpoint = self.endpoint(service)
        if endpoint is None:
            raise CloudFault(Answer(Reply.BROKEN, text=f"{self.scope} has no {service} service", requests=0))
        return endpoint

    def _send(
        self,
        url: str,
        method: str,
        *,
        what: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **extra: Any,  # noqa: ANN401 - what keystoneauth's session takes besides
    ) -> Response:
        seconds = patience(timeout or self._timeout, left=self.until - time.monotonic())
        try:
            answer = self._session.request(
                url,
                method,
                params=dict(params or {}),
                headers={"Accept": "application/json", **(headers or {})},
                timeout=(min(seconds, CONNECT_TIMEOUT), seconds),
                authenticated=True,
                raise_exc=False,
                connect_retries=0,
                status_code_retries=0,
                redirect=REDIRECTS if method == "GET" else False,
                log=False,  # keystoneauth's debug log holds bodies
                **extra,
            )
        except no_answer_errors() as error:
            raise CloudFault(no_answer(error, what=what)) from error
        return _response(answer)


def patience(seconds: float, *, left: float) -> float:
    """How long one answer is waited for: never much longer than the run has left, and never too short to be had."""
    return min(seconds, max(SHORTEST, left))


def mount(session: KeystoneSession, *, pool_size: int) -> Tally:
    """Give a keystoneauth session a connection pool of the crew's size, and count what goes through it."""
    from keystoneauth1.session import TCPKeepAliveAdapter

    tally = Tally()

    class Counting(TCPKeepAliveAdapter):  # type: ignore[misc,unused-ignore]
        """Every request passes here, those for tokens too."""

        def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - requests' own types
            tally.add()
            sent = time.time()
            answer = super().send(request, *args, **kwargs)
            tally.clock(answer.headers.get("Date", ""), sent=sent, received=time.time())
            return answer

    adapter = Counting(pool_connections=16, pool_maxsize=pool_size, max_retries=0)
    for scheme in ("http://", "https://"):
        session.session.mount(scheme, adapter)
    return tally


def sole_region(access: AccessInfo) -> str:
    """The catalog's region, where no region is configured and there is only one."""
    regions = regions_of(access)
    return regions[0] if len(regions) == 1 else ""


def regions_of(access: AccessInfo) -> tuple[str, ...]:
    """The regions that the catalog knows."""
    found = {
        str(endpoint.get("region_id") or endpoint.get("region") or "")
        for service in access.service_catalog.catalog
        for endpoint in service.get("endpoints", ())
    }
    return tuple(sorted(found - {""}))


def no_answer_errors() -> tuple[type[Exception], ...]:
    """What may come up instead of an answer."""
    from keystoneauth1.exceptions import ClientException
    from requests import RequestException

    return (ClientException, RequestException, OSError)


def _response(answer: Any) -> Response:  # noqa: ANN401 - a requests.Response
    headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
    text = answer.text if answer.content else ""
    body: object = None
    if text and "json" in headers.get("content-type", ""):
        try:
            body = answer.json()
        except (ValueError, RecursionError):
            body = None
    return Response(int(answer.status_code), headers, body, text)
