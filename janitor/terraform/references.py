"""Which resources a resource names, through locals, variables, outputs and data sources.

An edge found here is an order to prefer, never a proof. An index is kept where it is written out, or follows the
resource's own (`count.index`, `each.key`).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from janitor.terraform.hcl import Code, Module, Template, Written

_STEP = r'(?:\.[A-Za-z_][\w-]*|\[(?:[^\[\]"]|"[^"]*")*\])'
_TRAVERSAL = re.compile(rf"(?<![\w.\"-])(?P<first>[A-Za-z_][\w-]*)(?P<steps>{_STEP}+)")
_EACH_STEP = re.compile(r"\.(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>(?:[^\[\]\"]|\"[^\"]*\")*)\]")
_META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection", "timeouts"})
_Known = dict[tuple[tuple[str, ...], "_Traversal"], tuple["Named", ...]]
"""(module, what it says) → what that names: found once, however often it is said."""
_OWN_INDEX = frozenset({"count.index", "each.key", "each.value"})
SAME = "same"
"""The index of a reference that has the index of the resource it stands in."""


@dataclass(frozen=True, slots=True)
class Named:
    """A resource that an expression names. `index`: as written (`0`, `"a"`), SAME, or empty when it is not plain."""

    address: str
    index: str = ""

    def seen_from(self, key: str) -> str:
        """The address that an instance with this key names."""
        index = key if self.index == SAME else f"[{self.index}]" if self.index else ""
        return f"{self.address}{index}"


@dataclass(frozen=True, slots=True)
class _Traversal:
    names: tuple[str, ...]  # up to the first two or three, without indices
    index: str


def edges(written: Written) -> tuple[tuple[str, str], ...]:
    """(dependent, dependency) between managed resources, without indices; no edge to itself."""
    found: set[tuple[str, str]] = set()
    seen: _Known = {}
    for module in written.modules.values():
        implied = {n.address for n in _of_calls(written, module, seen)}
        for (mode, kind, name), body in module.resources.items():
            if mode == "managed":
                dependent = module.address(mode, kind, name)
                named = {n.address for n in _named(written, module, body, seen)} | implied
                found |= {(dependent, one) for one in named - {dependent} if not is_data(one)}
    return tuple(sorted(found))


def is_data(address: str) -> bool:
    """Whether an address is that of a data source."""
    return f".{address}".rpartition(".data.")[1] != ""


def refers(written: Written, *, data: bool = False) -> Mapping[str, tuple[tuple[str, Named], ...]]:
    """Resource address → (attribute, what it names); attributes of nested blocks as `block.attribute`.

    What a data source names counts as named through it; with `data`, the data source itself does, too.
    """
    seen: _Known = {}
    return {
        module.address(mode, kind, name): tuple(
            pair for pair in _of_resource(written, module, body, seen) if data or not is_data(pair[1].address)
        )
        for module in written.modules.values()
        for (mode, kind, name), body in module.resources.items()
        if mode == "managed"
    }


def _of_resource(
    written: Written, module: Module, body: Mapping[str, object], seen: _Known
) -> dict[tuple[str, Named], None]:
    every = tuple(_with_index(_named(written, module, body.get("for_each"), seen), "each.key"))
    found: dict[tuple[str, Named], None] = {}
    for attribute, value in _attributes(body):
        found |= {(attribute, one): None for one in _named(written, module, value, seen)}
        if any(t.names == ("each", "value") for text in _texts(value) for t in _traversals(text)):
            found |= {(attribute, one): None for one in every}
    return found


def _attributes(body: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in body.items():
        if not prefix and name in _META:
            continue
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for item in value:
                yield from _attributes(item, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _of_calls(written: Written, module: Module, seen: _Known) -> Iterator[Named]:
    """What the `depends_on` of the calls that lead to this module implies for all in it."""
    for depth in range(len(module.path)):
        parent = written.modules.get(module.path[:depth])
        call = parent.calls.get(module.path[depth], {}) if parent else {}
        if parent is not None and "depends_on" in call:
            yield from _named(written, parent, call["depends_on"], seen)


def _named(written: Written, module: Module, value: object, seen: _Known) -> Iterator[Named]:
    for text in _texts(value):
        for traversal in _traversals(text):
            yield from _resolve(written, module, traversal, seen)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Code):
        yield value.text
    elif isinstance(value, Template):
        yield from _interpolations(value.text)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if "${" in str(key):
                yield str(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _interpolations(text: str) -> Iterator[str]:
    """What stands in `${…}` and `%{…}` of a string; `$${` is text."""
    for begin in re.finditer(r"(?<!\$)\$\{|(?<!%)%\{", text):
        depth, end = 1, begin.end()
        while depth and end < len(text):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield text[begin.end() : end]


def _traversals(text: str) -> Iterator[_Traversal]:
    for match in _TRAVERSAL.finditer(text):
        names, index = [match["first"]], ""
        wanted = {"data": 3, "module": 3}.get(match["first"], 2)
        for step in _EACH_STEP.finditer(match["steps"]):
            if step["name"] is not None and len(names) < wanted:
                names.append(step["name"])
            elif step["name"] is None:
                index = index or (step["index"] or "").strip()
                yield from _traversals(step["index"] or "")
        yield _Traversal(tuple(names), index)


def _resolve(written: Written, module: Module, traversal: _Traversal, seen: _Known) -> tuple[Named, ...]:
    key = (module.path, traversal)
    if key not in seen:
        seen[key] = ()  # a circle of names ends here
        with contextlib.suppress(RecursionError):  # an order to prefer: without it, the cloud's own is found
            seen[key] = tuple(dict.fromkeys(_resolved(written, module, traversal, seen)))
    return seen[key]


def _resolved(written: Written, module: Module, traversal: _Traversal, seen: _Known) -> Iterator[Named]:
    first, second = traversal.names[0], traversal.names[1] if len(traversal.names) > 1 else ""
    if first == "local":
        yield from _with_index(_named(written, module, module.locals.get(second), seen), traversal.index)
    elif first == "var" and module.path:
        parent = written.modules[module.path[:-1]]
        value = parent.calls.get(module.path[-1], {}).get(second)
        yield from _with_index(_named(written, parent, value, seen), traversal.index)
    elif first == "module":
        yield from _of_module(written, module, traversal, seen)
    elif first == "data" and len(traversal.names) > len(("data", "type")):
        read = ("data", second, traversal.names[2])
        if read in module.resources:
            yield Named(module.address(*read), _index(traversal.index))
        yield from _named(written, module, module.resources.get(read), seen)
    elif ("managed", first, second) in module.resources:
        yield Named(module.address("managed", first, second), _index(traversal.index))


def _of_module(written: Written, module: Module, traversal: _Traversal, seen: _Known) -> Iterator[Named]:
    child = written.modules.get((*module.path, traversal.names[1])) if len(traversal.names) > 1 else None
    if child is None:
        return
    if len(traversal.names) > len(("module", "name")):
        output = child.outputs.get(traversal.names[2], {})
        yield from _with_index(_named(written, child, output.get("value"), seen), traversal.index)
        return
    for path, below in written.modules.items():  # the module as a whole: `depends_on = [module.x]`
        if path[: len(child.path)] == child.path:
            yield from (Named(below.address(*key)) for key in below.resources if key[0] == "managed")


def _with_index(named: Iterator[Named], index: str) -> Iterator[Named]:
    for one in named:
        yield Named(one.address, _index(index)) if index and not one.index else one


def _index(text: str) -> str:
    if text in _OWN_INDEX:
        return SAME
    return text if re.fullmatch(r'\d+|"[^"$%\\]*"', text) else ""
