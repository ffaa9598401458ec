"""A region of its own for a test: the same cloud behind proxies, which record every call and can break it.

A keystone region is a set of endpoints, so every client can use it, tofu included: `region_name` in `clouds.yaml` is
all. Keystone is proxied too, for clients that take the region's `auth_url`.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ground.cloud.local import running
from ground.cloud.project import environment
from ground.cloud.proxy import Call, Fault, Faults, Proxy
from ground.cloud.rest import RefusedError
from ground.cloud.services import REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ground.cloud.project import Project
    from ground.cloud.rest import Admin

NAMES_OF_KINDS = {"volumev3": "block-storage", "sharev2": "shared-file-system"}
"""Types of one service which are told as one in faults and in the log."""


class FaultRegion:
    """A region whose services stand behind proxies."""

    def __init__(self, region: str, rules: Iterable[Fault], seed: int) -> None:
        self.region = region
        self.log: list[Call] = []
        """Every call in the order in which they ended."""
        self.auth_url = ""
        self._faults = Faults(list(rules), seed)
        self._proxies: dict[str, Proxy] = {}
        self._lock = threading.Lock()

    @property
    def rules(self) -> tuple[Fault, ...]:
        """The faults in force, in order."""
        return tuple(self._faults.rules)

    @rules.setter
    def rules(self, rules: Iterable[Fault]) -> None:
        self._faults.replace(list(rules))

    def calls(self, service: str = "", method: str = "", path: str = "") -> list[Call]:
        """The recorded calls which match, by the same rules as a fault's."""
        wanted = Fault(service=service, method=method, path=path)
        with self._lock:
            return [call for call in self.log if wanted.matches(call.service, call.method, call.path)]

    @contextlib.contextmanager
    def down(self, service: str) -> Iterator[None]:
        """Let connections to a type of service be refused within the block."""
        chosen = [proxy for proxy in self._proxies.values() if proxy.service == service]
        if not chosen:
            raise ValueError(f"There is no service {service}; there are {', '.join(sorted(self.services))}.")
        for proxy in chosen:
            proxy.stop()
        try:
            yield
        finally:
            for proxy in chosen:
                proxy.start()

    @property
    def services(self) -> set[str]:
        """The types of service in this region."""
        return {proxy.service for proxy in self._proxies.values()}

    def env(self, project: Project, folder: Path) -> dict[str, str]:
        """The environment in which clients work as the project's user in this region, keystone included."""
        path = folder / f"clouds-{self.region}.yaml"
        project.write_clouds_yaml(path, region=self.region, auth_url=self.auth_url)
        return environment(path, project.cloud_name)

    def proxied(self, service: str, url: str) -> str:
        """The same URL through a proxy, which is started on first use."""
        parts = urlsplit(url)
        if parts.netloc not in self._proxies:
            self._proxies[parts.netloc] = Proxy(service, parts.netloc, self._faults, self._record)
        return url.replace(parts.netloc, self._proxies[parts.netloc].address, 1)

    def close(self) -> None:
        """End the proxies, and with them every call that hangs."""
        self._faults.replace([])
        for proxy in self._proxies.values():
            proxy.stop()

    def _record(self, call: Call) -> None:
        with self._lock:
            self.log.append(call)


@contextlib.contextmanager
def fault_region(name: str, rules: Iterable[Fault] = (), *, seed: int = 0) -> Iterator[FaultRegion]:
    """Within the block there is a region, named after `name`, whose calls are recorded and broken as `rules` say."""
    cloud = running()
    if cloud is None:
        raise RuntimeError("No cloud of this checkout runs: `ci/cloud up` starts it.")
    region = FaultRegion(f"{name}-{secrets.token_hex(3)}", rules, seed)
    endpoints: list[str] = []
    try:
        _register(cloud.admin, region, endpoints)
        region.auth_url = region.proxied("identity", cloud.auth_url)
        yield region
    finally:
        region.close()
        _unregister(cloud.admin, region.region, endpoints)


def _register(admin: Admin, region: FaultRegion, endpoints: list[str]) -> None:
    """Copy the public endpoints of the real region, each leading through a proxy."""
    kinds = {service["id"]: service["type"] for service in admin.keystone("GET", "/services")["services"]}
    admin.keystone("POST", "/regions", {"region": {"id": region.region}})
    query = f"/endpoints?interface=public&region_id={REGION}"
    for endpoint in admin.keystone("GET", query)["endpoints"]:
        kind = kinds[endpoint["service_id"]]
        copy: dict[str, Any] = {
            "service_id": endpoint["service_id"],
            "interface": "public",
            "region_id": region.region,
            "url": region.proxied(NAMES_OF_KINDS.get(kind, kind), endpoint["url"]),
        }
        endpoints.append(admin.keystone("POST", "/endpoints", {"endpoint": copy})["endpoint"]["id"])


def _unregister(admin: Admin, region: str, endpoints: list[str]) -> None:
    """Take the region out of the catalogue; the cloud may have been ended meanwhile."""
    for path in (*(f"/endpoints/{endpoint}" for endpoint in endpoints), f"/regions/{region}"):
        with contextlib.suppress(RefusedError, OSError):
            admin.keystone("DELETE", path)
