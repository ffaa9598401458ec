"""Random expressions: wherever the small evaluator claims a value, both binaries have the same one."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from roots import MakeRoot
from thorough import FACTOR
from ways import binaries

from janitor.terraform import hcl
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.scope import Scope
from janitor.terraform.evaluator.values import text_of
from janitor.terraform.planned import planned_on_nothing

COUNT = 250
ERROR = "<error>"
GIVEN = """
variable "names" {
  type    = set(string)
  default = ["web", "db", "web"]
}
variable "sizes" {
  type    = map(number)
  default = { small = 1, big = "20" }
}
variable "label" {
  default = "Job-41"
}
locals {
  words = ["a", "", "b c", "D"]
  table = { one = 1, two = "2", three = [3] }
}
"""


class Author:
    """Writes expressions. Nearly all are of the type that was asked for, so that most of them mean something."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - an expression, not a secret

    def one_of(self, *choices: Callable[[], str]) -> str:
        return self.dice.choice(choices)()

    def any(self, depth: int) -> str:
        return self.one_of(*(lambda kind=kind: kind(depth) for kind in (self.text, self.number, self.list, self.map)))

    def text(self, depth: int) -> str:
        if depth <= 0:
            plain = ['"a"', '"B-c"', '""', '"x y"', '"10"', "var.label", '"é"', '"true"', '"$${k}"', "null", '"a\\tb"']
            return self.dice.choice(plain)
        t, n, b, x = self.text, self.number, self.truth, self.list
        d = depth - 1
        return self.one_of(
            lambda: f'"{self.dice.choice(["", "p-", "%"])}${{{self.any(d)}}}{self.dice.choice(["", "-s"])}"',
            lambda: f'"%{{ if {b(d)} }}yes%{{ else }}no ${{{t(d)}}}%{{ endif }}"',
            lambda: f'"%{{ for k, v in {self.any(d)} }}${{k}}=${{v}},%{{ endfor }}"',
            lambda: f"format({self.dice.choice(FORMATS)}, {t(d)}, {n(d)})",
            lambda: f"join({t(0)}, {x(d)})",
            lambda: f"{self.dice.choice(['lower', 'upper', 'trimspace', 'tostring'])}({t(d)})",
            lambda: f"replace({t(d)}, {t(0)}, {t(0)})",
            lambda: f"substr({t(d)}, {n(0)}, {n(0)})",
            lambda: f"element({x(d)}, {n(d)})",
            lambda: f"lookup({self.map(d)}, {t(0)}, {t(d)})",
            lambda: f"coalesce({t(d)}, {t(d)}, {n(d)})",
            lambda: f"try(({self.any(d)}).{self.dice.choice(['one', 'a', '0'])}, {x(d)}[{n(0)}], {t(d)})",
            lambda: f"({b(d)} ? {t(d)} : {self.one_of(lambda: t(d), lambda: n(d))})",
        )

    def number(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(["0", "1", "2", "-1", "7", "1.5", '"3"', "1e2", "1234567", "99999999999999999999"])
        d = depth - 1
        return self.one_of(
            lambda: f"({self.number(d)} {self.dice.choice('+-*')} {self.number(d)})",
            lambda: f"({self.number(d)} {self.dice.choice('/%')} {self.dice.choice(['2', '3'])})",
            lambda: f"length({self.any(d)})",
            lambda: f"{self.dice.choice(['min', 'max'])}({self.number(d)}, {self.number(d)})",
            lambda: f"var.sizes[{self.text(d)}]",
            lambda: f"({self.truth(d)} ? {self.number(d)} : {self.number(d)})",
        )

    def truth(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(["true", "false", '"true"', 'var.label == "Job-41"'])
        d = depth - 1
        return self.one_of(
            lambda: f"({self.any(d)} {self.dice.choice(['==', '!='])} {self.any(d)})",
            lambda: f"({self.number(d)} {self.dice.choice(['<', '>=', '<=', '>'])} {self.number(d)})",
            lambda: f"({self.truth(d)} {self.dice.choice(['&&', '||'])} {self.truth(d)})",
            lambda: f"!{self.truth(d)}",
        )

    def list(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(["[]", '["a"]', "local.words", "var.names", "[1, 2]", '[1, "x", true]', "range(3)"])
        d = depth - 1
        return self.one_of(
            lambda: f"[{', '.join(self.any(d) for _ in range(self.dice.randrange(4)))}]",
            lambda: f"concat({self.list(d)}, {self.list(d)})",
            lambda: f"{self.dice.choice(['tolist', 'toset', 'sort', 'keys'])}({self.any(d)})",
            lambda: f"split({self.text(0)}, {self.text(d)})",
            lambda: f"range({self.number(d)}, {self.number(0)})",
            lambda: f"slice({self.list(d)}, 0, {self.number(0)})",
            lambda: f"[for x in {self.any(d)} : {self.dice.choice(['x', 'upper(x)', 'x + 1'])}]",
            lambda: f'[for k, v in {self.any(d)} : "${{k}}:${{v}}" if {self.truth(d)}]',
            lambda: f"({self.list(d)}[*])",
        )

    def map(self, depth: int) -> str:
        if depth <= 0:
            return self.dice.choice(["{}", "local.table", "var.sizes", '{ a = "x", b = 2 }', '{ "k l" = null }'])
        d = depth - 1
        return self.one_of(
            lambda: f"{{ {self.dice.choice('ab')} = {self.any(d)}, (lower({self.text(d)})) = {self.any(d)} }}",
            lambda: f"merge({self.map(d)}, {self.map(d)})",
            lambda: f"tomap({self.map(d)})",
            lambda: f"{{ for k, v in {self.any(d)} : k => v }}",
            lambda: f"{{ for k, v in {self.any(d)} : v => k... }}",
        )


FORMATS = ['"%s-%d"', '"%03s|%-4v"', '"%v%%%05d"', '"%5s %s"', '"%s"', '"%s %.1f"']


@binaries("tofu", rarely="terraform")
@pytest.mark.parametrize("seed", range(1, 1 + max(1, round(FACTOR))))
def test_what_it_claims_is_what_the_binary_says(make_root: MakeRoot, binary: str, seed: int) -> None:
    author = Author(seed)
    texts = [author.any(author.dice.randrange(1, 4)) for _ in range(COUNT)]
    outputs = {
        f"e{n}.tf": f'output "e{n}" {{\n  value = try([{text}], "{ERROR}")\n}}\n' for n, text in enumerate(texts)
    }
    root = make_root({"main.tf": GIVEN, **outputs}, binary=binary)
    shown, problem = planned_on_nothing(root, timeout=120)
    assert shown is not None, problem
    said = shown["planned_values"]["outputs"]  # type: ignore[index]
    written = hcl.read(root)
    assert len(written.hidden) < COUNT / 20, "python-hcl2 does not know all that a string may hold"
    scope = Scope(written, written.modules[()], root.workspace, root.path)
    known, wrong = 0, []
    for number, text in enumerate(texts):
        try:
            ours = scope.output(f"e{number}")
        except Hole:
            continue
        known += 1
        theirs = said[f"e{number}"].get("value")
        refused = theirs == ERROR and "try(" not in text  # what terraform refuses has no value to disagree with
        if not refused and not alike(ours, theirs):
            wrong.append((text, ours, theirs))
    assert wrong == []
    assert known > COUNT / 4, "claims enough to be held against"


def alike(ours: object, theirs: object) -> bool:
    """The same, where a hole inside is anything, and a number as good as its text: in a name it is."""
    if isinstance(ours, Hole):
        return True
    if isinstance(ours, int | float | str) and isinstance(theirs, int | float | str):
        return text_of(ours) == text_of(theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(alike(a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(alike(ours[key], theirs[key]) for key in ours)
    return ours is None and theirs is None
