"""Drawings of who holds whom: each is a function of the picture, and one line in DRAWINGS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from types import MappingProxyType

from janitor.reports import graph_dot, graph_mermaid, html
from janitor.reports.picture import Node, Picture

VERSION = 1


def schema() -> str:
    """The JSON Schema of the graph."""
    return files("janitor.reports").joinpath("schema/graph.schema.json").read_text(encoding="utf-8")


def render_json(picture: Picture) -> str:
    """Every node and every arrow, also those that others imply, as one JSON document in ASCII."""
    return json.dumps(document(picture), indent=2) + "\n"


def document(picture: Picture) -> Mapping[str, object]:
    """The picture as plain values."""
    return {
        "version": VERSION,
        "workspace": picture.workspace,
        "live": picture.live,
        "nodes": [_node(node) for node in picture.nodes],
        "edges": [
            {
                "from": arrow.dependent,
                "to": arrow.dependency,
                "source": arrow.source.name.lower(),
                "implied": arrow.implied,
            }
            for arrow in picture.arrows
        ],
        "notes": list(picture.notes),
    }


def _node(node: Node) -> Mapping[str, object]:
    return {
        "key": node.key,
        "scope": node.scope,
        "kind": node.kind,
        "id": node.id,
        "name": node.name,
        "address": node.address,
        "outcome": node.outcome,
    }


DRAWINGS: Mapping[str, Callable[[Picture], str]] = MappingProxyType(
    {
        "dot": graph_dot.render,
        "mermaid": graph_mermaid.render,
        "html": html.render_graph,
        "json": render_json,
    }
)
