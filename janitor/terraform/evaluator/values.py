"""The values of HCL as the small evaluator holds them: text, numbers, truth, null, lists, sets, maps, and what is lazy.

A number is an `int`, or a `float` that stands in the text as it is: nothing is computed that a float would round.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from janitor.terraform.evaluator.hole import Hole, Missing

Value = object
Number = int | float
LONGEST = 1 << 20
_LARGEST = 10**100
_DIGITS = 15
_NUMBER = re.compile(r"-?\d+(?P<fraction>\.\d+)?(?P<exponent>[eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Lazy:
    """A value whose attributes are asked for one by one."""

    attribute: Callable[[str], Value]


class Set(list[Value]):
    """A set: each element once, in the order in which terraform goes through it."""

    @classmethod
    def of(cls, items: Iterable[Value]) -> Set:
        """The elements in one type. Raises Hole where one cannot be known, or is no text, number or truth."""
        same = unified(items)
        if not all(isinstance(item, str | int | float) for item in same):
            raise Hole("a set of something else than text, numbers or truth")
        texts = {text_of(item): item for item in same}
        return cls(sorted(texts.values()))  # type: ignore[type-var]


def known(value: Value) -> Value:
    """The value itself; raises the Hole that it is."""
    if isinstance(value, Hole):
        raise value
    return value


def text_of(value: Value) -> str:
    """A value as terraform writes it into a string. Raises Hole for what has no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return normal(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _fraction(value)
    raise Hole("a value without a text")


def normal(text: str) -> str:
    """Every string of terraform's is composed (NFC); one without a measure is nobody's name."""
    if len(text) > LONGEST:
        raise Hole("a text that is too long")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def number_of(value: Value) -> Number:
    """A number, also one that stands in a string. Raises Hole."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return bounded(value)
    match = _NUMBER.fullmatch(value) if isinstance(value, str) and len(value) <= LONGEST else None
    if match is None:
        raise Hole("a number that is none")
    if match["fraction"] or match["exponent"]:
        return bounded(float(match[0]))
    return bounded(int(match[0])) if len(match[0]) < len(str(_LARGEST)) else bounded(_LARGEST)


def bounded(number: Number) -> Number:
    """A number as an `int` where it is whole. Raises Hole where it is too large to be meant."""
    if not -_LARGEST < number < _LARGEST:
        raise Hole("a number that is too large")
    return int(Decimal(repr(number))) if isinstance(number, float) and number.is_integer() else number


def whole(value: Value) -> int:
    """A whole number. Raises Hole."""
    number = number_of(value)
    if isinstance(number, float):
        raise Hole("a number that is not whole")
    return number


def truth(value: Value) -> bool:
    """True or false, also where it stands in a string. Raises Hole."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in {"true", "false"}:
        return value == "true"
    raise Hole("a condition that is neither true nor false")


def unified(items: Iterable[Value]) -> list[Value]:
    """The elements of one list or map in one type: mixed with text, everything is text. Raises Hole."""
    every = [known(item) for item in items]
    plain = [item for item in every if item is not None]
    if same_type(plain) and len({_shape(item) for item in plain}) <= 1:
        return every
    return [None if item is None else text_of(item) for item in every]


def same_type(items: Iterable[Value]) -> bool:
    """Whether all are of one type, as far as it can be seen. Raises Hole."""
    return len({_type(known(item)) for item in items}) <= 1


def equal(left: Value, right: Value) -> bool:
    """Equality as HCL has it: `1` is not `"1"`. Lists and maps have types that nobody sees here. Raises Hole."""
    types = {_type(known(left)), _type(known(right))}
    if types & {list, dict, Lazy} and None not in types:
        raise Hole("a comparison of something that is no text, number or truth")
    return len(types) == 1 and left == right


def step_into(value: Value, key: Value) -> Value:
    """An attribute or element of a value. Raises Hole."""
    if isinstance(value, Lazy):
        return known(value.attribute(text_of(key)))
    if isinstance(value, Mapping):
        name = text_of(key)
        if name in value:
            return known(value[name])
        raise Missing("an element that is not there")
    if isinstance(value, list) and not isinstance(value, Set):
        place = number_of(key)
        if isinstance(place, int) and 0 <= place < len(value):
            return known(value[place])
    raise Missing("an element that is not there")


def _type(value: Value) -> type | None:
    if value is None:
        return None
    if isinstance(value, float):
        return int
    return next((one for one in (bool, str, int, list, Lazy) if isinstance(value, one)), dict)


def _shape(value: Value) -> object:
    """The types inside a list or map: two of one shape stay as they are where they come into one list."""
    if isinstance(value, Mapping):
        return tuple(sorted((key, repr(_shape(inner))) for key, inner in value.items()))
    if isinstance(value, list):
        return (type(value), tuple(dict.fromkeys(_shape(item) for item in value)))
    return type(value) if isinstance(value, Hole) else _type(value)


def _fraction(value: float) -> str:
    number = Decimal(repr(bounded(value)))
    if len(number.as_tuple().digits) > _DIGITS:
        raise Hole("a fraction that is longer than we reckon")
    return f"{number:f}"
