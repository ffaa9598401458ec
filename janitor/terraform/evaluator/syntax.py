"""HCL expressions and templates → a tree. Knows the language, not a single value.

What it does not understand raises Hole, as everything that cannot be known does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.templates import TemplateReader
from janitor.terraform.evaluator.tree import (
    Call,
    Conditional,
    For,
    Items,
    Literal,
    Members,
    Name,
    Node,
    Operation,
    Splat,
    Step,
)
from janitor.terraform.evaluator.values import number_of
from janitor.terraform.heredocs import heredoc_at

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<name>[A-Za-z_][\w-]*)
    |(?P<quote>")
    |(?P<mark>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[-+*/%<>!?:.,=(){}\[\]]))""",
    re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"\s*\.\s*(?P<name>[A-Za-z_][\w-]*)")
_NUMBER = re.compile(r"\s*\.\s*\d")
_STEP = re.compile(r"\s*(?P<name>[A-Za-z_][\w-]*|\d+|\*)")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}


def expression(text: str) -> Node:
    """The tree of an expression. Raises Hole for what is not understood."""
    reader = _Reader(text)
    node = reader.expression()
    if text[reader.at :].strip():
        raise Hole(f"{text[reader.at : reader.at + 20]!r} is not understood")
    return node


def template(text: str, *, quoted: bool) -> Node:
    """The tree of what stands between the quotes of a string; not `quoted` in a heredoc or in JSON."""
    return _Reader(text).template(quoted=quoted)


class _Reader(TemplateReader):
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
            return Literal(number_of(match["number"]))
        if match["quote"]:
            return self.quoted()
        if match["name"]:
            return self.named(match["name"])
        if match["mark"] == "(":
            node = self.expression()
            self.need(")")
            return node
        if match["mark"] in {"[", "{"}:
            return self.collection("]" if match["mark"] == "[" else "}")
        raise Hole(f"{match['mark']!r} is not understood")

    def quoted(self) -> Node:
        heredoc = heredoc_at(self.text, self.at, quoted=True)  # python-hcl2 quotes those in expressions
        if heredoc is None:
            return self.string()
        self.at = heredoc.end
        if heredoc.torn or self.text[self.at : self.at + 1] != '"':
            raise Hole("a heredoc is not understood")
        self.at += 1
        return template(heredoc.text, quoted=False)

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
                    node = self.splat(node, attributes_only=True)
                    continue
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

    def splat(self, target: Node, *, attributes_only: bool = False) -> Node:
        """What follows `[*]` is of each element; of `.*` only the attributes are."""
        marker = Name("*")
        behind = self.attributes(marker) if attributes_only else self.steps(marker)
        if attributes_only and _NUMBER.match(self.text, self.at):
            raise Hole("a number behind .* is not understood")
        keys: list[Node] = []
        while isinstance(behind, Step):
            keys.append(behind.key)
            behind = behind.target
        if behind is not marker:
            raise Hole("a splat in a splat is not understood")
        return Splat(target, tuple(reversed(keys)))

    def attributes(self, node: Node) -> Node:
        while match := _ATTRIBUTE.match(self.text, self.at):
            self.at = match.end()
            node = Step(node, Literal(match["name"]))
        return node

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

    def for_header(self) -> tuple[tuple[str, ...], Node]:
        names = [self.identifier()]
        if self.take(","):
            names.append(self.identifier())
        self.need("in")
        return tuple(names), self.expression()

    def loop(self, end: str) -> Node:
        names, over = self.for_header()
        self.need(":")
        value = self.expression()
        key: Node | None = None
        if end == "}":
            self.need("=>")
            key, value = value, self.expression()
        grouped = self.take("...")
        test = self.expression() if self.take("if") else None
        self.need(end)
        return For(names, over, value, key, test, grouped)
