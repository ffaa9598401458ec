"""States of version 3, as Terraform 0.11 wrote them: read for addresses and ids, nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from janitor.core.model import Resource
from janitor.terraform.shapes import Object, elements, mapping

_KEY = re.compile(r"(?P<data>data\.)?(?P<type>[^.]+)\.(?P<name>[^.]+)(?:\.(?P<index>\d+))?")


def resources_of_v3(modules: Iterable[Object], *, keep: Callable[[Object], Mapping[str, object]]) -> Iterator[Resource]:
    """Every instance with an id, the deposed ones after their successor. `keep` filters the attributes."""
    for module in modules:
        parts = [str(part) for part in elements(module.get("path"))][1:]
        prefix = "".join(f"module.{part}." for part in parts)
        for key, body in mapping(module.get("resources")).items():
            match = _KEY.fullmatch(key)
            if match and isinstance(body, dict):
                yield from _instances(prefix, match, body, keep=keep)


def _instances(
    prefix: str, key: re.Match[str], body: Object, *, keep: Callable[[Object], Mapping[str, object]]
) -> Iterator[Resource]:
    index = f"[{key['index']}]" if key["index"] else ""
    provider = str(body.get("provider") or "").rpartition("provider.")[2]
    name, _, alias = provider.partition(".")
    generations = [("", body.get("primary"))]
    generations += [(f"{n:08x}", one) for n, one in enumerate(elements(body.get("deposed")), start=1)]
    for generation, instance in generations:
        identity = instance.get("id") if isinstance(instance, dict) else None
        if not isinstance(instance, dict) or not isinstance(identity, str) or not identity:
            continue
        yield Resource(
            address=f"{prefix}{key['data'] or ''}{key['type']}.{key['name']}{index}",
            type=key["type"],
            id=identity,
            mode="data" if key["data"] else "managed",
            provider=name,
            alias=alias,
            deposed=generation,
            attributes=keep(mapping(instance.get("attributes"))),
            dependencies=tuple(f"{prefix}{d}" for d in elements(body.get("depends_on"))),
        )
