"""What the expressions of one module instance can name: variables, locals, its own resources, modules below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from janitor.terraform.addresses import quoted_key
from janitor.terraform.evaluator.expression import Lazy, Value, evaluate, known, template
from janitor.terraform.evaluator.hole import Hole
from janitor.terraform.hcl import Code, Module, Template, Written

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
    prefix: str = ""  # `module.a[0].`
    inputs: Mapping[str, Value] = field(default_factory=dict)
    own: Own = field(default_factory=dict)
    depth: int = 0

    def value(self, written: object, own: Own | None = None) -> Value:
        """The value of an attribute as it is written. Raises Hole."""
        if self.depth > _DEEPEST:
            raise Hole("names that refer to each other without an end")
        inner = replace(self, own={} if own is None else own, depth=self.depth + 1)
        if isinstance(written, Template):
            return template(written.text, inner.lookup)
        if isinstance(written, Code):
            return evaluate(written.text, inner.lookup)
        if isinstance(written, dict):
            return {inner.key(k): inner.open(v, inner.own) for k, v in written.items()}
        if isinstance(written, list):
            return [inner.open(item, inner.own) for item in written]
        return written

    def open(self, written: object, own: Own | None = None) -> Value:
        """The value, or the Hole that it is."""
        try:
            return self.value(written, own)
        except Hole as hole:
            return hole

    def key(self, text: str) -> str:
        """A key of a map as it is written: `a`, or `${…}`."""
        if text.startswith("${") and text.endswith("}"):
            return str(evaluate(text[2:-1], self.lookup))
        return text

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
        if name == "terraform":
            return {"workspace": self.workspace}
        if name == "path":
            return {"root": "."}
        return Lazy(lambda label: self.resource(name, label))

    def variable(self, name: str) -> Value:
        """The value of an input variable."""
        if name in self.inputs:
            return known(self.inputs[name])
        block = self.module.variables.get(name)
        if block is None or "default" not in block:
            raise Hole(f"the variable {name} has no value")
        return self.value(block["default"])

    def local(self, name: str) -> Value:
        """The value of a local."""
        if name not in self.module.locals:
            raise Hole(f"local.{name} is not declared")
        return self.value(self.module.locals[name])

    def resource(self, kind: str, name: str) -> Value:
        """A resource of this module: what its text says of each instance. An id is known to the cloud alone."""
        body = self.module.resources.get(("managed", kind, name))
        if body is None:
            raise Hole(f"{kind}.{name} is known to terraform alone")
        every = [(own, self.instance(body, own)) for _, own in self.expanded(body)]
        if "count" in body:
            return [instance for _, instance in every]
        if "for_each" in body:
            return {str(dict(_mapping(own["each"]))["key"]): instance for own, instance in every}
        return every[0][1]

    def instance(self, body: Mapping[str, object], own: Own) -> Value:
        """One instance, attribute by attribute."""

        def attribute(name: str) -> Value:
            if name not in body:
                raise Hole(f"{name} is known to the cloud alone")
            return self.value(body[name], own)

        return Lazy(attribute)

    def called(self, call: str) -> Value:
        """The outputs of a called module: of one, of a list, or of a map of its instances."""
        every = self.children(call)
        block = self.module.calls[call]
        outputs = {key: Lazy(child.output) for key, child in every.items()}
        if "count" in block:
            return list(outputs.values())
        if "for_each" in block:
            return {key[2:-2]: value for key, value in outputs.items()}
        return outputs[""]

    def output(self, name: str) -> Value:
        """The value of one of this module's outputs."""
        if name not in self.module.outputs:
            raise Hole(f"the output {name} is not declared")
        return self.value(self.module.outputs[name].get("value"))

    def children(self, call: str) -> dict[str, Scope]:
        """The instances of a called module by their keys. Raises Hole where their number is not known."""
        block, module = self.module.calls.get(call), self.written.modules.get((*self.module.path, call))
        if block is None or module is None:
            raise Hole(f"module.{call} is not on this disk")
        found: dict[str, Scope] = {}
        for key, own in self.expanded(block):
            inputs = {name: self.open(block[name], own) for name in module.variables if name in block}
            prefix = f"{self.prefix}module.{call}{key}."
            found[key] = replace(self, module=module, prefix=prefix, inputs=inputs, own={}, depth=self.depth + 1)
        return found

    def expanded(self, block: Mapping[str, object]) -> list[tuple[str, Own]]:
        """(key, own names) of every instance of a block with `count` or `for_each`. Raises Hole."""
        if "count" in block:
            count = self.value(block["count"])
            if isinstance(count, bool) or not str(count).isdigit() or int(str(count)) > _LARGEST_COUNT:
                raise Hole("a count that is not known")
            return [(f"[{index}]", {"count": {"index": index}}) for index in range(int(str(count)))]
        if "for_each" in block:
            every = self.value(block["for_each"])
            if isinstance(every, list):
                every = {str(known(item)): item for item in every}
            if not isinstance(every, Mapping):
                raise Hole("a for_each that is not known")
            return [(quoted_key(key), {"each": {"key": key, "value": every[key]}}) for key in sorted(every)]
        return [("", {})]


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
