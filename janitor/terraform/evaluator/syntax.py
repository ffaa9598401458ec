"""HCL expressions and templates → a tree. Knows the language, not a single value.

What it does not understand raises Hole, as everything that cannot be known does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from janitor.terraform.evaluator.hole import Hole

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_][\w-]*)
    |(?P<quote>")
    |(?P<mark>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[-+*/%<>!?:.,=(){}\[\]]))""",
    re.VERBOSE,
)
_STEP = re.compile(r"\s*(?P<name>[A-Za-z_][\w-]*|\d+|\*)")
_ESCAPE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WIDTH = {"u": 4, "U": 8}
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a word, or a string without anything in it."""

    value: object


@dataclass(frozen=True, slots=True)
class Text:
    """A string with expressions in it."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The beginning of a traversal."""

    name: str


@dataclass(frozen=True, slots=True)
class Step:
    """`.name` or `[key]` behind something."""

    target: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Splat:
    """`[*]` behind something, and the steps that follow for each element."""

    target: Node
    keys: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function; `spread`: its last argument is a list of arguments."""

    name: str
    arguments: tuple[Node, ...]
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One or two operands."""

    mark: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`test ? first : second`."""

    test: Node
    first: Node
    second: Node


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """A map or object."""

    members: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class For:
    """`[for … : …]`; with a `key`, `{for … : key => …}`."""

    names: tuple[str, ...]
    over: Node
    value: Node
    key: Node | None = None
    test: Node | None = None
    grouped: bool = False


Node = Literal | Text | Name | Step | Splat | Call | Operation | Conditional | Items | Members | For


def expression(text: str) -> Node:
    """The tree of an expression. Raises Hole for what is not understood."""
    reader = _Reader(text)
    node = reader.expression()
    if text[reader.at :].strip():
        raise Hole(f"{text[reader.at : reader.at + 20]!r} is not understood")
    return node


def template(text: str) -> Node:
    """The tree of what stands between the quotes of a string."""
    return _Reader(text).template(closed=False)


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0

    def peek(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        return (match["mark"] or match["name"] or match["number"] or match["quote"]) if match else ""

    def take(self, *wanted: str) -> bool:
        match = _TOKEN.match(self.text, self.at)
        if match and (match["mark"] or match["name"]) in wanted:
            self.at = match.end()
            return True
        return False

    def need(self, mark: str) -> None:
        if not self.take(mark):
            raise Hole(f"{mark!r} is missing at {self.text[self.at : self.at + 20]!r}")

    def identifier(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        if match is None or not match["name"]:
            raise Hole("a name is missing")
        self.at = match.end()
        return match["name"]

    def expression(self) -> Node:
        test = self.binary(0)
        if not self.take("?"):
            return test
        first = self.expression()
        self.need(":")
        return Conditional(test, first, self.expression())

    def binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.unary()
        left = self.binary(level + 1)
        while (mark := self.peek()) in _LEVELS[level] and self.take(mark):
            left = Operation(mark, (left, self.binary(level + 1)))
        return left

    def unary(self) -> Node:
        for mark in ("!", "-"):
            if self.take(mark):
                return Operation(mark, (self.unary(),))
        return self.steps(self.primary())

    def primary(self) -> Node:
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise Hole(f"{self.text[self.at : self.at + 20]!r} is not understood")
        self.at = match.end()
        if match["number"]:
            number = float(match["number"])
            return Literal(int(number) if number.is_integer() else number)
        if match["quote"]:
            return self.template(closed=True)
        if match["name"]:
            return self.named(match["name"])
        if match["mark"] == "(":
            node = self.expression()
            self.need(")")
            return node
        if match["mark"] in {"[", "{"}:
            return self.collection("]" if match["mark"] == "[" else "}")
        raise Hole(f"{match['mark']!r} is not understood")

    def named(self, name: str) -> Node:
        if name in _WORDS:
            return Literal(_WORDS[name])
        if not self.take("("):
            return Name(name)
        arguments: list[Node] = []
        spread = False
        while not self.take(")"):
            arguments.append(self.expression())
            spread = self.take("...")
            if not self.take(","):
                self.need(")")
                break
        return Call(name, tuple(arguments), spread)

    def steps(self, node: Node) -> Node:
        while True:
            key: Node
            if self.take("."):
                match = _STEP.match(self.text, self.at)
                if match is None:
                    raise Hole("a step is not understood")
                self.at = match.end()
                if match["name"] == "*":
                    return self.splat(node)
                key = Literal(int(match["name"]) if match["name"].isdigit() else match["name"])
            elif self.take("["):
                if self.take("*"):
                    self.need("]")
                    return self.splat(node)
                key = self.expression()
                self.need("]")
            else:
                return node
            node = Step(node, key)

    def splat(self, target: Node) -> Node:
        marker = Name("*")
        behind = self.steps(marker)
        keys: list[Node] = []
        while isinstance(behind, Step):
            keys.append(behind.key)
            behind = behind.target
        if behind is not marker:
            raise Hole("a splat in a splat is not understood")
        return Splat(target, tuple(reversed(keys)))

    def collection(self, end: str) -> Node:
        if self.take("for"):
            return self.loop(end)
        items: list[Node] = []
        members: list[tuple[Node, Node]] = []
        while not self.take(end):
            if end == "]":
                items.append(self.expression())
            else:
                members.append(self.member())
            if not self.take(",") and end == "]":
                self.need(end)
                break
        return Items(tuple(items)) if end == "]" else Members(tuple(members))

    def member(self) -> tuple[Node, Node]:
        match = _TOKEN.match(self.text, self.at)
        after = _TOKEN.match(self.text, match.end()) if match else None
        key: Node
        if match and match["name"] and after and after["mark"] in {"=", ":"}:
            key, self.at = Literal(match["name"]), match.end()
        else:
            key = self.expression()
        if not self.take("=", ":"):
            raise Hole("a member without a value")
        return key, self.expression()

    def loop(self, end: str) -> Node:
        names = [self.identifier()]
        if self.take(","):
            names.append(self.identifier())
        self.need("in")
        over = self.expression()
        self.need(":")
        value = self.expression()
        key: Node | None = None
        if end == "}":
            self.need("=>")
            key, value = value, self.expression()
        grouped = self.take("...")
        test = self.expression() if self.take("if") else None
        self.need(end)
        return For(tuple(names), over, value, key, test, grouped)

    def template(self, *, closed: bool) -> Node:
        if closed and self.text.startswith("<<", self.at):
            raise Hole("a heredoc inside an expression is not understood")  # python-hcl2 puts it between quotes
        parts: list[Node] = []
        plain: list[str] = []
        while True:
            rest = self.text[self.at : self.at + 3]
            if not rest:
                if closed:
                    raise Hole("a string does not end")
                break
            if closed and rest[0] == '"':
                self.at += 1
                break
            if rest in {"$${", "%%{"}:
                plain.append(rest[1:])
                self.at += 3
            elif rest.startswith(("${", "%{")):
                if rest[0] == "%" or rest.endswith("~"):
                    raise Hole("a template directive is not understood")
                parts += [Literal("".join(plain)), self.interpolation()] if plain else [self.interpolation()]
                plain = []
            else:
                plain.append(self.character())
        if not parts:
            return Literal("".join(plain))
        return Text((*parts, Literal("".join(plain))) if plain else tuple(parts))

    def interpolation(self) -> Node:
        self.at += 2
        node = self.expression()
        self.need("}")
        return node

    def character(self) -> str:
        character = self.text[self.at]
        self.at += 1
        if character != "\\":
            return character
        escape = self.text[self.at : self.at + 1]
        self.at += 1
        if escape in _WIDTH:
            digits = self.text[self.at : self.at + _WIDTH[escape]]
            self.at += len(digits)
            try:
                return chr(int(digits, 16))
            except (ValueError, OverflowError) as error:
                raise Hole("an escape is not understood") from error
        if escape not in _ESCAPE:
            raise Hole("an escape is not understood")
        return _ESCAPE[escape]
