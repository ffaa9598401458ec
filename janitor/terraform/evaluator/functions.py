"""The functions of HCL that names and counts are made of, as terraform computes them; every other one is a hole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from janitor.terraform.evaluator.hole import Hole

Value = object
_VERB = re.compile(r"%(?P<flags>0?)(?P<width>\d*)(?P<verb>[sdvq%])")


def text_of(value: Value) -> str:
    """A value as terraform writes it into a string. Raises Hole for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    raise Hole("a value without a text")


def equal(left: Value, right: Value) -> bool:
    """Equality as HCL has it: `1` is not `"1"`, `true` is not `1`."""
    if isinstance(left, Hole) or isinstance(right, Hole):
        raise Hole("a comparison with something unknown")
    if isinstance(left, bool) != isinstance(right, bool) or isinstance(left, str) != isinstance(right, str):
        return False
    return left == right


def _format(spec: Value, *values: Value) -> str:
    left = list(values)

    def fill(match: re.Match[str]) -> str:
        if match["verb"] == "%":
            return "%"
        value = left.pop(0)
        if match["verb"] == "d":
            text = str(_integer(value))
        elif match["verb"] == "q":
            raise Hole("a quoting verb")
        else:
            text = text_of(value)
        width = int(match["width"] or 0)
        return text.zfill(width) if match["flags"] else text.rjust(width)

    text = text_of(spec)
    if "%" in _VERB.sub("", text):
        raise Hole("a verb of format that is not understood")
    filled = _VERB.sub(fill, text)
    if left:
        raise Hole("too many values for format")
    return filled


def _list(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    raise Hole("a list that is none")


def _set(value: Value) -> list[Value]:
    """Sets are kept sorted, as terraform iterates them."""
    texts = {text_of(item): item for item in _list(value)}
    return [texts[key] for key in sorted(texts)]


def _map(value: Value) -> dict[str, Value]:
    if isinstance(value, Mapping):
        return dict(value)
    raise Hole("a map that is none")


def _merge(*maps: Value) -> dict[str, Value]:
    return {key: value for one in maps for key, value in _map(one).items()}


def _concat(*lists: Value) -> list[Value]:
    return [item for one in lists for item in _list(one)]


def _length(value: Value) -> int:
    if isinstance(value, str | list | Mapping):
        return len(value)
    raise Hole("something without a length")


def _join(separator: Value, *lists: Value) -> str:
    return text_of(separator).join(text_of(item) for one in lists for item in _list(one))


def _integer(value: Value) -> int:
    return int(text_of(value))


def _range(*bounds: Value) -> list[Value]:
    return list(range(*(_integer(bound) for bound in bounds)))


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "concat": _concat,
    "format": _format,
    "join": _join,
    "keys": lambda value: sorted(_map(value)),
    "length": _length,
    "lower": lambda value: text_of(value).lower(),
    "merge": _merge,
    "max": lambda *values: max(_integer(value) for value in values),
    "min": lambda *values: min(_integer(value) for value in values),
    "range": _range,
    "slice": lambda value, start, end: _list(value)[_integer(start) : _integer(end)],
    "sort": lambda value: sorted(text_of(item) for item in _list(value)),
    "tolist": _list,
    "tomap": _map,
    "toset": _set,
    "tostring": text_of,
    "trimspace": lambda value: text_of(value).strip(),
    "upper": lambda value: text_of(value).upper(),
}
