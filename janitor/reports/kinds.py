"""The table of kinds for people and scripts: what janitor does with each, how it is found, what holds it.

Everything is read off the catalogue and the table of attachments; nothing here is written twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from types import MappingProxyType

from janitor.core.attached import RULES
from janitor.core.catalogue import KINDS, Fate, Kind
from janitor.core.model import Evidence, Order
from janitor.core.text import some
from janitor.core.times import spell

MANY = 4
"""So many names stand in one cell of a table."""

BESIDE = "(found beside the others)"
ALWAYS = frozenset({Evidence.STATE, Evidence.JOURNAL, Evidence.LOG})
BESIDES = "found again by"
"""What else than state, journal and log can prove an object of the kind: those prove every one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One kind in words. The fields are the columns, and the keys of the JSON."""

    kind: str
    service: str
    types: tuple[str, ...]
    fate: str
    why: str
    listed: str
    marks: tuple[str, ...]
    held_by: tuple[str, ...]
    waits: str
    passing: tuple[str, ...]  # statuses in which a delete is refused, and which are waited for
    quota: tuple[str, ...]
    found_by: tuple[str, ...]


def rows() -> tuple[Row, ...]:
    """Every kind, by service and name."""
    return tuple(row(kind) for kind in sorted(KINDS.values(), key=lambda kind: (kind.service, kind.name)))


def row(kind: Kind) -> Row:
    """One kind in words."""
    return Row(
        kind=kind.name,
        service=kind.service,
        types=tuple(f"openstack_{name}" for name in kind.types),
        fate=str(kind.fate),
        why=kind.why or _parents(kind),
        listed=_listed(kind),
        marks=tuple(map(str, kind.marks)),
        held_by=tuple(_holders(kind)),
        waits=_waits(kind),
        passing=kind.busy,
        quota=kind.quota,
        found_by=tuple(map(str, _evidence(kind))),
    )


def _parents(kind: Kind) -> str:
    named = dict.fromkeys(link.kind for link in kind.references if link.order is Order.WITH)
    if kind.fate is Fate.UNDONE:
        return "the link goes, both ends stay"
    return " or ".join(named) if kind.fate is Fate.GOES_WITH else ""


def _listed(kind: Kind) -> str:
    if kind.fate is Fate.NOTHING:
        return "never"
    if not kind.is_listed:
        return "never; read by its id"
    if kind.derived is not None:
        return f"with each {kind.derived.kind}"
    where = f"GET {kind.listing or kind.path}"
    return f"{where}?{'&'.join(f'{key}={value}' for key, value in kind.query.items())}" if kind.query else where


def _holders(kind: Kind) -> Iterator[str]:
    """The kinds whose objects keep one of this kind from going."""
    held = (kind.name, Order.HOLDS)
    holding = {k.name for k in KINDS.values() for link in k.references if (link.kind, link.order) == held}
    return iter(sorted(holding | {link.kind for link in kind.references if link.order is Order.HELD}))


def _waits(kind: Kind) -> str:
    if kind.fate is Fate.NOTHING:
        return "no"
    return "no: gone with the answer" if kind.sync else f"until a listing lacks it, at most {spell(kind.timeout)}"


def _evidence(kind: Kind) -> Iterator[Evidence]:
    """What can prove that an object is ours, without which it is not found again."""
    yield Evidence.STATE
    if kind.fate is Fate.NOTHING:
        return
    yield Evidence.JOURNAL
    yield Evidence.LOG
    if kind.marks:
        yield Evidence.MARK
    if kind.created_field and kind.name_field and kind.types and not kind.is_relation:
        yield Evidence.NAME
    if kind.name in RULES:
        yield Evidence.ATTACHED


def readme() -> str:
    """The README's table: what a reader asks first."""
    head = ("kind", "resource types (`openstack_…`)", "what happens to it", "mark", BESIDES)
    return _markdown(head, (_in_short(one) for one in rows()))


def _in_short(one: Row) -> tuple[str, ...]:
    types = f"`{_types(one).replace(', ', '`, `')}`" if one.types else BESIDE
    return (f"`{one.kind}`", types, _fate(one), _names(one.marks), _besides(one))


def markdown(found: Iterable[Row]) -> str:
    """Every column."""
    head = ("kind", "service", "resource types", "what happens to it", "how it is listed", "mark")
    return _markdown((*head, "held by", "waits", "passes by itself", "quota", BESIDES), map(_in_full, found))


def _in_full(one: Row) -> tuple[str, ...]:
    types = ", ".join(f"`{name}`" for name in one.types) or BESIDE
    listed = one.listed.replace("GET ", "GET `", 1) + "`" if one.listed.startswith("GET ") else one.listed
    columns = (one.held_by, one.waits, one.passing, one.quota)
    rest = (said if isinstance(said, str) else _names(said) for said in columns)
    return (f"`{one.kind}`", one.service, types, _fate(one), listed, _names(one.marks), *rest, _besides(one))


def _markdown(head: tuple[str, ...], cells: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *cells]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def text(found: Iterable[Row]) -> str:
    """One line for each kind, by service; one kind alone in full."""
    listed = list(found)
    return "".join(_entry(listed[0])) if len(listed) == 1 else "".join(_table(listed))


def _table(found: list[Row]) -> Iterator[str]:
    lines = {one.kind: (one.kind, one.fate, _names(one.marks), _besides(one), _types(one)) for one in found}
    head = ("kind", "what happens", "mark", BESIDES, "resource types (openstack_…)")
    widths = [max(len(line[column]) for line in (head, *lines.values())) for column in range(len(head) - 1)]
    yield f"  {_aligned(head, widths)}\n"
    for service, group in groupby(found, key=lambda one: one.service):
        yield f"{service}\n"
        yield from (f"  {_aligned(lines[one.kind], widths)}\n" for one in group)
    yield "\nState, journal and log prove objects of every kind.\n"
    yield "janitor kinds KIND says all of one kind; --format markdown or json all of every one.\n"


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(line, (*widths, 0), strict=True)).rstrip()


def _entry(one: Row) -> Iterator[str]:
    kind = KINDS[one.kind]
    yield f"{one.kind}: {_fate(one)}\n"
    before = ", ".join(kind.after)
    for name, said in (
        ("resource types", ", ".join(one.types) or BESIDE),
        ("service", one.service),
        ("listed", one.listed),
        ("marks", _names(one.marks)),
        ("found again by", ", ".join(one.found_by)),
        ("held by", ", ".join(one.held_by) or "nothing"),
        ("goes after", before),
        ("waits", one.waits),
        ("passes by itself", ", ".join(one.passing)),
        ("only an admin clears", ", ".join(kind.stuck)),
        ("what frees it", kind.advice),
        ("quota", _names(one.quota)),
    ):
        if said:
            yield f"  {name:<22}{said}\n"


def as_json(found: Iterable[Row]) -> str:
    """A list of objects; the keys are those of `Row`."""
    return json.dumps([asdict(one) for one in found], indent=2) + "\n"


def _fate(one: Row) -> str:
    if one.fate == Fate.REFUSED:
        return f"left to Terraform: {one.why}"
    joint = " " if one.fate == Fate.GOES_WITH else ": "
    return f"{one.fate}{joint}{one.why}" if one.why else one.fate


def _types(one: Row) -> str:
    return ", ".join(name.removeprefix("openstack_") for name in one.types) or BESIDE


def _besides(one: Row) -> str:
    return ", ".join(name for name in one.found_by if name not in ALWAYS) or "no"


def _names(names: tuple[str, ...]) -> str:
    return some(names, most=MANY) if names else "no"


RENDERED: Mapping[str, Callable[[Iterable[Row]], str]] = MappingProxyType(
    {"text": text, "json": as_json, "markdown": markdown}
)
"""Format → how it is written."""
