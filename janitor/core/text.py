"""Words from outside, made fit for a terminal, a CI log and a report: everything a cloud or a state says passes here.

A name is whatever somebody typed into an API: it may move the cursor, forge a line, or be a command to the CI that
shows the log. What comes out is one line of printable text; HTML, XML and markdown are escaped by their formats.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 1000

_ANSI = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC: titles, hyperlinks
    r"|[\x1b\x9b][PX^_][^\x1b]*(?:\x1b\\)?"  # DCS and its family
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor
    r"|\x1b[ -/]*[0-~]?"
)
_SPACE = re.compile(r"\s+")
# GitHub reads `::name::` at the begin of a line and `##[name]` anywhere in it; Azure reads `##vso[`.
_BEGINS = re.compile(r"^:(?=:)")
_ANYWHERE = re.compile(r"#(?=#\w*\[)")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format (bidi, zero width), surrogates, unassigned


def clean(value: object, *, longest: int = LONGEST) -> str:
    """One printable line, without terminal codes, invisible characters and commands to a CI; "" for None."""
    if value is None:
        return ""
    text = _ANSI.sub("", str(value))
    text = _SPACE.sub(" ", text)
    if not (text.isascii() and text.isprintable()):  # nearly all that a cloud says is
        text = "".join(_shown(character) for character in text)
    text = text.strip()
    text = _ANYWHERE.sub("# ", _BEGINS.sub(": ", text))
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _shown(character: str) -> str:
    if character.isascii():
        return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _INVISIBLE else character


def counted(number: int, noun: str) -> str:
    """`1 server`, `2 servers`, `2 security groups`: kinds are the field's nouns in snake_case."""
    words = noun.replace("_", " ")
    if number == 1:
        return f"1 {words}"
    if words.endswith("y") and words[-2:-1] not in set("aeiou"):
        return f"{number} {words[:-1]}ies"
    return f"{number} {words}{'es' if words.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def some(words: Iterable[str], *, most: int = 5) -> str:
    """The first few, and how many more there are."""
    listed = list(words)
    rest = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {rest} more" if rest > 0 else "")
