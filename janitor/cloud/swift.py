"""Swift's containers and objects as bodies: it tells of them in headers, and its listings are bare lists of names.

The account is in the endpoint's path, so nobody else's containers can be seen or meant. Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial

from janitor.cloud import batch
from janitor.cloud.asking import found, segment
from janitor.cloud.session import Session
from janitor.cloud.wire import http_date
from janitor.core.case import SIGNING_KEYS
from janitor.core.catalogue import KINDS, observe
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import Answer, CloudFault, Reply

Body = Mapping[str, object]

SERVICE = "object-store"
HANDS = 6
PAGES_AT_MOST = 10_000
CONTAINER_META = "x-container-meta-"
OBJECT_META = "x-object-meta-"


def path(container: str, name: str = "") -> str:
    """Where a container, or an object in it, is."""
    return f"/{segment(container)}/{segment(name)}" if name else f"/{segment(container)}"


def containers(session: Session) -> list[Body]:
    """Every container of the account; each is asked for its headers, as the listing knows neither age nor metadata."""
    names = [str(entry.get("name")) for entry in _all_entries(session)]
    bodies = batch.all_of([partial(container, session, name) for name in names], threads=HANDS)
    return [body for body in bodies if body is not None]  # a listing may be behind


def container(session: Session, name: str) -> Body | None:
    """A container by its headers, None for a 404. Raises CloudFault."""
    response = found(session, SERVICE, "HEAD", path(name))
    if response is None:
        return None
    headers = response.headers
    archive = headers.get("x-versions-location") or headers.get("x-history-location") or ""
    return {
        "name": name,
        "created_at": _moment(headers.get("x-timestamp", "")),
        "put_at": _put_at(headers.get("last-modified", "")),
        "objects": int(headers.get("x-container-object-count") or 0),
        "versioned": "x-versions-enabled" in headers,  # also "False": what was kept before is still there
        "archive": archive,
        "storage_policy": headers.get("x-storage-policy", ""),
        "metadata": _metadata(headers, CONTAINER_META),
    }


def entries(session: Session, name: str, *, most: int, versions: bool, marker: str = "") -> list[Body]:
    """So many entries of a container's listing at most, from the start; with `versions`, every version of each."""
    query = {"format": "json", "limit": str(most), "marker": marker}
    return _listed(session, path(name), query | ({"versions": "true"} if versions else {}))


def segments_of(session: Session, container: str, entry: Body) -> str:
    """The container that holds the segments of a large object, where it is another one; for others nothing.

    A static one is known by its entry, a dynamic one only by its headers: its own body is empty. Raises CloudFault.
    """
    name = str(entry.get("name"))
    if entry.get("slo_etag"):
        manifest = found(session, SERVICE, "GET", path(container, name), params={"multipart-manifest": "get"})
        parts = manifest.body if manifest and isinstance(manifest.body, list) else []
        first = next((str(part.get("name") or "") for part in parts if isinstance(part, Mapping)), "")
        return _elsewhere(first, container)
    if entry.get("bytes") == 0:
        read = found(session, SERVICE, "HEAD", path(container, name))
        return _elsewhere(read.headers.get("x-object-manifest", ""), container) if read else ""
    return ""


def _read_container(session: Session, ref: Ref) -> Iterable[Observed]:
    body = container(session, ref.id)
    return () if body is None else observe(KINDS[ref.kind], session.scope, body)


def _read_object(session: Session, ref: Ref) -> Iterable[Observed]:
    inside, _, name = ref.id.partition("/")
    response = found(session, SERVICE, "HEAD", path(inside, name)) if name else None
    if response is None:
        return ()
    headers = response.headers
    manifest = headers.get("x-object-manifest", "")
    whole = not manifest and "x-static-large-object" not in headers  # the etag of others is that of their segments
    body = {
        "id": ref.id,
        "name": name,
        "container": inside,
        "created_at": _moment(headers.get("x-timestamp", "")),
        "etag": headers.get("etag", "").strip('"') if whole else "",
        "segments": _elsewhere(manifest, inside),
        "metadata": _metadata(headers, OBJECT_META),
    }
    return observe(KINDS[ref.kind], session.scope, body)


READERS = {
    "container": _read_container,
    "stored_object": _read_object,
}
"""Kind → how one of it is read."""

LISTERS = {
    "container": containers,
}
"""Kind → how all of it are listed."""


def _all_entries(session: Session) -> list[Body]:
    every: list[Body] = []
    for _ in range(PAGES_AT_MOST):
        marker = str(every[-1].get("name")) if every else ""
        page = _listed(session, "/", {"format": "json", "marker": marker})
        if not page:
            return every
        every += page
    raise CloudFault(Answer(Reply.BROKEN, text="GET object-store: its pages do not end"))


def _listed(session: Session, where: str, query: Mapping[str, str]) -> list[Body]:
    response = found(session, SERVICE, "GET", where, params={key: value for key, value in query.items() if value})
    if response is None:
        return []  # an account comes into being with its first container
    if not isinstance(response.body, list):
        raise CloudFault(Answer(Reply.BROKEN, response.status, text=f"GET object-store {where}: no listing"))
    return [entry for entry in response.body if isinstance(entry, Mapping)]


def _metadata(headers: Mapping[str, str], prefix: str) -> dict[str, str]:
    told = {name.removeprefix(prefix): value for name, value in headers.items() if name.startswith(prefix)}
    return {key: value for key, value in told.items() if key not in SIGNING_KEYS}


def _moment(stamp: str) -> str | None:
    """Swift's own time stamps are seconds since the epoch, some with an offset behind an underscore."""
    try:
        return datetime.fromtimestamp(float(stamp.partition("_")[0]), UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def _put_at(stamp: str) -> float | None:
    moment = http_date(stamp) if stamp else None
    return moment.timestamp() if moment else None


def _elsewhere(manifest: str, container: str) -> str:
    holding = manifest.strip("/").partition("/")[0]
    return holding if holding != container else ""
