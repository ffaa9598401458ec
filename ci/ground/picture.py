"""A picture of what a command said in a terminal, as SVG: for the README, from a real run, and without a web font."""

from __future__ import annotations

import io
import re
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WIDTH = 108
FIRST, LAST = 6, 4
"""How many of the objects that went one after the other are shown."""
GONE = re.compile(r"^\[[^]]+ s\] gone ")
VERDICT = re.compile(r"^workspace .*: proved empty.*|^exit code 0.*")
OUTCOMES = re.compile(r"^  (deleted|absent)\b")
CLOCK = re.compile(r"^\[[^]]+ s\]")
WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def draw(command: str, said: str, path: Path) -> None:
    """Write the picture of a terminal in which `command` has said that."""
    console = Console(record=True, file=io.StringIO(), width=WIDTH, force_terminal=True, color_system="truecolor")
    console.print(Text("$ ", style="green") + Text(command, style="bold"))
    for line in _shortened(said.rstrip().splitlines()):
        text = Text(line)
        text.highlight_regex(CLOCK, "dim")
        text.highlight_regex(OUTCOMES, "cyan")
        text.highlight_regex(VERDICT, "bold green")
        console.print(text, no_wrap=True, overflow="ellipsis")
    drawn = WEB_FONT.sub("", console.export_svg(title="janitor", unique_id="run"))
    path.write_text("\n".join(line.rstrip() for line in drawn.splitlines()) + "\n", encoding="utf-8")


def _shortened(lines: list[str]) -> Iterator[str]:
    """The lines; of many objects that went, the first and the last ones."""
    for gone, group in groupby(lines, key=lambda line: bool(GONE.match(line))):
        members = list(group)
        hidden = len(members) - FIRST - LAST
        if not gone or hidden <= 1:
            yield from members
            continue
        yield from members[:FIRST]
        yield f"           … {hidden} more"
        yield from members[-LAST:]
