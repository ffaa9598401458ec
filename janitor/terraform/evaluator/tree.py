"""The trees that expressions and templates of HCL become. Data; knows nothing of values or of text."""

from __future__ import annotations

from dataclasses import dataclass


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
