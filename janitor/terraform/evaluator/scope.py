"""What the expressions of one module instance can name: variables, locals, its own resources, modules below."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from janitor.terraform.addresses import quoted_key
from janitor.terraform.evaluator.expression import evaluate, fragments, template
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.evaluator.types import converted
from janitor.terraform.evaluator.values import Lazy, Set, Value, known, number_of, text_of, truth, whole
from janitor.terraform.hcl import Code, Module, Template, Written, first_block

_DEEPEST = 60
_LARGEST_COUNT = 100_000
Own = Mapping[str, Value]
"""`count` and `each` of the block an expression stands in."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One instance of a module. A Hole among `inputs` is a variable that was given something unknown."""

    written: Written
    module: Module
    workspace: str
    root: Path
    prefix: str = ""  # `module.a[0].`
    inputs: Mapping[str, Value] = field(default_factory=dict)
    own: Own = field(default_factory=dict)
    depth: int = 0
    seen: dict[tuple[str, str], Value] = field(default_factory=dict)  # what needs no `own`, once for the instance

    def value(self, written: object, own: Own | None = None) -> Value:
        """The value of an attribute as it is written. Raises Hole."""
        if self.depth > _DEEPEST:
            raise Hole("names that refer to each other without an end")
        inner = replace(self, own={} if own is None else own, depth=self.depth + 1)
        if isinstance(written, Template):
            if written.torn:
                raise Hole("a heredoc whose margin is not clear")
            return template(written.text, inner.lookup, quoted=not written.raw)
        if isinstance(written, Code):
            return evaluate(written.text, inner.lookup)
        if isinstance(written, dict):
            return {inner.key(k): inner.open(v, inner.own) for k, v in written.items()}
        if isinstance(written, list):
            return [inner.open(item, inner.own) for item in written]
        return written if isinstance(written, bool) or not isinstance(written, int | float) else number_of(written)

    def open(self, written: object, own: Own | None = None) -> Value:
        """The value, or the Hole that it is."""
        try:
            return self.value(written, own)
        except Hole as hole:
            return hole

    def fragments(self, written: object, own: Own | None = None) -> tuple[str, ...]:
        """What is known of a string with holes: the texts between them. Empty where nothing is."""
        if not isinstance(written, Template) or written.torn:
            return ()
        inner = replace(self, own={} if own is None else own, depth=self.depth + 1)
        try:
            found = fragments(written.text, inner.lookup, quoted=not written.raw)
        except Hole:
            return ()
        return found if any(found) else ()

    def key(self, text: str) -> str:
        """A key of a map as it is written between its quotes."""
        return text_of(template(text, self.lookup)) if any(mark in text for mark in "$%\\") else text

    def lookup(self, name: str) -> Value:
        """The value of the first name of a traversal."""
        if name in self.own:
            return self.own[name]
        if name == "var":
            return Lazy(self.variable)
        if name == "local":
            return Lazy(self.local)
        if name == "module":
            return Lazy(self.called)
        if name in {"terraform", "tofu"}:
            return {"workspace": self.workspace}
        if name == "path":
            return self.places()
        return Lazy(lambda label: self.resource(name, label))

    def places(self) -> Mapping[str, Value]:
        """What `path` knows. A folder that is reached through a link has two names."""
        cwd: Value = str(self.root) if self.root.resolve() == self.root else Hole("a folder with two names")
        return {"root": ".", "module": Path(os.path.relpath(self.module.folder, self.root)).as_posix(), "cwd": cwd}

    def once(self, what: str, name: str, find: Callable[[], Value]) -> Value:
        """The value, found once however often it is named; a circle of names ends in a hole. Raises Hole."""
        if (what, name) not in self.seen:
            self.seen[what, name] = Hole(f"{what}.{name} leads back to itself")
            try:
                self.seen[what, name] = find()
            except Hole as hole:
                self.seen[what, name] = hole
        return known(self.seen[what, name])

    def variable(self, name: str) -> Value:
        """The value of an input variable, in its type; what is sensitive stays where it is."""
        return self.once("var", name, lambda: self._variable(name))

    def _variable(self, name: str) -> Value:
        block = self.module.variables.get(name)
        if block is None:
            raise Hole(f"the variable {name} is not declared")
        if block.get("sensitive", False) is not False:
            raise Hole(f"the variable {name} is sensitive")
        value = known(self.inputs[name]) if name in self.inputs else None
        if name not in self.inputs or (value is None and block.get("nullable", True) is not True):
            if "default" not in block:
                raise Hole(f"the variable {name} has no value")
            value = self.value(block["default"])
        return known(converted(value, block.get("type")))

    def local(self, name: str) -> Value:
        """The value of a local."""
        if name not in self.module.locals:
            raise Hole(f"local.{name} is not declared")
        return self.once("local", name, lambda: self.value(self.module.locals[name]))

    def resource(self, kind: str, name: str) -> Value:
        """A resource of this module: what its text says of each instance. An id is known to the cloud alone."""
        body = self.module.resources.get(("managed", kind, name))
        if body is None:
            raise Hole(f"{kind}.{name} is known to terraform alone")
        every = [(own, self.instance(body, own)) for _, own in self.expanded(body)]
        if "count" in body:
            return [instance for _, instance in every]
        if "for_each" in body:
            return {_key(own): instance for own, instance in every}
        return every[0][1] if every else None

    def instance(self, body: Mapping[str, object], own: Own) -> Value:
        """One instance, attribute by attribute. What the text leaves open, or the provider may put in another order,
        is a hole.
        """

        def attribute(name: str) -> Value:
            value = self.value(body[name], own) if name in body else None
            if not isinstance(value, str | int | float):
                raise Hole(f"{name} is known to the cloud alone")
            return value

        return Lazy(attribute)

    def called(self, call: str) -> Value:
        """The outputs of a called module: of one, of a list, or of a map of its instances."""
        every = self.children(call)
        block = self.module.calls[call]
        outputs = [(own, Lazy(child.output)) for own, child in every]
        if "count" in block:
            return [output for _, output in outputs]
        if "for_each" in block:
            return {_key(own): output for own, output in outputs}
        return outputs[0][1] if outputs else None

    def output(self, name: str) -> Value:
        """The value of one of this module's outputs; what is sensitive stays where it is."""
        block = self.module.outputs.get(name)
        if block is None or block.get("sensitive", False) is not False:
            raise Hole(f"the output {name} is not declared, or sensitive")
        return self.once("output", name, lambda: self.value(block.get("value")))

    def children(self, call: str) -> tuple[tuple[Own, Scope], ...]:
        """The instances of a called module. Raises Hole where their number is not known."""
        found = self.once("module", call, lambda: self._children(call))
        return found if isinstance(found, tuple) else ()

    def _children(self, call: str) -> tuple[tuple[Own, Scope], ...]:
        block, module = self.module.calls.get(call), self.written.modules.get((*self.module.path, call))
        if block is None or module is None:
            raise Hole(f"module.{call} is not on this disk")
        found: list[tuple[Own, Scope]] = []
        for key, own in self.expanded(block):
            inputs = {name: self.open(block[name], own) for name in module.variables if name in block}
            prefix = f"{self.prefix}module.{call}{key}."
            child = replace(self, module=module, prefix=prefix, inputs=inputs, own={}, depth=self.depth + 1, seen={})
            found.append((own, child))
        return tuple(found)

    def expanded(self, block: Mapping[str, object]) -> list[tuple[str, Own]]:
        """(key, own names) of every instance of a block: `count`, `for_each`, `enabled`. Raises Hole."""
        if "count" in block:
            count = whole(self.value(block["count"]))
            if not 0 <= count <= _LARGEST_COUNT:
                raise Hole("a count that cannot be meant")
            return [(f"[{index}]", {"count": {"index": index}}) for index in range(count)]
        if "for_each" in block:
            every = self.value(block["for_each"])
            if isinstance(every, Set) and all(isinstance(item, str) for item in every):
                every = {str(item): item for item in every}
            if not isinstance(every, Mapping):
                raise Hole("a for_each that is not known")
            return [(quoted_key(key), {"each": {"key": key, "value": every[key]}}) for key in sorted(every)]
        enabled = first_block(block, "lifecycle").get("enabled", True)
        return [("", {})] if enabled is True or truth(self.value(enabled)) else []


def _key(own: Own) -> str:
    each = own["each"]
    return text_of(each["key"]) if isinstance(each, Mapping) else ""
