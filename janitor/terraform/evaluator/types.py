"""A value in the type that its variable declares: converted, completed, or a hole; never refused."""

from __future__ import annotations

from collections.abc import Mapping

from janitor.terraform.evaluator import syntax, tree
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.values import Set, Value, known, number_of, text_of, truth, unified
from janitor.terraform.hcl import Code, Template

_PRIMITIVE = {"string": text_of, "number": number_of, "bool": truth}
_ANY = tree.Name("any")


def is_primitive(declared: object) -> bool:
    """Whether a value from outside HCL is taken as the text that it is. A variable without a type takes text."""
    return declared is None or _text(declared) in _PRIMITIVE


def converted(value: Value, declared: object) -> Value:
    """The value in the declared type. Raises Hole."""
    return value if declared is None else _into(value, syntax.expression(_text(declared)))


def _text(declared: object) -> str:
    return declared.text.strip() if isinstance(declared, Code | Template) else ""


def _into(value: Value, kind: tree.Node) -> Value:
    if isinstance(value, Hole) or value is None:
        return value
    match kind:
        case tree.Name("any"):
            return value
        case tree.Name(name) if name in _PRIMITIVE:
            return _PRIMITIVE[name](value)
        case tree.Name(("list" | "set" | "map") as name):
            return _collection(value, name, _ANY)
        case tree.Call(("list" | "set" | "map") as name, (inner,)):
            return _collection(value, name, inner)
        case tree.Call("tuple", (tree.Items(kinds),)) if isinstance(value, list) and len(value) == len(kinds):
            return [_into(item, inner) for item, inner in zip(value, kinds, strict=True)]
        case tree.Call("object", (tree.Members(members),)) if isinstance(value, Mapping):
            return {name: _attribute(value, name, inner) for key, inner in members for name in (_name(key),)}
    raise Hole("a value of another type than is declared")


def _collection(value: Value, name: str, inner: tree.Node) -> Value:
    if name == "map":
        if not isinstance(value, Mapping):
            raise Hole("a map that is none")
        return dict(zip(value, _elements(list(value.values()), inner), strict=True))
    if not isinstance(value, list):
        raise Hole("a list that is none")
    items = _elements(value, inner)
    return Set.of(items) if name == "set" else items


def _elements(items: list[Value], inner: tree.Node) -> list[Value]:
    converted_items = [_into(item, inner) for item in items]
    return unified(converted_items) if inner == _ANY else converted_items


def _attribute(value: Mapping[str, Value], name: str, kind: tree.Node) -> Value:
    if not isinstance(kind, tree.Call) or kind.name != "optional":
        if name not in value:
            raise Hole(f"the attribute {name} is not given")
        return _into(value[name], kind)
    inner, *default = kind.arguments
    given = value.get(name)
    if given is None and default:
        return _into(literal(default[0]), inner)
    return _into(given, inner)


def literal(node: tree.Node) -> Value:
    """A tree without names as a value; a default inside a type. Raises Hole."""
    match node:
        case tree.Literal(value):
            return value
        case tree.Items(items):
            return [literal(item) for item in items]
        case tree.Members(members):
            return {_name(key): literal(value) for key, value in members}
        case tree.Operation("-", (operand,)):
            return -number_of(literal(operand))
    raise Hole("a default that is no literal")


def _name(key: tree.Node) -> str:
    if isinstance(key, tree.Literal):
        return text_of(known(key.value))
    raise Hole("a key that is no literal")
