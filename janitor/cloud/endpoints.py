"""Where a path of the catalogue is on this cloud: pure arithmetic on endpoint URLs, so that no discovery is needed.

Endpoints are registered with and without a version, with a project id behind it, and with any prefix in front
(`https://cloud.example/network/`). Paths of the catalogue begin with the version where the API has one root
(network, image, load balancer, identity), and without it where the version belongs to the endpoint (compute,
block storage).
"""

from __future__ import annotations

import re
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

VERSION_OF = MappingProxyType(
    {
        "compute": "/v2.1",
        "block-storage": "/v3/{project}",
        "shared-file-system": "/v2",
        "key-manager": "/v1",
        "container-infra": "/v1",
        "database": "/v1.0/{project}",
        "workflow": "/v2",
        "orchestration": "/v1/{project}",
        "object-store": "/v1/AUTH_{project}",
    }
)
"""What is added to an endpoint of these services that carries no version at all."""

_VERSIONED_PATH = re.compile(r"^/v\d+(\.\d+)?(/|$)")
_LAST_VERSION = re.compile(r"/v\d+(\.\d+)?/?$")
_ANY_VERSION = re.compile(r"/v\d+(\.\d+)?(/|$)")


def url(endpoint: str, path: str, *, service: str, project: str) -> str:
    """The URL of a catalogue path at a service's endpoint."""
    parts = urlsplit(endpoint)
    prefix = parts.path.rstrip("/")
    if _VERSIONED_PATH.match(path):
        prefix = _LAST_VERSION.sub("", prefix)
    elif not _ANY_VERSION.search(prefix):
        prefix += VERSION_OF.get(service, "").format(project=project)
    return urlunsplit((parts.scheme, parts.netloc, prefix + path, "", ""))


def root(endpoint: str) -> str:
    """Where a service tells its versions: its endpoint without the version and what is behind that."""
    parts = urlsplit(endpoint)
    version = _ANY_VERSION.search(parts.path)
    prefix = (parts.path[: version.start()] if version else parts.path).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, f"{prefix}/", "", ""))
