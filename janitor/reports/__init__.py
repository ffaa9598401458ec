"""Renderings of a run: each format is one module with `render(report) -> str` and one line in FORMATS.

A report is a function of the RunReport and nothing else; what it shows of a cloud went through `core.text.clean`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from janitor.core.outcome import RunReport
from janitor.reports import html, json, junit, markdown, text

FORMATS: Mapping[str, Callable[[RunReport], str]] = MappingProxyType(
    {
        "text": text.render,
        "json": json.render,
        "junit": junit.render,
        "html": html.render,
        "markdown": markdown.render,
    }
)
