"""Trees of HCL → values. An element that cannot be known stays a Hole in its list or map, so that the rest can be used.

A hole is never filled with a guess; whatever has to look at one raises it. Runs nothing and reads no file.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from janitor.terraform.evaluator import syntax
from janitor.terraform.evaluator.functions import FUNCTIONS, equal, text_of
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.syntax import Node

Value = object
Lookup = Callable[[str], Value]
"""The value of a name at the beginning of a traversal (`var`, `local`, a resource type …). Raises Hole."""

_FAULTS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
_expression = lru_cache(maxsize=4096)(syntax.expression)
_template = lru_cache(maxsize=4096)(syntax.template)


@dataclass(frozen=True, slots=True)
class Lazy:
    """A value whose attributes are asked for one by one."""

    attribute: Callable[[str], Value]


def evaluate(text: str, lookup: Lookup) -> Value:
    """The value of an expression. Raises Hole."""
    return _Evaluation(lookup).known(_expression(text))


def template(text: str, lookup: Lookup) -> Value:
    """The value of what stands between the quotes of a string; `"${x}"` alone keeps the type of `x`. Raises Hole."""
    return _Evaluation(lookup).known(_template(text))


def step_into(value: Value, key: Value) -> Value:
    """An attribute or element of a value. Raises Hole."""
    found: Value = Hole("an element that is not there")
    if isinstance(value, Lazy):
        found = value.attribute(text_of(key))
    elif isinstance(value, Mapping):
        found = value.get(text_of(key), found)
    elif isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value):
        found = value[key]
    return known(found)


def known(value: Value) -> Value:
    """The value itself; raises the Hole that it is."""
    if isinstance(value, Hole):
        raise value
    return value


@dataclass(frozen=True, slots=True)
class _Evaluation:
    lookup: Lookup
    names: Mapping[str, Value] = field(default_factory=dict)  # of `for`

    def known(self, node: Node) -> Value:
        return known(self.value(node))

    def open(self, node: Node) -> Value:
        """The value of an element: a Hole is one, too."""
        try:
            return self.value(node)
        except Hole as hole:
            return hole

    def value(self, node: Node) -> Value:  # noqa: C901 - one line a kind of node
        match node:
            case syntax.Literal(value):
                return value
            case syntax.Text(parts):
                values = [self.known(part) for part in parts]
                return values[0] if len(values) == 1 else "".join(text_of(value) for value in values)
            case syntax.Name(name):
                return self.names[name] if name in self.names else self.lookup(name)
            case syntax.Step(target, key):
                return step_into(self.known(target), self.known(key))
            case syntax.Splat(target, keys):
                return [self.stepped(element, keys) for element in _elements(self.known(target))]
            case syntax.Call():
                return self.called(node)
            case syntax.Operation(mark, operands):
                return _operate(mark, [self.known(operand) for operand in operands])
            case syntax.Conditional(test, first, second):
                return self.known(first if _bool(self.known(test)) else second)
            case syntax.Items(items):
                return [self.open(item) for item in items]
            case syntax.Members(members):
                return {text_of(self.known(key)): self.open(value) for key, value in members}
            case syntax.For():
                return self.looped(node)

    def stepped(self, element: Value, keys: tuple[Node, ...]) -> Value:
        try:
            for key in keys:
                element = step_into(known(element), self.known(key))
        except Hole as hole:
            return hole
        return element

    def called(self, node: syntax.Call) -> Value:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise Hole(f"the function {node.name} is not known")
        arguments = [self.known(argument) for argument in node.arguments]
        if node.spread:
            last = arguments.pop()
            arguments += [known(item) for item in last] if isinstance(last, list) else [last]
        try:
            return function(*arguments)
        except _FAULTS as error:
            raise Hole(f"{node.name}() cannot be evaluated") from error

    def looped(self, node: syntax.For) -> Value:
        items: list[Value] = []
        members: dict[str, Value] = {}
        for pair in _pairs(self.known(node.over)):
            names = dict(zip(node.names, pair[-len(node.names) :], strict=True))
            inner = _Evaluation(self.lookup, {**self.names, **names})
            if node.test is not None and not _bool(inner.known(node.test)):
                continue
            if node.key is None:
                items.append(inner.open(node.value))
                continue
            key = text_of(inner.known(node.key))
            if node.grouped:
                raise Hole("a grouping `for` is not understood")
            members[key] = inner.open(node.value)
        return items if node.key is None else members


def _pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    if isinstance(value, Mapping):
        yield from ((key, value[key]) for key in sorted(value))
    elif isinstance(value, list):
        yield from enumerate(value)
    else:
        raise Hole("a `for` over something that is no list or map")


def _elements(value: Value) -> list[Value]:
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping):
        raise Hole("a splat over a map")
    return [] if value is None else [value]


def _operate(mark: str, operands: list[Value]) -> Value:
    if mark == "!":
        return not _bool(operands[0])
    if mark == "-" and len(operands) == 1:
        return -_number(operands[0])
    left, right = operands
    if mark in {"&&", "||"}:
        both = (_bool(left), _bool(right))
        return all(both) if mark == "&&" else any(both)
    if mark in {"==", "!="}:
        return equal(left, right) == (mark == "==")
    a, b = _number(left), _number(right)
    compared = {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}
    if mark in compared:
        return compared[mark]
    if mark in {"/", "%"} and b == 0:
        raise Hole("a division by zero")
    result = {"+": a + b, "-": a - b, "*": a * b, "/": a / (b or 1), "%": math.fmod(a, b or 1)}[mark]
    return int(result) if isinstance(result, float) and result.is_integer() else result


def _bool(value: Value) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Hole("a condition that is neither true nor false")


def _number(value: Value) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str):
        try:
            return float(value) if "." in value else int(value)
        except ValueError as error:
            raise Hole("a number that is none") from error
    raise Hole("a number that is none")
