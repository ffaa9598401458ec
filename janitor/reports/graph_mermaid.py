"""The picture in Mermaid's language, which GitLab and GitHub draw in comments. Words cannot end their label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from janitor.core.model import EdgeSource
from janitor.core.text import counted
from janitor.reports.graph_dot import FILLS
from janitor.reports.picture import Arrow, Picture

MOST_ARROWS = 500
"""Mermaid draws no more (`maxEdges`) unless the page that shows it says so."""

_PLAIN = re.compile(r"[^A-Za-z0-9 ._,/-]")
_ARROWS = {EdgeSource.OBSERVED: "==>", EdgeSource.STATE: "-->", EdgeSource.CONFIG: "-->", EdgeSource.KIND: "-.->"}


def render(picture: Picture) -> str:
    """The picture as a flowchart."""
    return "\n".join(_lines(picture)) + "\n"


def _lines(picture: Picture) -> Iterator[str]:
    yield "flowchart LR"
    for node in picture.nodes:
        yield f'  {node.key}["{escaped(node.kind.replace("_", " "))}<br/>{escaped(node.title)}"]:::{node.outcome}'
    arrows = _fitting(picture.drawn)
    for arrow in arrows:
        source = arrow.source.name.lower()
        yield f"  {arrow.dependent} {_ARROWS[arrow.source]}|{source}| {arrow.dependency}"
    if left_out := len(picture.drawn) - len(arrows):
        yield f"  %% {counted(left_out, 'less trusted arrow')} left out: Mermaid draws {MOST_ARROWS}"
    for outcome in sorted({node.outcome for node in picture.nodes}):
        yield f"  classDef {outcome} fill:{FILLS[outcome]},stroke:#5b6b7b,color:#1f2933"


def _fitting(arrows: tuple[Arrow, ...]) -> tuple[Arrow, ...]:
    """As many as can be drawn, the most trusted ones, in their order."""
    trusted = set(sorted(range(len(arrows)), key=lambda number: (arrows[number].source, number))[:MOST_ARROWS])
    return tuple(arrow for number, arrow in enumerate(arrows) if number in trusted)


def escaped(text: str) -> str:
    """Text as Mermaid's entities: no quote, bracket or directive survives as itself."""
    return _PLAIN.sub(lambda match: f"#{ord(match[0])};", text)
