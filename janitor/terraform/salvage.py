"""A JSON reader that stops where the text was cut and says what is whole.

Never completes anything: a string, number or word that touches the cut is dropped, and every container that the cut
goes through is a `Cut`. What the C parser accepts is taken from it, so a large wreck costs little more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Cut:
    """A container that was not closed: what stood in it whole; a last member that was cut is a `Cut` itself."""

    members: dict[str, object] = field(default_factory=dict)  # of an object
    items: tuple[object, ...] = ()  # of an array


@dataclass(frozen=True, slots=True)
class Decoded:
    """A value and where the text went on after it."""

    value: object
    end: int


def decode(text: str) -> Iterator[object]:
    """The values that stand one after the other in `text`; the last one is a `Cut` when it does not end."""
    position = _skip(text, 0)
    while position < len(text):
        decoded = _value(text, position, 0)
        if decoded is None:
            return
        yield decoded.value
        if isinstance(decoded.value, Cut):
            return
        position = _skip(text, decoded.end)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _value(text: str, position: int, depth: int) -> Decoded | None:
    """The value at `position`; None when nothing whole stands there."""
    try:
        value, end = _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):
        opening = text[position : position + 1]
        if opening == "{" and depth < _DEEPEST:
            return Decoded(_object(text, position + 1, depth), len(text))
        if opening == "[" and depth < _DEEPEST:
            return Decoded(_array(text, position + 1, depth), len(text))
        return None
    # `12` may be the beginning of `123`: only a delimiter proves that a number has ended.
    if end == len(text) and not isinstance(value, str | dict | list):
        return None
    return Decoded(value, end)


def _object(text: str, position: int, depth: int) -> Cut:
    members: dict[str, object] = {}
    while True:
        position = _skip(text, position)
        key = _value(text, position, depth) if text[position : position + 1] == '"' else None
        if key is None:
            return Cut(members=members)
        position = _skip(text, key.end)
        if text[position : position + 1] != ":":
            return Cut(members=members)
        value = _value(text, _skip(text, position + 1), depth + 1)
        if value is None:
            return Cut(members=members)
        members[str(key.value)] = value.value
        position = _skip(text, value.end)
        if isinstance(value.value, Cut) or text[position : position + 1] != ",":
            return Cut(members=members)
        position += 1


def _array(text: str, position: int, depth: int) -> Cut:
    items: list[object] = []
    while True:
        value = _value(text, _skip(text, position), depth + 1)
        if value is None:
            return Cut(items=tuple(items))
        items.append(value.value)
        position = _skip(text, value.end)
        if isinstance(value.value, Cut) or text[position : position + 1] != ",":
            return Cut(items=tuple(items))
        position += 1
