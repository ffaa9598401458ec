"""The small evaluator: which instances the text declares, and the attributes it can know of them, without terraform.

A count, a key or a name that it cannot know makes the answer incomplete; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from janitor.core.catalogue import STATE_ATTRIBUTES
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.scope import Scope
from janitor.terraform.evaluator.values import Lazy, Value, known, text_of
from janitor.terraform.evaluator.variables import input_values
from janitor.terraform.hcl import Written
from janitor.terraform.root import RootModule


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource instance with its evaluated attributes (not yet filtered: they may hold secrets)."""

    address: str
    resource: str  # the address without any index
    type: str
    key: str = ""  # `[0]`, `["a"]`
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    pattern: tuple[str, ...] = ()  # of a name that cannot be known: the texts between its holes


def instances(
    root: RootModule, written: Written, *, attributes: frozenset[str] = STATE_ATTRIBUTES, mode: str = "managed"
) -> tuple[tuple[Instance, ...], bool]:
    """Every instance that can be told apart, and whether nothing was left open. `mode`: managed, or data."""
    module = written.modules[()]
    scope = Scope(written, module, root.workspace, root.path, inputs=input_values(root, module))
    found: list[Instance] = []
    complete = _collect(scope, found, attributes, mode)
    return tuple(found), complete and not written.hidden and not written.missing


def _collect(scope: Scope, found: list[Instance], attributes: frozenset[str], wanted: str) -> bool:
    complete = True
    for (mode, kind, name), body in sorted(scope.module.resources.items()):
        if mode != wanted:
            continue
        resource = scope.module.address(mode, kind, name)
        label = f"{scope.prefix}{'data.' if mode == 'data' else ''}{kind}.{name}"
        try:
            expanded = scope.expanded(body)
        except Hole:
            found.append(Instance(label, resource, kind))
            complete = False
            continue
        for key, own in expanded:
            values = {a: scope.open(body[a], own) for a in sorted(attributes & body.keys())}
            holed = _open(values.get("name"))
            complete = complete and not holed
            whole = {a: _without_holes(value) for a, value in values.items() if not _open(value)}
            pattern = scope.fragments(body["name"], own) if holed else ()
            found.append(Instance(f"{label}{key}", resource, kind, key, whole, pattern))
    for call in sorted(scope.module.calls):
        try:
            below = scope.children(call)
        except Hole:
            complete = False
            continue
        for _, child in below:
            complete = _collect(child, found, attributes, wanted) and complete
    return complete


def _without_holes(value: Value) -> object:
    """An attribute as a plain value; numbers are text in every attribute that is looked at."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return text_of(value)
    if isinstance(value, Mapping):
        return {key: _without_holes(inner) for key, inner in value.items() if not _open(inner)}
    if isinstance(value, list):
        return [_without_holes(inner) for inner in value if not _open(inner)]
    return known(value)


def _open(value: Value) -> bool:
    if isinstance(value, float):
        try:
            text_of(value)
        except Hole:
            return True
    return isinstance(value, Hole | Lazy)
