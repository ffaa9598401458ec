"""The values of input variables, from every place terraform takes them, in its order of precedence.

Values may hold secrets: they are returned, never printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from janitor.terraform import hcl
from janitor.terraform.evaluator.expression import evaluate, template
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.types import is_primitive
from janitor.terraform.evaluator.values import normal
from janitor.terraform.hcl import Code, Template
from janitor.terraform.root import RootModule

_PREFIX = "TF_VAR_"
_SHORTEST_WORD = 3


def input_values(root: RootModule, module: hcl.Module) -> Mapping[str, object]:
    """The values given to the root module's variables, not yet in their types; a Hole stands for one that was given
    and cannot be read.
    """
    types = {name: block.get("type") for name, block in module.variables.items()}
    found: dict[str, object] = {}
    for name, kind in types.items():
        if _PREFIX + name in root.environment:
            found[name] = _typed(root.environment[_PREFIX + name], kind)
    for file in (*_automatic(root.path), *root.var_files):
        values = _of_file(file)
        # What a file holds that cannot be read may set any variable: no default counts any more.
        found.update(dict.fromkeys(types, Hole(f"{file.name} cannot be read")) if values is None else values)
    for name, value in _pairs(root):
        found[name] = _typed(value, types.get(name))
    return found


def given_words(root: RootModule) -> frozenset[str]:
    """Values that belong to this very call, whole: the workspace, `--var`, `--var-file`, `TF_VAR_*`; no short ones."""
    words = set() if root.workspace == "default" else {root.workspace}
    words |= {value for name, value in root.environment.items() if name.startswith(_PREFIX)}
    words |= {value for _, value in _pairs(root)}
    for file in root.var_files:
        words |= {str(value) for value in (_of_file(file) or {}).values() if isinstance(value, str | int)}
    return frozenset(word for word in words if len(word) >= _SHORTEST_WORD and word not in {"true", "false", "null"})


def concrete(value: object) -> object:
    """A literal of a file as a value. Raises Hole for an expression that needs anything around it."""
    if isinstance(value, Template):
        if value.torn:
            raise Hole("a heredoc whose margin is not clear")
        return template(value.text, _nothing, quoted=not value.raw)
    if isinstance(value, Code):
        return evaluate(value.text, _nothing)
    if isinstance(value, dict):
        return {_key(key): concrete(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [concrete(inner) for inner in value]
    return value


def _key(text: str) -> str:
    """A key as it is written; one with an escape or an expression in it is not needed, and not guessed."""
    if any(mark in text for mark in '$%\\"('):
        raise Hole("a key of a map is not a plain word")
    return normal(text)


def _nothing(_: str) -> object:
    raise Hole("a reference where none can be")


def _pairs(root: RootModule) -> Iterator[tuple[str, str]]:
    for pair in root.variables:
        name, _, value = pair.partition("=")
        yield name, value


def _typed(text: str, declared: object) -> object:
    """A value from outside HCL: as it is for a primitive, an expression for what has a structure."""
    if is_primitive(declared):
        return text
    try:
        return evaluate(text, _nothing)
    except Hole as hole:
        return hole


def _automatic(folder: Path) -> list[Path]:
    first = [folder / "terraform.tfvars", folder / "terraform.tfvars.json"]
    others = sorted(f for f in folder.iterdir() if f.name.endswith((".auto.tfvars", ".auto.tfvars.json")))
    return [file for file in (*first, *others) if file.is_file()]


def _of_file(file: Path) -> dict[str, object] | None:
    """The values of a tfvars file; None when it cannot be read."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        parsed = hcl.json_of(text) if file.name.endswith(".json") else hcl.parse_text(text)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(parsed, dict):
        return None
    found: dict[str, object] = {}
    for name, value in parsed.items():
        try:
            found[name] = concrete(value)
        except Hole as hole:
            found[name] = hole
    return found
