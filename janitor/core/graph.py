"""The order of deletion as an immutable graph: who has to be gone before whom, and how sure we are of it.

An edge runs from the dependent to its dependency; the dependent goes first. The graph never drops an OBSERVED edge:
a cycle of those is a fact about the cloud and is reported as a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from janitor.core.model import Edge, EdgeSource, Ref


@dataclass(frozen=True, slots=True)
class Graph:
    """Edges between refs; between two refs only the most trusted one is kept."""

    edges: Mapping[tuple[Ref, Ref], EdgeSource] = field(default_factory=dict)

    @staticmethod
    def of(edges: Iterable[Edge]) -> Graph:
        """Build from edges in any order; an object never depends on itself."""
        best: dict[tuple[Ref, Ref], EdgeSource] = {}
        for edge in edges:
            key = (edge.dependent, edge.dependency)
            if edge.dependent != edge.dependency:
                best[key] = min(edge.source, best.get(key, edge.source))
        return Graph(best)

    def plus(self, edges: Iterable[Edge]) -> Graph:
        """This graph with more edges."""
        return Graph.of((*self.listed(), *edges))

    def only(self, refs: Iterable[Ref]) -> Graph:
        """The edges with both ends in `refs`."""
        wanted = frozenset(refs)
        return Graph({k: s for k, s in self.edges.items() if k[0] in wanted and k[1] in wanted})

    def without(self, sources: Iterable[EdgeSource], *, touching: Iterable[Ref]) -> Graph:
        """Drop the edges of these sources that touch one of these refs."""
        dropped, refs = frozenset(sources), frozenset(touching)
        return Graph({k: s for k, s in self.edges.items() if s not in dropped or not refs.intersection(k)})

    def listed(self) -> tuple[Edge, ...]:
        """The edges, sorted."""
        return tuple(sorted(Edge(a, b, source) for (a, b), source in self.edges.items()))

    def acyclic(self) -> tuple[Graph, tuple[Edge, ...], tuple[frozenset[Ref], ...]]:
        """Break every cycle at its least trusted edge.

        Returns the graph, the edges that were dropped, and the cycles that consist of OBSERVED edges only; those
        stay in the graph, and their members can only be reported.
        """
        edges = dict(self.edges)
        dropped: list[Edge] = []
        hopeless: list[frozenset[Ref]] = []
        aside: dict[tuple[Ref, Ref], EdgeSource] = {}
        while cycle := _cycle(edges):
            pairs = list(pairwise(cycle))
            weakest = max(pairs, key=lambda pair: (edges[pair], pair))
            source = edges.pop(weakest)
            if source is EdgeSource.OBSERVED:
                hopeless.append(frozenset(cycle))
                aside[weakest] = source
            else:
                dropped.append(Edge(weakest[0], weakest[1], source))
        return Graph({**edges, **aside}), tuple(dropped), tuple(hopeless)


def _cycle(edges: Mapping[tuple[Ref, Ref], EdgeSource]) -> list[Ref]:
    """One cycle as [a, b, …, a] along the edges' direction, or an empty list."""
    sorter: TopologicalSorter[Ref] = TopologicalSorter()
    for dependent, dependency in sorted(edges):
        sorter.add(dependency, dependent)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
