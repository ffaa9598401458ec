"""The picture in Graphviz' language: `dot -Tsvg`. Every word is a quoted string, and stays one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from janitor.core.model import EdgeSource, Outcome
from janitor.reports.picture import CONFIGURED, HOLDER, IN_STATE, Picture

FILLS: Mapping[str, str] = MappingProxyType(
    {
        Outcome.DELETED: "#d3f0dc",
        Outcome.ABSENT: "#e8edf1",
        Outcome.FAILED: "#ffd7d3",
        Outcome.BLOCKED: "#ffe2c2",
        Outcome.KEPT: "#d6e6fb",
        Outcome.PLANNED: "#e6dcfa",
        Outcome.UNVERIFIED: "#fff0b8",
        HOLDER: "#fbdcee",
        IN_STATE: "#e6dcfa",
        CONFIGURED: "#e8edf1",
    }
)
STROKES: Mapping[EdgeSource, str] = MappingProxyType(
    {
        EdgeSource.OBSERVED: 'color="#1f2933"',
        EdgeSource.STATE: 'color="#5b6b7b"',
        EdgeSource.CONFIG: 'color="#5b6b7b", style=dashed',
        EdgeSource.KIND: 'color="#9aa7b3", style=dotted, constraint=false',
    }
)


def render(picture: Picture) -> str:
    """The picture as a digraph."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield "digraph janitor {"
    yield f"  label={quoted(f'workspace {picture.workspace}: who holds whom')};"
    yield '  labelloc="t"; rankdir="LR"; ranksep=0.6; nodesep=0.15;'
    yield '  node [shape=box, style="rounded,filled", fontsize=10, height=0.3, margin="0.12,0.04"];'
    yield "  edge [arrowsize=0.6];"
    for node in picture.nodes:
        label = "\n".join(filter(None, (f"{node.kind.replace('_', ' ')} · {node.outcome}", node.title)))
        tip = node.id or node.address
        yield f'  {node.key} [label={quoted(label)}, tooltip={quoted(tip)}, fillcolor="{FILLS[node.outcome]}"];'
    for arrow in picture.drawn:
        tip = quoted(arrow.source.name.lower())
        yield f"  {arrow.dependent} -> {arrow.dependency} [{STROKES[arrow.source]}, tooltip={tip}];"
    yield "}"


def quoted(text: str) -> str:
    r"""A quoted string that shows `text`: in labels a backslash is an escape, and `&…;` an entity."""
    shown = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n")
    return f'"{shown}"'
