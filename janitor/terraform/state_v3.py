"""States of version 3, as Terraform 0.11 wrote them: read for addresses, ids, and what else says whose they are."""

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


def nested(flat: Object) -> Object:
    """Attributes with a name for every leaf (`tags.#`, `tags.7`, `metadata.%`, `metadata.k`) as lists and maps.

    0.12 still wrote them so of what it had not refreshed since. A leaf stays the text that it is; deeper ones are left.
    """
    found = {name: value for name, value in flat.items() if "." not in name}
    for marker in flat:
        name, _, sign = marker.partition(".")
        if sign not in {"%", "#"}:
            continue
        prefix = f"{name}."
        below = {k.removeprefix(prefix): v for k, v in flat.items() if k.startswith(prefix) and k != marker}
        found[name] = below if sign == "%" else _listed(below)
    return found


def _listed(below: Object) -> list[object]:
    """`7`, `9` → their values; `7.port`, `7.address` → one object for each number."""
    items: dict[str, object] = {}
    for key, value in below.items():
        number, _, name = key.partition(".")
        item = items.setdefault(number, {} if name else value)
        if isinstance(item, dict) and name:
            item[name] = value
    return list(items.values())


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
            attributes=keep(nested(mapping(instance.get("attributes")))),
            dependencies=tuple(f"{prefix}{d}" for d in elements(body.get("depends_on"))),
        )
