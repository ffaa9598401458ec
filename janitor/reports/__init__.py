"""Renderings of a run: each format is one module with `render(report) -> str` and one line in FORMATS.

A report is a function of the RunReport and nothing else; what it shows of a cloud went through `core.text.clean`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from janitor.core.outcome import RunReport
from janitor.reports import json, junit, markdown, text

FORMATS: Mapping[str, Callable[[RunReport], str]] = MappingProxyType(
    {
        "text": text.render,
        "json": json.render,
        "junit": junit.render,
        "markdown": markdown.render,
    }
)


def write(report: RunReport, *, name: str, path: Path) -> None:
    """Render into a file, readable by its owner alone, in one step. Raises OSError."""
    content = FORMATS[name](report)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
