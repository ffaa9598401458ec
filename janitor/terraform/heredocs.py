"""Texts of several lines (`<<EOT`, `<<-EOT`) as HCL reads them: which lines are theirs, and where their margin is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"<<(?P<flush>-?)(?P<word>[A-Za-z][\w.-]*)\r?\n")
_BRACES = re.compile(r"\$\$\{|%%\{|[$%]\{|[{}]")


@dataclass(frozen=True, slots=True)
class Heredoc:
    """What stands between its markers. `torn`: an expression goes over a line's end, so the margin is not clear."""

    text: str
    end: int  # where the text went on behind its last marker
    torn: bool = False


def heredoc_at(text: str, at: int = 0) -> Heredoc | None:
    """The heredoc that begins there; None for a string that only begins like one, which has no line's end."""
    opening = _OPENING.match(text, at)
    if opening is None:
        return None
    closing = re.compile(rf"^[ \t]*{re.escape(opening['word'])}(?![\w.-])", re.MULTILINE)
    match = closing.search(text, opening.end())
    if match is None:
        return None
    body = text[opening.end() : match.start()]
    if not opening["flush"]:
        return Heredoc(body, match.end())
    lines = body.splitlines(keepends=True)
    return Heredoc("".join(_flushed(lines)), match.end(), torn=any(_depth(line) for line in lines))


def _flushed(lines: list[str]) -> list[str]:
    """Without the margin that all have; a blank line has none, and stays as it is."""
    margin = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return [line[margin:] if line.strip() else line for line in lines]


def _depth(line: str) -> int:
    """How many expressions of a line do not end on it. A brace of the text itself is none."""
    depth = 0
    for match in _BRACES.finditer(line):
        if match[0] in {"${", "%{"} or (depth and match[0] == "{"):
            depth += 1
        elif depth and match[0] == "}":
            depth -= 1
    return depth
