"""Which microversion to send: arithmetic on version documents, in all the services' spellings. Asks nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

Version = tuple[int, ...]

_NUMBERS = re.compile(r"v?(\d+)(?:\.(\d+))?$")


def offered(document: Mapping[str, object], *, major: int) -> Version:
    """The newest microversion of a major version that a service's root document speaks of; empty where it is silent."""
    found = [
        parsed(str(entry.get("max_version") or entry.get("version") or ""))
        for entry in _entries(document)
        if parsed(str(entry.get("id") or ""))[:1] == (major,)
    ]
    return max(found, default=())


def agreed(newest: str, offer: Version) -> str:
    """The newest microversion that both sides know; our own where the service's is not known."""
    return ".".join(str(part) for part in min(parsed(newest), offer)) if offer else newest


def parsed(text: str) -> Version:
    """`2.81` and `v2.81` → (2, 81); empty for what is no version."""
    match = _NUMBERS.fullmatch(text.strip())
    return tuple(int(part) for part in match.groups(default="0")) if match else ()


def _entries(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    versions = document.get("versions", document.get("version"))
    if isinstance(versions, Mapping):
        versions = versions.get("values", [versions])
    yield from (entry for entry in versions if isinstance(entry, Mapping)) if isinstance(versions, list) else ()
