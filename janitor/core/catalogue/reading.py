"""Bodies of the APIs → `Observed`. Pure: the same function reads a live answer and one of the in-memory cloud."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from janitor.core.catalogue.entry import Derived, Kind, Reference
from janitor.core.model import Link, Observed, Ref, Scope
from janitor.core.times import moment_or_none

Body = Mapping[str, object]

_FIELD = re.compile(r"\{(\w+)\}")

ALWAYS_FACTS = ("shared", "revision_number")


def observe(kind: Kind, scope: Scope, body: Body) -> Iterator[Observed]:
    """The objects of `kind` in a body: the body itself, or the elements a derived kind finds in its parent's."""
    if kind.derived is None:
        if kind.unless is None or not _accepts(kind.unless, body):
            yield _observed(kind, scope, body, template=f"{{^id}}/{{{kind.id_field}}}" if kind.nested else "")
        return
    for element in _elements(kind.derived, body):
        yield _observed(kind, scope, element, template=kind.derived.id)


def values(body: Body, path: str) -> Iterator[object]:
    """Every value at a dotted path; `[]` walks a list. A field whose own name has dots or colons comes first."""
    if path in body:
        yield body[path]
        return
    head, _, rest = path.partition("[].") if "[]." in path else path.partition(".")
    if path.endswith("[]"):
        head, rest = path[:-2], ""
        yield from (item for item in _list(body.get(head)))
        return
    inner = body.get(head)
    if isinstance(inner, list | tuple):
        for item in inner:
            if isinstance(item, Mapping):
                yield from values(item, rest)
    elif isinstance(inner, Mapping) and rest:
        yield from values(inner, rest)


def epoch(text: object) -> float | None:
    """Seconds since the epoch of an API's time stamp; services that leave the zone out mean UTC."""
    return moment_or_none(text) if isinstance(text, str) else None


def linked(value: object, collection: str = "") -> str:
    """The id at the end of a link; empty where the link is into another collection."""
    front, _, identifier = _text(value).rstrip("/").rpartition("/")
    return identifier if not collection or front.endswith(f"/{collection}") else ""


def entries(value: object) -> Iterator[Body]:
    """The elements of a list as bodies; a bare text is the `item` of one."""
    for element in _list(value):
        if isinstance(element, Mapping):
            yield element
        elif isinstance(element, str):
            yield {"item": element}


def named_in(template: str) -> tuple[str, ...]:
    """The fields that a template of an id names."""
    return tuple(_FIELD.findall(template))


def fill(template: str, body: Body) -> str:
    """A template of an id with the fields of a body."""
    text = template
    for key, value in body.items():
        text = text.replace("{" + key + "}", _text(value))
    return text


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _elements(derived: Derived, body: Body) -> Iterator[Body]:
    parent = {f"^{key}": value for key, value in body.items()}
    for element in entries(body.get(derived.each)) if derived.each else (body,):
        if derived.when is None or _accepts(derived.when, element):
            yield {**parent, **element}


def _accepts(condition: tuple[str, tuple[str, ...]], body: Body) -> bool:
    name, accepted = condition
    value = body.get(name)
    if not accepted:
        return bool(value)
    return any(str(value).startswith(a[:-1]) if a.endswith("*") else (value or "") == a for a in accepted)


def _observed(kind: Kind, scope: Scope, body: Body, *, template: str = "") -> Observed:
    if kind.id_is_link:
        body = {**body, kind.id_field: linked(body.get(kind.id_field))}
    object_id = fill(template, body) if template else _text(body.get(kind.id_field))
    project = next((_text(body[f]) for f in kind.project_fields if body.get(f)), "")
    metadata = body.get(kind.metadata_field) if kind.metadata_field else None
    tags = body.get("tags")
    return Observed(
        ref=Ref(scope, kind.name, object_id),
        name=_text(body.get(kind.name_field)) if kind.name_field else "",
        project_id=project,
        status=_text(body.get(kind.status_field)) if kind.status_field else "",
        created_at=epoch(body.get(kind.created_field)) if kind.created_field else None,
        tags=frozenset(_text(tag) for tag in _list(tags)),
        metadata=MappingProxyType(
            {str(k): _text(v) for k, v in metadata.items()} if isinstance(metadata, Mapping) else {}
        ),
        description=_text(body.get("description")),
        links=tuple(_links(kind.references, body)),
        facts=MappingProxyType({f: _frozen(body[f]) for f in (*kind.facts, *ALWAYS_FACTS) if f in body}),
    )


def _links(references: tuple[Reference, ...], body: Body) -> Iterator[Link]:
    for reference in references:
        if reference.when is not None:
            name, prefixes = reference.when
            if not _text(body.get(name)).startswith(prefixes):
                continue
        for value in values(body, reference.path):
            named = linked(value, reference.collection) if reference.collection else value
            if isinstance(named, str) and named:
                yield Link(reference.path, reference.kind, named, reference.order)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _frozen(value: object) -> object:
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping):
        return MappingProxyType({str(k): _frozen(v) for k, v in value.items()})
    return value
