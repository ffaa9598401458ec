"""Who holds whom, as nodes and arrows: what every drawing is made of. Words come in hostile and leave cleaned.

An arrow runs from the object that goes first to the one that it holds; each says who knows of it. Decides nothing:
what is not in the run's record is not in the picture.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from janitor.core.case import without_index
from janitor.core.catalogue import KINDS, kind_of_type
from janitor.core.model import Configuration, EdgeSource, Outcome, Ref, Scope, Snapshot
from janitor.core.outcome import Result, RunReport
from janitor.core.text import clean

HOLDER, IN_STATE, CONFIGURED = "holder", "state", "configured"
"""What a node is that no run has an outcome for: a stranger that a refusal named, an instance of the state, one that
only the configuration declares."""

_TYPE = re.compile(r"\bopenstack_\w+\.(?=\w)")

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Node:
    """One object, or one instance that nothing has found yet. `key` is short, and harmless in every language."""

    key: str
    kind: str
    id: str
    name: str
    outcome: str
    address: str = ""
    scope: str = ""
    result: Result | None = None  # its row, where it has one

    @property
    def title(self) -> str:
        """What to call it: its name, else its address without the type that its kind tells, else its id."""
        return self.name or _TYPE.sub("", self.address) or self.id or self.kind


@dataclass(frozen=True, slots=True)
class Arrow:
    """`dependent` goes before `dependency`, which it holds. `implied`: other arrows say the same, by a longer way."""

    dependent: str
    dependency: str
    source: EdgeSource
    implied: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes in the order of the record, arrows sorted."""

    workspace: str
    nodes: tuple[Node, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    notes: tuple[str, ...] = ()
    live: bool = True  # the cloud was asked

    @property
    def drawn(self) -> tuple[Arrow, ...]:
        """The arrows without those that others imply: a state names every ancestor, and nobody could read that."""
        return tuple(arrow for arrow in self.arrows if not arrow.implied)


@dataclass(slots=True)
class _Sketch:
    """Nodes as they come up, each object once."""

    nodes: list[Node] = field(default_factory=list)
    keys: dict[Ref, str] = field(default_factory=dict)

    def add(self, ref: Ref, outcome: str, *, name: str = "", address: str = "", result: Result | None = None) -> str:
        """A node of its own; its key."""
        key = f"n{len(self.nodes)}"
        where = clean(ref.scope) if ref.scope.cloud else ""
        words = (clean(ref.kind), clean(ref.id), clean(name))
        self.nodes.append(Node(key, *words, outcome, address=clean(address), scope=where, result=result))
        if ref.id:
            self.keys.setdefault(ref, key)
        return key

    def known(self, ref: Ref, *, name: str = "") -> str:
        """The node of that object; one that no row has told of is a stranger."""
        return self.keys.get(ref) or self.add(ref, HOLDER, name=name)


def of_run(report: RunReport) -> Picture:
    """What a run, or a plan, has seen."""
    sketch, best = _Sketch(), dict[tuple[str, str], EdgeSource]()
    keys = [
        sketch.add(row.ref, str(row.outcome), name=row.name, address=row.address, result=row) for row in report.results
    ]
    for key, row in zip(keys, report.results, strict=True):
        for held in row.holders if row.outcome is not Outcome.UNVERIFIED else ():
            _join(
                best, (sketch.known(Ref(row.ref.scope, held.kind, held.id), name=held.name), key), EdgeSource.OBSERVED
            )
    for edge in report.edges:
        _join(best, (sketch.known(edge.dependent), sketch.known(edge.dependency)), edge.source)
    return _picture(clean(report.workspace), sketch.nodes, best, notes=tuple(map(clean, report.notes)), live=True)


def of_sources(workspace: str, snapshot: Snapshot, configuration: Configuration) -> Picture:
    """What state and configuration say alone: nothing here was seen."""
    sketch, instances = _Sketch(), defaultdict[str, list[str]](list)
    for resource in snapshot.managed:
        scope = Scope("", resource.text("region"), resource.text("tenant_id") or resource.text("project_id"))
        ref = Ref(scope, _kind(resource.type), resource.id)
        key = sketch.add(ref, IN_STATE, name=resource.text("name"), address=resource.label)
        instances[without_index(resource.address)].append(key)
    in_state = {resource.address for resource in snapshot.managed}
    for instance in configuration.instances:
        if instance.address not in in_state:
            nowhere = Ref(Scope("", "", ""), _kind(instance.type), "")
            key = sketch.add(nowhere, CONFIGURED, name=instance.name or "", address=instance.address)
            instances[without_index(instance.address)].append(key)
    best: dict[tuple[str, str], EdgeSource] = {}
    stated = [(without_index(r.address), dependency) for r in snapshot.managed for dependency in r.dependencies]
    for pairs, source in ((stated, EdgeSource.STATE), (configuration.edges, EdgeSource.CONFIG)):
        for pair in _instances(pairs, instances):
            _join(best, pair, source)
    for pair in _by_kind(sketch.nodes):
        _join(best, pair, EdgeSource.KIND)
    notes = tuple(clean(problem) for problem in (snapshot.problem, *configuration.problems) if problem)
    return _picture(clean(workspace), sketch.nodes, best, notes=notes, live=False)


def _kind(resource_type: str) -> str:
    known = kind_of_type(resource_type)
    return known.name if known else resource_type


def _instances(pairs: Pairs, instances: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Every instance of the one resource before every instance of the other, as Terraform orders them."""
    for dependent, dependency in pairs:
        for sooner in instances.get(dependent, ()):
            for later in instances.get(dependency, ()):
                yield sooner, later


def _by_kind(nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    of_kind: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        of_kind[node.kind].append(node.key)
    for kind, later in of_kind.items():
        for sooner in KINDS[kind].after if kind in KINDS else ():
            for dependent in of_kind.get(sooner, ()):
                yield from ((dependent, dependency) for dependency in later)


def _join(best: dict[tuple[str, str], EdgeSource], pair: tuple[str, str], source: EdgeSource) -> None:
    """Between two nodes only the most trusted arrow is kept."""
    if pair[0] != pair[1]:
        best[pair] = min(source, best.get(pair, source))


def _picture(
    workspace: str,
    nodes: Sequence[Node],
    best: Mapping[tuple[str, str], EdgeSource],
    *,
    notes: tuple[str, ...],
    live: bool,
) -> Picture:
    implied = _implied(best)
    arrows = (Arrow(a, b, source, implied=(a, b) in implied) for (a, b), source in best.items())
    place = {node.key: number for number, node in enumerate(nodes)}
    ordered = sorted(arrows, key=lambda arrow: (place[arrow.dependent], place[arrow.dependency]))
    return Picture(workspace, tuple(nodes), tuple(ordered), notes, live)


def _implied(best: Mapping[tuple[str, str], EdgeSource]) -> frozenset[tuple[str, str]]:
    """Arrows that a longer way says as well. What was observed is always drawn; a circle implies nothing."""
    behind: dict[str, list[str]] = defaultdict(list)
    for dependent, dependency in best:
        behind[dependent].append(dependency)
    bits = {key: 1 << number for number, key in enumerate({key for pair in best for key in pair})}
    reach = dict.fromkeys(bits, 0)
    moved = True
    while moved:
        moved = False
        for key, nexts in behind.items():
            new = reach[key]
            for other in nexts:
                new |= bits[other] | reach[other]
            moved, reach[key] = moved or new != reach[key], new
    return frozenset(
        (a, c)
        for (a, c), source in best.items()
        if source is not EdgeSource.OBSERVED
        and any(b != c and reach[b] & bits[c] and not reach[b] & bits[a] for b in behind[a])
    )
