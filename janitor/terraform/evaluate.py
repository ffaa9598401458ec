"""What the configuration declares, evaluated: names, marks, references of every instance.

The best evaluator is the binary: a plan on an empty state in a scratch copy. Where that cannot run, a small evaluator
of our own; what it cannot know is a hole. Never touches the real state, `.terraform` or the lock file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Event
from typing import Literal

from janitor.core.case import without_index
from janitor.core.catalogue import MarkForm, kind_of_type
from janitor.core.marks import runs_in
from janitor.core.model import Configuration, Declared
from janitor.terraform import evaluator, hcl, references
from janitor.terraform.addresses import called, meant, quoted_key
from janitor.terraform.evaluator import Instance
from janitor.terraform.evaluator.variables import given_words
from janitor.terraform.planned import planned_on_nothing
from janitor.terraform.protection import imported, protections, timeouts
from janitor.terraform.root import RootModule
from janitor.terraform.shapes import Object, mapping, mappings
from janitor.terraform.state import allowed

How = Literal["auto", "binary", "static"]
EVALUATE_TIMEOUT = 300.0

_MARKED = frozenset({"metadata", "tags", "description"})


def read_configuration(root: RootModule, *, written: hcl.Written | None = None) -> Configuration:
    """Edges and protection alone, from the text: enough while the state is whole. Starts nothing."""
    return _written(written or hcl.read(root))


def evaluate(
    root: RootModule,
    *,
    written: hcl.Written | None = None,
    how: How = "auto",
    timeout: float = EVALUATE_TIMEOUT,
    stop: Event | None = None,
) -> Configuration:
    """Every instance the configuration declares. `auto` takes the binary and falls back to our own evaluator.

    `written`: the text, where it was read before.
    """
    written = written or hcl.read(root)
    shown, problem = (None, "") if how == "static" else planned_on_nothing(root, timeout=timeout, stop=stop)
    return configured(root, written, shown, problem=problem, how=how)


def configured(
    root: RootModule, written: hcl.Written, shown: Object | None, *, problem: str = "", how: How = "auto"
) -> Configuration:
    """The configuration as its text and a plan on an empty state say it; `problem`: why there is no plan."""
    base = _written(written)
    text = _Text(base.protected, imported(written), references.refers(written), given_words(root), _nameless(written))
    known, complete = evaluator.instances(root, written)
    if shown is not None:
        text = replace(text, importing=frozenset(_importing(shown)))
        return replace(base, instances=_declared(_of_plan(shown, known), text), complete=True, evaluator="plan")
    base = replace(base, problems=(*base.problems, problem) if problem else base.problems)
    if how == "binary":
        return base
    return replace(base, instances=_declared(known, text), complete=complete, evaluator="static")


@dataclass(frozen=True, slots=True)
class _Text:
    """What the text says of resources, whoever evaluates them."""

    protected: Mapping[str, str]
    imported: frozenset[str]
    refers: Mapping[str, tuple[tuple[str, references.Named], ...]]
    words: frozenset[str]
    nameless: frozenset[str]  # resources that are given no name
    importing: frozenset[str] = frozenset()  # addresses of instances, of a plan


def _written(written: hcl.Written) -> Configuration:
    return Configuration(
        evaluator="none",
        protected=protections(written),
        edges=references.edges(written),
        problems=written.problems,
        may_hide_protection=written.hidden,
        missing=written.missing,
        timeouts=timeouts(written),
    )


def _nameless(written: hcl.Written) -> frozenset[str]:
    return frozenset(
        module.address(*label)
        for module in written.modules.values()
        for label, body in module.resources.items()
        if "name" not in body
    )


def _of_plan(shown: Object, known: Iterable[Instance]) -> Iterator[Instance]:
    # A map with one unknown element is unknown as a whole to the provider; of its marks our own evaluator knows more.
    beside = {one.address: one for one in known}
    for resource in resources(mapping(mapping(shown.get("planned_values")).get("root_module"))):
        if resource.get("mode") != "managed":
            continue
        address = str(resource.get("address"))
        secret = {name for name, marked in mapping(resource.get("sensitive_values")).items() if marked}
        planned = {name: value for name, value in mapping(resource.get("values")).items() if value is not None}
        own = beside.get(address)
        marks = {name: value for name, value in own.values.items() if name in _MARKED} if own else {}
        yield Instance(
            address=address,
            resource=without_index(address),
            type=str(resource.get("type")),
            key=quoted_key(resource.get("index")),
            values={name: value for name, value in (marks | planned).items() if name not in secret},
            pattern=own.pattern if own else (),
        )


def _importing(shown: Object) -> Iterator[str]:
    for entry in mappings(shown.get("resource_changes")):
        if mapping(entry.get("change")).get("importing"):
            yield str(entry.get("address"))


def resources(module: Object) -> Iterator[Object]:
    """The resource instances of a module as a plan shows it, and of all modules below."""
    yield from mappings(module.get("resources"))
    for child in mappings(module.get("child_modules")):
        yield from resources(child)


def _declared(instances: Iterable[Instance], text: _Text) -> tuple[Declared, ...]:
    found = tuple(_one(instance, text) for instance in instances)
    among = called(one.address for one in found)
    return tuple(replace(one, refers=_exact(one, among)) for one in found)


def _exact(one: Declared, among: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    pairs = ((attribute, meant(target, beside=one.address, among=among)) for attribute, target in one.refers)
    return tuple(dict.fromkeys(pairs))


def _one(instance: Instance, text: _Text) -> Declared:
    attributes = allowed(instance.values)
    name = attributes.get("name")
    unnamed = "" if instance.resource in text.nameless else None
    return Declared(
        address=instance.address,
        type=instance.type,
        name=name if isinstance(name, str) else unnamed,
        pattern=() if name else instance.pattern,
        marks=_marks(instance),
        run_bound=isinstance(name, str) and _holds_word(name, text.words),
        protected=text.protected.get(instance.resource, ""),
        imported=instance.resource in text.imported or instance.address in text.importing,
        attributes=attributes,
        refers=tuple((name, one.seen_from(instance.key)) for name, one in text.refers.get(instance.resource, ())),
    )


def _marks(instance: Instance) -> frozenset[str]:
    """The runs that the create call itself names; what the provider sets in a second call may never have been set."""
    kind = kind_of_type(instance.type)
    forms = kind.created_mark if kind else ()
    metadata, tags = instance.values.get("metadata"), instance.values.get("tags")
    return runs_in(
        tags=[str(tag) for tag in tags] if MarkForm.TAGS in forms and isinstance(tags, list) else (),
        metadata={str(k): str(v) for k, v in mapping(metadata).items()} if MarkForm.METADATA in forms else None,
        description=str(instance.values.get("description") or "") if MarkForm.DESCRIPTION in forms else "",
    )


def _holds_word(name: str, words: frozenset[str]) -> bool:
    """Whether a word of this run stands in the name with nothing alphanumeric beside it."""
    return any(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", name) for word in words)
