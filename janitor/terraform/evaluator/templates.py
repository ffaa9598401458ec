"""Strings of HCL → trees: escapes, `${…}`, `%{ if }` and `%{ for }`, and the tildes that take space away."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.tree import Call, Conditional, For, Literal, Node, Text

_ESCAPE = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WIDTH = {"u": 4, "U": 8}
_CODE_POINT = re.compile(r"(?:0000)?(?!d[89a-f])[0-9a-f]{4}|000[1-9a-f][0-9a-f]{4}|0010[0-9a-f]{4}", re.IGNORECASE)
_CLOSING = re.compile(r"\s*(?P<tilde>~?)\}")
_DIRECTIVE = re.compile(r"\s*(?P<word>[a-z]+)")


@dataclass(slots=True)
class TemplateReader(ABC):
    """Reads strings from `at` on; how an expression reads is its subclass's."""

    text: str
    at: int = 0
    _tilde: bool = field(default=False, init=False)  # what follows loses the space at its beginning

    @abstractmethod
    def expression(self) -> Node:
        """The expression that begins here. Raises Hole."""

    @abstractmethod
    def for_header(self) -> tuple[tuple[str, ...], Node]:
        """`key, value in something` of a `for`. Raises Hole."""

    def string(self) -> Node:
        """A quoted string, behind its first quote."""
        return _joined(self._parts(quoted=True, closed=True)[0])

    def template(self, *, quoted: bool) -> Node:
        """The whole text as a string. `quoted`: it knows escapes; a heredoc, and a string of JSON, do not."""
        return _joined(self._parts(quoted=quoted, closed=False)[0])

    def _parts(self, *, quoted: bool, closed: bool, until: tuple[str, ...] = ()) -> tuple[list[Node], str]:
        """The parts up to the string's end, or to a directive of those in `until`; and which of them it was."""
        found: list[Node] = []
        plain: list[str] = []

        def flush(*, tilde: bool) -> None:
            literal = "".join(plain).lstrip() if self._tilde else "".join(plain)
            literal = literal.rstrip() if tilde else literal
            if literal:
                found.append(Literal(literal))
            plain.clear()
            self._tilde = False

        while True:
            rest = self.text[self.at : self.at + 3]
            if not rest or (closed and rest[0] == '"'):
                if until or (closed and not rest):
                    raise Hole("a string, or a directive in it, does not end")
                self.at += len(rest[:1])
                flush(tilde=False)
                return found, ""
            if rest in {"$${", "%%{"}:
                plain.append(rest[1:])
                self.at += 3
            elif rest.startswith(("${", "%{")):
                tilde = rest.endswith("~")
                self.at += 3 if tilde else 2
                if tilde and not quoted:
                    raise Hole("a tilde in a text of several lines")  # it takes away less than a line's margin
                flush(tilde=tilde)
                word = self._part(rest[0], found, quoted=quoted, closed=closed, until=until)
                if word:
                    return found, word
            else:
                plain.append(self._character() if quoted else self._next())

    def _part(self, mark: str, found: list[Node], *, quoted: bool, closed: bool, until: tuple[str, ...]) -> str:
        if mark == "$":
            found.append(self.expression())
            self._close(quoted=quoted)
            return ""
        match = _DIRECTIVE.match(self.text, self.at)
        if match is None:
            raise Hole("a directive is not understood")
        self.at = match.end()
        word = match["word"]
        if word in until:
            self._close(quoted=quoted)
            return word
        if word == "if":
            found.append(self._condition(quoted=quoted, closed=closed))
        elif word == "for":
            found.append(self._repetition(quoted=quoted, closed=closed))
        else:
            raise Hole(f"the directive {word} is not understood")
        return ""

    def _condition(self, *, quoted: bool, closed: bool) -> Node:
        test = self.expression()
        self._close(quoted=quoted)
        first, word = self._parts(quoted=quoted, closed=closed, until=("else", "endif"))
        second: list[Node] = []
        if word == "else":
            second, _ = self._parts(quoted=quoted, closed=closed, until=("endif",))
        return _text(Conditional(test, _text(*first), _text(*second)))

    def _repetition(self, *, quoted: bool, closed: bool) -> Node:
        names, over = self.for_header()
        self._close(quoted=quoted)
        body, _ = self._parts(quoted=quoted, closed=closed, until=("endfor",))
        return Call("join", (Literal(""), For(names, over, _text(*body))))

    def _close(self, *, quoted: bool) -> None:
        match = _CLOSING.match(self.text, self.at)
        if match is None:
            raise Hole("an expression in a string does not end")
        if match["tilde"] and not quoted:
            raise Hole("a tilde in a text of several lines")
        self.at = match.end()
        self._tilde = bool(match["tilde"])

    def _next(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _character(self) -> str:
        character = self._next()
        if character != "\\":
            return character
        escape = self.text[self.at : self.at + 1]
        self.at += 1
        if escape in _WIDTH:
            digits = self.text[self.at : self.at + _WIDTH[escape]]
            self.at += len(digits)
            if len(digits) != _WIDTH[escape] or not _CODE_POINT.fullmatch(digits):
                raise Hole("an escape is not understood")
            return chr(int(digits, 16))
        if escape not in _ESCAPE:
            raise Hole("an escape is not understood")
        return _ESCAPE[escape]


def _joined(parts: list[Node]) -> Node:
    """One expression alone keeps its type, everything else is text."""
    if not parts:
        return Literal("")
    return parts[0] if len(parts) == 1 and isinstance(parts[0], Literal) else Text(tuple(parts))


def _text(*parts: Node) -> Node:
    return Text((Literal(""), *parts))
