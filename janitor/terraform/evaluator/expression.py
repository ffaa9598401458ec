"""Trees of HCL → values. An element that cannot be known stays a Hole in its list or map, so that the rest can be used.

A hole is never filled with a guess; whatever has to look at one raises it. Runs nothing and reads no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count

from janitor.terraform.evaluator import syntax, tree
from janitor.terraform.evaluator.functions import FUNCTIONS, TEXTS
from janitor.terraform.evaluator.hole import Hole, Missing
from janitor.terraform.evaluator.tree import Node
from janitor.terraform.evaluator.values import (
    LONGEST,
    Lazy,
    Number,
    Set,
    Value,
    bounded,
    equal,
    known,
    number_of,
    same_type,
    step_into,
    text_of,
    truth,
    unified,
)

Lookup = Callable[[str], Value]
"""The value of a name at the beginning of a traversal (`var`, `local`, a resource type …). Raises Hole."""

_FAULTS = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)
_MOST_STEPS = 50_000
_expression = lru_cache(maxsize=4096)(syntax.expression)
_template = lru_cache(maxsize=4096)(syntax.template)


def evaluate(text: str, lookup: Lookup) -> Value:
    """The value of an expression. Raises Hole."""
    try:
        return _Evaluation(lookup).known(_expression(text))
    except RecursionError as error:
        raise Hole("an expression that is too deep") from error


def template(text: str, lookup: Lookup, *, quoted: bool = True) -> Value:
    """The value of what stands between the quotes of a string; `"${x}"` alone keeps the type of `x`. Raises Hole."""
    try:
        return _Evaluation(lookup).known(_template(text, quoted=quoted))
    except RecursionError as error:
        raise Hole("a string that is too deep") from error


def fragments(text: str, lookup: Lookup, *, quoted: bool = True) -> tuple[str, ...]:
    """The texts between the holes of a string: of `a-${x}-b`, where nobody knows x, `a-` and `-b`. Raises Hole."""
    try:
        return _Evaluation(lookup).fragments(_template(text, quoted=quoted))
    except RecursionError as error:
        raise Hole("a string that is too deep") from error


@dataclass(frozen=True, slots=True)
class _Evaluation:
    lookup: Lookup
    names: Mapping[str, Value] = field(default_factory=dict)  # of `for`
    steps: Iterator[int] = field(default_factory=count)  # of the whole expression
    strict: bool = False  # inside a try(): nothing may stay open

    def known(self, node: Node) -> Value:
        return known(self.value(node))

    def open(self, node: Node) -> Value:
        """The value of an element: a Hole is one, too. What terraform refuses, it refuses as a whole."""
        if self.strict:
            return self.known(node)
        try:
            return self.value(node)
        except Missing:
            raise
        except Hole as hole:
            return hole

    def value(self, node: Node) -> Value:
        if next(self.steps) > _MOST_STEPS:
            raise Hole("an expression that takes too long")
        match node:
            case tree.Call("try", arguments):
                return self.tried(arguments)
            case tree.Call():
                return self.called(node)
            case tree.For():
                return self.looped(node)
        return self.plain(node)

    def plain(self, node: Node) -> Value:
        match node:
            case tree.Literal(value):
                return text_of(value) if isinstance(value, str) else value
            case tree.Text(parts):
                return self.text(parts)
            case tree.Name(name):
                return self.names[name] if name in self.names else self.lookup(name)
            case tree.Step(target, key):
                return step_into(self.known(target), self.known(key))
            case tree.Splat(target, keys):
                return [self.stepped(element, keys) for element in _elements(self.known(target))]
            case tree.Operation(mark, operands):
                return _operate(mark, [self.known(operand) for operand in operands])
            case tree.Conditional(test, first, second):
                return self.chosen(first, second) if truth(self.known(test)) else self.chosen(second, first)
            case tree.Items(items):
                return [self.open(item) for item in items]
            case tree.Members(members):
                return {text_of(self.known(key)): self.open(value) for key, value in members}
        raise Hole("an expression that is not understood")

    def text(self, parts: tuple[Node, ...]) -> Value:
        values = [self.known(part) for part in parts]
        if len(values) == 1:
            return values[0]
        texts = [text_of(value) for value in values]
        if sum(map(len, texts)) > LONGEST:
            raise Hole("a text that is too long")
        return text_of("".join(texts))

    def fragments(self, node: Node) -> tuple[str, ...]:
        found = [""]
        for part in node.parts if isinstance(node, tree.Text) else (node,):
            try:
                found[-1] += text_of(self.known(part))
            except Hole:
                found.append("")
        return tuple(found)

    def chosen(self, node: Node, other: Node) -> Value:
        """The value of one branch, in the type of both where both can be known."""
        value = self.known(node)
        try:
            rest = self.known(other)
        except Hole:
            return text_of(value) if _is_text(other) and value is not None else value
        if not isinstance(value, list | Mapping) or not isinstance(rest, list | Mapping):
            return unified([value, rest])[0]
        if isinstance(value, Set) != isinstance(rest, Set):
            raise Hole("a list or a set, which become one of the two")
        if not value:
            return value  # nothing in it has a type that the other branch could change
        if not same_type(item for item in (*_items(value), *_items(rest)) if item is not None):
            raise Hole("two lists or maps of several types, which may become one")
        return value

    def stepped(self, element: Value, keys: tuple[Node, ...]) -> Value:
        try:
            for key in keys:
                element = step_into(known(element), self.known(key))
        except Missing:
            raise
        except Hole as hole:
            return hole
        return element

    def tried(self, arguments: tuple[Node, ...]) -> Value:
        """The first that terraform can evaluate, too; where that is not known, nothing is."""
        strict = replace(self, strict=True)
        for argument in arguments:
            try:
                return _wholly_known(strict.known(argument))
            except Missing:
                continue
        raise Missing("nothing of a try() can be evaluated")

    def called(self, node: tree.Call) -> Value:
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise Hole(f"the function {node.name} is not known")
        arguments = [self.known(argument) for argument in node.arguments]
        if node.spread:
            last = arguments.pop()
            arguments += [known(item) for item in last] if isinstance(last, list) else [last]
        try:
            return known(function(*arguments))
        except _FAULTS as error:
            raise Hole(f"{node.name}() cannot be evaluated") from error

    def looped(self, node: tree.For) -> Value:
        items: list[Value] = []
        members: dict[str, Value] = {}
        groups: dict[str, list[Value]] = {}
        for pair in _pairs(self.known(node.over)):
            names = dict(zip(node.names, pair[-len(node.names) :], strict=True))
            inner = replace(self, names={**self.names, **names})
            if node.test is not None and not truth(inner.known(node.test)):
                continue
            if node.key is None:
                items.append(inner.open(node.value))
                continue
            key = text_of(inner.known(node.key))
            if node.grouped:
                groups.setdefault(key, []).append(inner.open(node.value))
            elif key in members:
                raise Hole("a key that stands there twice")
            else:
                members[key] = inner.open(node.value)
        return items if node.key is None else groups if node.grouped else members


def _pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    if isinstance(value, Mapping):
        yield from ((key, value[key]) for key in sorted(value))
    elif isinstance(value, Set):
        yield from ((item, item) for item in value)
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


def _is_text(node: Node) -> bool:
    """Whether an expression of which nothing is known is text all the same."""
    match node:
        case tree.Conditional(_, first, second):
            return _is_text(first) or _is_text(second)
        case tree.Text(parts):
            return len(parts) > 1 or _is_text(parts[0])
        case tree.Call(name):
            return name in TEXTS
    return False


def _items(value: list[Value] | Mapping[str, Value]) -> Iterable[Value]:
    return value.values() if isinstance(value, Mapping) else value


def _wholly_known(value: Value) -> Value:
    """The value, without a hole anywhere in it; what is lazy may have one. Raises Hole."""
    if isinstance(value, Lazy):
        raise Hole("something of which not all is known")
    for inner in _items(value) if isinstance(value, list | Mapping) else ():
        _wholly_known(known(inner))
    return value


def _operate(mark: str, operands: list[Value]) -> Value:
    if mark == "!":
        return not truth(operands[0])
    if mark == "-" and len(operands) == 1:
        return -number_of(operands[0])
    left, right = operands
    if mark in {"&&", "||"}:
        both = (truth(left), truth(right))
        return all(both) if mark == "&&" else any(both)
    if mark in {"==", "!="}:
        return equal(left, right) == (mark == "==")
    return _reckon(mark, number_of(left), number_of(right))


def _reckon(mark: str, a: Number, b: Number) -> Value:
    if mark in {"<", ">", "<=", ">="}:
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[mark]
    if isinstance(a, float) or isinstance(b, float):
        raise Hole("a reckoning with fractions")
    if mark in {"/", "%"}:
        if b == 0 or (mark == "/" and a % b):
            raise Hole("a division that leaves something")
        return a // b if mark == "/" else a - b * _towards_zero(a, b)
    return bounded({"+": a + b, "-": a - b, "*": a * b}[mark])


def _towards_zero(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
