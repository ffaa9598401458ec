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

from janitor.core.catalogue import MarkForm, kind_of_type
from janitor.core.marks import runs_in
from janitor.core.model import Configuration, Declared
from janitor.terraform import evaluator, hcl, references
from janitor.terraform.addresses import module_of, quoted_key, with_own_index_only, without_index
from janitor.terraform.evaluator import Instance
from janitor.terraform.evaluator.variables import given_words
from janitor.terraform.planned import planned_on_nothing
from janitor.terraform.root import RootModule
from janitor.terraform.state import allowed

How = Literal["auto", "binary", "static"]
EVALUATE_TIMEOUT = 300.0

_MARKED = frozenset({"metadata", "tags", "description"})

Object = Mapping[str, object]


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
    return configured(root, written, shown, problem, how=how)


def configured(
    root: RootModule, written: hcl.Written, shown: Object | None, problem: str, *, how: How = "auto"
) -> Configuration:
    """The configuration as its text and a plan on an empty state say it; `problem`: why there is no plan."""
    base = _written(written)
    text = _Text(base.protected, references.imported(written), references.refers(written), given_words(root))
    known, complete = evaluator.instances(root, written)
    if shown is not None:
        text = replace(text, importing=frozenset(_importing(shown)))
        return replace(base, instances=_declared(_of_plan(shown, known), text), complete=True, evaluator="plan")
    base = replace(base, problems=(*base.problems, problem) if problem else base.problems)
    if how == "binary":
        return base
    return replace(base, instances=_declared(known, text), complete=complete, evaluator="static")


def of_plan(root: RootModule, shown: Object) -> Configuration:
    """Every instance that stands in a plan somebody has made, as `show -json` gives it."""
    written = hcl.read(root)
    base = _written(written)
    known, _ = evaluator.instances(root, written)
    importing = frozenset(_importing(shown))
    words = given_words(root)
    text = _Text(base.protected, references.imported(written), references.refers(written), words, importing)
    return replace(base, instances=_declared(_of_plan(shown, known), text), complete=True, evaluator="plan")


@dataclass(frozen=True, slots=True)
class _Text:
    """What the text says of resources, whoever evaluates them."""

    protected: Mapping[str, str]
    imported: frozenset[str]
    refers: Mapping[str, tuple[tuple[str, references.Named], ...]]
    words: frozenset[str]
    importing: frozenset[str] = frozenset()  # addresses of instances, of a plan


def _written(written: hcl.Written) -> Configuration:
    return Configuration(
        evaluator="none",
        protected=references.protections(written),
        edges=references.edges(written),
        problems=written.problems,
        may_hide_protection=written.hidden,
    )


def _of_plan(shown: Object, known: Iterable[Instance]) -> Iterator[Instance]:
    # A map with one unknown element is unknown as a whole to the provider; of its marks our own evaluator knows more.
    beside = {one.address: one.values for one in known}
    for resource in resources(_mapping(_mapping(shown.get("planned_values")).get("root_module"))):
        if resource.get("mode") != "managed":
            continue
        address = str(resource.get("address"))
        secret = {name for name, marked in _mapping(resource.get("sensitive_values")).items() if marked}
        planned = {name: value for name, value in _mapping(resource.get("values")).items() if value is not None}
        marks = {name: value for name, value in beside.get(address, {}).items() if name in _MARKED}
        yield Instance(
            address=address,
            resource=without_index(address),
            type=str(resource.get("type")),
            key=quoted_key(resource.get("index")),
            values={name: value for name, value in (marks | planned).items() if name not in secret},
        )


def _importing(shown: Object) -> Iterator[str]:
    for change in _list(shown.get("resource_changes")):
        body = _mapping(change)
        if _mapping(body.get("change")).get("importing"):
            yield str(body.get("address"))


def resources(module: Object) -> Iterator[Object]:
    """The resource instances of a module as a plan shows it, and of all modules below."""
    yield from (_mapping(resource) for resource in _list(module.get("resources")))
    for child in _list(module.get("child_modules")):
        yield from resources(_mapping(child))


def _declared(instances: Iterable[Instance], text: _Text) -> tuple[Declared, ...]:
    found = tuple(_one(instance, text) for instance in instances)
    candidates: dict[str, list[str]] = {}
    for one in found:
        for form in {without_index(one.address), with_own_index_only(one.address)}:
            candidates.setdefault(form, []).append(one.address)
    return tuple(replace(one, refers=_exact(one, candidates)) for one in found)


def _one(instance: Instance, text: _Text) -> Declared:
    attributes = allowed(instance.values)
    name = attributes.get("name")
    return Declared(
        address=instance.address,
        type=instance.type,
        name=name if isinstance(name, str) and name else None,
        marks=_marks(instance),
        run_bound=isinstance(name, str) and _holds_word(name, text.words),
        protected=text.protected.get(instance.resource, ""),
        imported=instance.resource in text.imported or instance.address in text.importing,
        attributes=attributes,
        refers=tuple(_refers(instance, text.refers.get(instance.resource, ()))),
    )


def _marks(instance: Instance) -> frozenset[str]:
    """The runs that the create call itself names; what the provider sets in a second call may never have been set."""
    kind = kind_of_type(instance.type)
    forms = kind.created_mark if kind else ()
    metadata, tags = instance.values.get("metadata"), instance.values.get("tags")
    return runs_in(
        tags=[str(tag) for tag in tags] if MarkForm.TAGS in forms and isinstance(tags, list) else (),
        metadata={str(k): str(v) for k, v in _mapping(metadata).items()} if MarkForm.METADATA in forms else None,
        description=str(instance.values.get("description") or "") if MarkForm.DESCRIPTION in forms else "",
    )


def _holds_word(name: str, words: frozenset[str]) -> bool:
    """Whether a word of this run stands in the name with nothing alphanumeric beside it."""
    return any(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", name) for word in words)


def _refers(instance: Instance, named: Iterable[tuple[str, references.Named]]) -> Iterator[tuple[str, str]]:
    for attribute, one in named:
        index = instance.key if one.index == references.SAME else f"[{one.index}]" if one.index else ""
        yield attribute, f"{one.address}{index}"


def _exact(one: Declared, candidates: Mapping[str, list[str]]) -> tuple[tuple[str, str], ...]:
    """What it refers to, with the indices of modules where only one instance can be meant, or one beside it."""
    exact: dict[tuple[str, str], None] = {}
    for attribute, target in one.refers:
        possible = candidates.get(target, [])
        beside = [other for other in possible if module_of(other) == module_of(one.address)]
        chosen = possible if len(possible) == 1 else beside
        exact[attribute, chosen[0] if len(chosen) == 1 else target] = None
    return tuple(exact)


def _mapping(value: object) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
