"""The table of kinds for people: what janitor does with each, which resource types it stands for, where marks fit."""

from __future__ import annotations

from collections.abc import Iterator

from janitor.core.catalogue import KINDS, Fate, Kind
from janitor.core.text import some


def markdown() -> str:
    """One row per kind of the catalogue, by service."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "| kind | resource types (`openstack_…`) | what happens to it | mark |"
    yield "| --- | --- | --- | --- |"
    for kind in sorted(KINDS.values(), key=lambda kind: (kind.service, kind.name)):
        types = ", ".join(f"`{name}`" for name in kind.types) or "(found beside the others)"
        yield f"| `{kind.name}` | {types} | {_fate(kind)} | {some(kind.marks) or 'no'} |"


def _fate(kind: Kind) -> str:
    match kind.fate:
        case Fate.DELETED:
            return "deleted"
        case Fate.UNDONE:
            return "undone: the link goes, both ends stay"
        case Fate.GOES_WITH:
            return "goes with its parent"
    return f"{kind.fate}: {kind.why}" if kind.why else str(kind.fate)
