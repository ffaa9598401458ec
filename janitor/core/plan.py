"""What will be deleted, in which order, what is kept and why: printable before anything happens.

A plan is made from verdicts and the scanned world; it never adds an object that was not judged ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janitor.core.graph import Graph
from janitor.core.model import Evidence, Holder, Observed, Ref, Scope, Verdict


class Action(StrEnum):
    """How a step makes its object go."""

    DELETE = "delete"  # its own DELETE call
    UNDO = "undo"  # the link is removed by its function in cloud/ways/
    GOES_WITH = "goes with"  # nothing is sent while the parent goes; looked for afterwards


@dataclass(frozen=True, slots=True)
class Step:
    """One object of ours and how it goes. `carrier`: the object it goes with; `writer`: one request at a time on it."""

    ref: Ref
    action: Action
    observed: Observed
    address: str = ""
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    carrier: Ref | None = None
    writer: Ref | None = None


@dataclass(frozen=True, slots=True)
class Unproved:
    """A configured instance that cannot be found again, with the objects that it may be."""

    address: str
    kind: str
    why: str
    candidates: tuple[Observed, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps by ref, their order, and everything that will not be touched with its reason."""

    steps: Mapping[Ref, Step] = field(default_factory=dict)
    graph: Graph = field(default_factory=Graph)
    absent: tuple[Verdict, ...] = ()  # claimed by a source, proved not to exist
    held: Mapping[Ref, tuple[Holder, ...]] = field(default_factory=dict)  # ours, but others would go along with it
    kept: tuple[Verdict, ...] = ()
    unproved: tuple[Unproved, ...] = ()
    unseen: Mapping[tuple[Scope, str], str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
