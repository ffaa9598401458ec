"""Texts of several lines (`<<EOT`, `<<-EOT`) as HCL reads them: which lines are theirs, and where their margin is.

To terraform and tofu, space behind the marker that ends one is nothing (hclsyntax/scan_tokens.rl, heredocNewline).
python-hcl2 does not see such an end, reads on to the next one of that word, and drops every block between them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING = re.compile(r"<<(?P<flush>-?)(?P<word>[A-Za-z][\w.-]*)\r?\n")
_SPACE = r"[^\S\n]"
_BRACES = re.compile(r"\$\$\{|%%\{|[$%]\{|[{}]")


class UncertainEndError(ValueError):
    """A line may end a heredoc, or stand in another one: what follows may be lost."""


@dataclass(frozen=True, slots=True)
class Heredoc:
    """What stands between its markers. `torn`: an expression goes over a line's end, so the margin is not clear."""

    text: str
    end: int  # where the text went on behind its last marker
    torn: bool = False


def with_bare_ends(text: str) -> str:
    """The text of a file without the space behind the ends of its heredocs.

    Raises UncertainEndError where a line may be such an end that nobody can be sure of.
    """
    cuts: list[tuple[int, int]] = []
    words: set[str] = set()
    opening = _OPENING.search(text)
    while opening is not None:
        words.add(re.escape(opening["word"]))
        end = re.compile(rf"^{_SPACE}*{re.escape(opening['word'])}(?P<space>{_SPACE}*)$", re.MULTILINE)
        closing = end.search(text, opening.end())
        if closing is not None and closing["space"].strip("\r"):
            cuts.append((closing.start("space"), closing.end("space") - closing["space"].endswith("\r")))
        opening = _OPENING.search(text, opening.end() if closing is None else closing.end())
    for begin, until in reversed(cuts):
        text = text[:begin] + text[until:]
    if words and re.search(rf"^{_SPACE}*(?:{'|'.join(sorted(words))})(?!\r?$){_SPACE}+$", text, re.MULTILINE):
        raise UncertainEndError("space stands behind what may be the end of a heredoc: take it away")
    return text


def heredoc_at(text: str, at: int = 0, *, quoted: bool = False) -> Heredoc | None:
    """The heredoc that begins there; None for a string that only begins like one, which has no line's end.

    `quoted`: a quote ends it, as python-hcl2 writes one that stands in an expression.
    """
    opening = _OPENING.match(text, at)
    if opening is None:
        return None
    behind = '"' if quoted else r"\r?$"
    match = re.compile(rf"^[ \t]*{re.escape(opening['word'])}(?={behind})", re.MULTILINE).search(text, opening.end())
    if match is None:
        return None
    body = text[opening.end() : match.start()]
    if not opening["flush"]:
        return Heredoc(body, match.end())
    lines = [f"{line}\n" for line in body.split("\n")[:-1]]
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
