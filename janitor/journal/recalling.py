"""Reading a journal back: what earlier runs knew to be ours, what they asked for, and what they saw gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from janitor.core.model import Evidence, Ref, Scope
from janitor.journal.entries import Entry


class Recalled(NamedTuple):
    """What the journal knows of one object."""

    evidence: tuple[Evidence, ...]
    address: str
    name: str
    created_at: float | None


@dataclass(frozen=True, slots=True)
class Recollection:
    """What earlier runs left behind. `ours` holds the open section alone, the other two sets the whole journal."""

    ours: Mapping[Ref, Recalled] = field(default_factory=dict)
    accepted_deletes: frozenset[Ref] = frozenset()
    gone: frozenset[Ref] = frozenset()
    open_section: bool = False  # something was begun and never proved gone
    open_apply: bool = False  # that something is an apply of ours
    closed: bool = False  # a section was closed by a proof, and nothing was begun since
    began: float | None = None  # of the open section: the apply's begin, or the `since` its first run went by
    snapshots: tuple[str, ...] = ()  # copies of the state that the open section took
    notes: tuple[str, ...] = ()


def recall(entries: Iterable[Entry]) -> Recollection:
    """What the entries say together. Objects that are gone are not ours any more: a name may have a new owner."""
    ours: dict[Ref, Recalled] = {}
    accepted: set[Ref] = set()
    vanished: set[Ref] = set()
    begun: list[Entry] = []
    copies: list[str] = []
    notes: list[str] = []
    proved = False
    before: Entry = {}
    for entry in entries:
        ref = _ref(entry.get("ref"))
        match entry.get("what"):
            case "run-begin":
                if before.get("what") == "unreadable":
                    notes.pop()  # the line that a killed run has torn
                begun.append(entry)
            case "planned" if ref:
                ours[ref] = _recalled(entry)
                vanished.discard(ref)
            case "answer" if ref and entry.get("accepted") is True:
                accepted.add(ref)
            case "gone" if ref:
                vanished.add(ref)
                ours.pop(ref, None)
            case "snapshot":
                copies.append(str(entry.get("path", "")))
            case "closed":
                ours, begun, copies, proved = {}, [], [], True
            case "unreadable":
                notes.append(f"line {entry.get('line')} of the journal {entry.get('path')} cannot be read; left out")
        before = entry
    applies = [entry for entry in begun if entry.get("command") == "apply"]
    began = (
        _number(applies[0].get("at"))
        if applies
        else next((_number(e.get("since")) for e in begun if e.get("since")), None)
    )
    return Recollection(
        ours=ours,
        accepted_deletes=frozenset(accepted),
        gone=frozenset(vanished),
        open_section=bool(begun),
        open_apply=bool(applies),
        closed=proved and not begun,
        began=began,
        snapshots=tuple(copies),
        notes=tuple(notes),
    )


def _recalled(entry: Entry) -> Recalled:
    listed = entry.get("evidence")
    known = {str(item): item for item in Evidence}
    evidence = tuple(known[word] for word in listed if word in known) if isinstance(listed, list) else ()
    return Recalled(
        evidence, str(entry.get("address", "")), str(entry.get("name", "")), _number(entry.get("created_at"))
    )


def _ref(packed: object) -> Ref | None:
    match packed:
        case [str(cloud), str(region), str(project), str(kind), str(identifier)]:
            return Ref(Scope(cloud, region, project), kind, identifier)
    return None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
