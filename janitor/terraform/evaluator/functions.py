"""The functions of HCL that names and counts are made of, as terraform computes them; every other one is a hole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from janitor.terraform.evaluator.hole import Hole, Missing
from janitor.terraform.evaluator.values import LONGEST, Set, Value, known, number_of, same_type, text_of, unified, whole

_VERB = re.compile(r"%(?P<flags>[-0]?)(?P<width>\d{0,3})(?:\.(?P<places>\d{1,2}))?(?P<verb>[sdvf%])", re.ASCII)
_LONGEST_RANGE = 1024
_LARGEST_INDEX = 1 << 31
_FRACTION, _EXPONENT = 1e-4, 1e6  # below and from here on `%v` writes an exponent


def _format(spec: Value, *values: Value) -> str:
    left = list(values)

    def fill(match: re.Match[str]) -> str:
        if match["verb"] == "%":
            return "%"
        text = _verb(match, left.pop(0))
        width = int(match["width"] or 0)
        if width and not text.isascii():
            raise Hole("the width of letters that are composed")
        if match["flags"] == "0":
            return text.zfill(width) if match["verb"] in "df" else text.rjust(width, "0")
        return text.ljust(width) if match["flags"] == "-" else text.rjust(width)

    text = text_of(spec)
    if "%" in _VERB.sub("", text):
        raise Hole("a verb of format that is not understood")
    filled = _VERB.sub(fill, text)
    if left:
        raise Hole("too many values for format")
    return filled


def _verb(match: re.Match[str], value: Value) -> str:
    if match["verb"] == "f":
        number = number_of(value)
        if isinstance(number, float) or match["places"] is None:
            raise Hole("a fraction to be rounded")
        return f"{number}.{'0' * int(match['places'])}" if int(match["places"]) else str(number)
    if match["places"] is not None:
        raise Hole("a verb of format that is not understood")
    if match["verb"] == "v" and isinstance(value, int | float) and value and not _FRACTION <= abs(value) < _EXPONENT:
        raise Hole("a number that is written with an exponent")
    return str(whole(value)) if match["verb"] == "d" else text_of(value)


def _list(value: Value) -> list[Value]:
    if isinstance(value, list):
        return list(value)
    raise Hole("a list that is none")


def _sequence(value: Value) -> list[Value]:
    if isinstance(value, list) and not isinstance(value, Set):
        return value
    raise Hole("a list that is none")


def _map(value: Value) -> dict[str, Value]:
    if isinstance(value, Mapping):
        return dict(value)
    raise Hole("a map that is none")


def _one_type(table: Mapping[str, Value]) -> dict[str, Value]:
    return dict(zip(table, unified(table.values()), strict=True))


def _merge(*maps: Value) -> dict[str, Value]:
    return {key: value for one in maps if one is not None for key, value in _map(one).items()}


def _concat(*lists: Value) -> list[Value]:
    every = [item for one in lists for item in _sequence(one)]
    if not same_type(item for item in every if item is not None):
        raise Hole("lists of several types, which may become one")
    return every


def _letters(value: Value) -> str:
    """A text in which a letter is a character. Raises Hole for one where it may be several."""
    text = text_of(value)
    if not text.isascii() or "\r" in text:
        raise Hole("letters that may be composed")
    return text


def _length(value: Value) -> int:
    if isinstance(value, list | Mapping):
        return len(value)
    if isinstance(value, str):
        return len(_letters(value))
    raise Hole("something without a length")


def _mapped(value: Value, change: Callable[[str], str]) -> str:
    """Letter by letter, as terraform does; where one becomes several, it does something else."""
    changed = [change(letter) for letter in text_of(value)]
    if any(len(letter) != 1 for letter in changed):
        raise Hole("a letter that becomes several")
    return "".join(changed)


def _replace(value: Value, old: Value, new: Value) -> str:
    text, what, instead = text_of(value), text_of(old), text_of(new)
    if len(what) > 1 and what.startswith("/") and what.endswith("/"):
        raise Hole("a regular expression")
    if (text.count(what) if what else len(text) + 1) * len(instead) > LONGEST:
        raise Hole("a text that is too long")
    if not what and not text.isascii():
        raise Hole("letters that may be composed")
    return text.replace(what, instead)


def _substr(value: Value, offset: Value, length: Value) -> str:
    text, begin, count = _letters(value), whole(offset), whole(length)
    if begin < 0:
        begin, count = begin + len(text), count or -1  # of no length, from the end, it is all of the rest
    if not 0 <= begin < _LARGEST_INDEX or not -1 <= count < _LARGEST_INDEX:
        raise Hole("a part that begins before its text")
    return text[begin:] if count == -1 else text[begin : begin + count]


def _split(separator: Value, value: Value) -> list[Value]:
    mark, text = text_of(separator), text_of(value)
    return [*text.split(mark)] if mark else [*_letters(text)]


def _element(value: Value, index: Value) -> Value:
    items, place = _sequence(value), whole(index)
    if not 0 <= place < _LARGEST_INDEX or not items:
        raise Hole("an element before the first, far behind the last, or of nothing")
    return items[place % len(items)]


def _lookup(table: Value, key: Value, *default: Value) -> Value:
    """Where default and elements are not of one type, terraform converts the one or refuses it."""
    found = _map(table)
    name = text_of(key)
    if len(default) != 1 or not same_type([*found.values(), *default]):
        raise Hole("a lookup among several types")
    return found.get(name, default[0])


def _coalesce(*values: Value) -> Value:
    """The first that is neither null nor empty, in the type of them all."""
    if any(not isinstance(value, str | int | float) for value in values if value is not None):
        raise Hole("a choice between something else than text, numbers or truth")
    for value in unified(values):
        if value is not None and value != "":
            return value
    raise Missing("nothing but null and empty texts")


def _join(separator: Value, *lists: Value) -> str:
    mark, texts = text_of(separator), [text_of(item) for one in lists for item in _list(one)]
    if sum(map(len, texts)) + len(mark) * len(texts) > LONGEST:
        raise Hole("a text that is too long")
    return mark.join(texts)


def _range(*bounds: Value) -> list[Value]:
    given = [whole(bound) for bound in bounds]
    start, end = given[:2] if len(given) > 1 else (0, given[0])
    step = given[2] if len(given) == len(("start", "end", "step")) else (1 if start <= end else -1)
    numbers = range(start, end, step)
    if len(numbers) > _LONGEST_RANGE or (end - start) * step < 0:
        raise Hole("a range that terraform refuses")
    return [*numbers]


def _slice(value: Value, start: Value, end: Value) -> list[Value]:
    items, begin, stop = _sequence(value), whole(start), whole(end)
    if not 0 <= begin <= stop <= len(items):
        raise Hole("a part that is not there")
    return items[begin:stop]


def _extreme(pick: Callable[[Iterable[int | float]], int | float]) -> Callable[..., Value]:
    return lambda *values: pick([number_of(value) for value in values])


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "coalesce": _coalesce,
    "concat": _concat,
    "element": _element,
    "format": _format,
    "join": _join,
    "keys": lambda value: sorted(_map(value)),
    "length": _length,
    "lookup": _lookup,
    "lower": lambda value: _mapped(value, str.lower),
    "max": _extreme(max),
    "merge": _merge,
    "min": _extreme(min),
    "range": _range,
    "replace": _replace,
    "slice": _slice,
    "sort": lambda value: sorted(text_of(known(item)) for item in _list(value)),
    "split": _split,
    "substr": _substr,
    "tolist": lambda value: unified(_list(value)),
    "tomap": lambda value: _one_type(_map(value)),
    "toset": lambda value: Set.of(_list(value)),
    "tostring": lambda value: value if value is None else text_of(value),
    "trimspace": lambda value: text_of(value).strip(),
    "upper": lambda value: _mapped(value, str.upper),
}
"""`try` is not among them: it looks at its arguments one after the other (`expression.py`)."""

TEXTS = frozenset({"format", "join", "lower", "replace", "substr", "tostring", "trimspace", "upper"})
"""Those that return text, whatever they are given."""
