"""What the configuration declares, evaluated: names, marks, references of every instance.

The best evaluator is the binary: a plan on an empty state in a scratch copy. Where that cannot run, a small evaluator
of our own; what it cannot know is a hole. Never touches the real state, `.terraform` or the lock file.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Literal

from janitor.core.catalogue import MarkForm, kind_of_type
from janitor.core.marks import runs_in
from janitor.core.model import Configuration, Declared
from janitor.terraform import evaluator, hcl, references
from janitor.terraform.addresses import module_of, quoted_key, with_own_index_only, without_index
from janitor.terraform.backend import Backend
from janitor.terraform.evaluator.variables import given_words
from janitor.terraform.messages import masked, reason
from janitor.terraform.process import run_reading
from janitor.terraform.root import RootModule
from janitor.terraform.runner import FLAG, READ_TIMEOUT, Ran, command, environment, outcome, show_plan
from janitor.terraform.scratch import scratch_copy
from janitor.terraform.state import allowed

How = Literal["auto", "binary", "static"]
EVALUATE_TIMEOUT = 300.0

_MARKED = frozenset({"metadata", "tags", "description"})

Object = Mapping[str, object]


def read_configuration(root: RootModule) -> Configuration:
    """Edges and protection alone, from the text: enough while the state is whole. Starts nothing."""
    return _written(hcl.read(root))


def evaluate(
    root: RootModule, *, how: How = "auto", timeout: float = EVALUATE_TIMEOUT, stop: Event | None = None
) -> Configuration:
    """Every instance the configuration declares. `auto` takes the binary and falls back to our own evaluator."""
    written = hcl.read(root)
    base = _written(written)
    problem = ""
    if how != "static":
        shown, problem = _planned(root, timeout=timeout, stop=stop)
        if shown is not None:
            instances = _of_plan(root, shown, written, base)
            return replace(base, instances=instances, complete=True, evaluator="plan")
        if how == "binary":
            return replace(base, evaluator="none", problems=(*base.problems, problem))
    found, complete = evaluator.instances(root, written)
    marked = tuple(_declared(one, written, base, given_words(root)) for one in found)
    problems = (*base.problems, problem) if problem else base.problems
    return replace(base, instances=_resolved(marked), complete=complete, evaluator="static", problems=problems)


def _written(written: hcl.Written) -> Configuration:
    return Configuration(
        evaluator="none",
        protected=references.protections(written),
        edges=references.edges(written),
        problems=written.problems,
        may_hide_protection=written.hidden,
    )


def _planned(root: RootModule, *, timeout: float, stop: Event | None) -> tuple[Object | None, str]:
    """The plan on an empty state as JSON, or a sentence that says why there is none. Holds secrets."""
    if root.binary is None:
        return None, "No plan on an empty state: neither tofu nor terraform is here; evaluated by janitor itself."
    end = time.monotonic() + timeout
    try:
        with scratch_copy(root) as scratch:
            ran = _initialised(scratch, root, end=end, stop=stop)
            if not ran.ok:
                return None, f"No plan on an empty state: {ran.problem}"
            local = Backend()
            line = command(scratch, "plan", json=FLAG, input=False, lock=False, out="janitor.tfplan")
            env = environment(scratch, backend=local, variables="plan")
            left = max(1.0, end - time.monotonic())
            done = run_reading(line, folder=scratch.path, environment=env, timeout=left, stop=stop)
            if done.exit_code != 0:
                why = masked(reason(done.output, done.errors), root) or "it took too long"
                return None, f"No plan on an empty state: {root.flavour} plan failed: {why}"
            shown = show_plan(scratch, scratch.path / "janitor.tfplan", timeout=READ_TIMEOUT)
            return shown, "" if shown else f"No plan on an empty state: {root.flavour} show failed."
    except OSError as error:
        return None, f"No plan on an empty state: the scratch copy cannot be made ({error.strerror})."


def _initialised(scratch: RootModule, root: RootModule, *, end: float, stop: Event | None) -> Ran:
    """`init` in the copy: with the plugins the original has, else as anywhere else."""
    env = environment(scratch, backend=Backend()) | {"TF_WORKSPACE": "default"}
    plugins = root.data_dir / "providers"
    attempts: list[dict[str, object]] = [{"plugin_dir": str(plugins.absolute())}] if _holds_plugins(plugins) else []
    ran = Ran(1)
    for options in (*attempts, {}):
        left = max(1.0, end - time.monotonic())
        line = command(scratch, "init", input=False, **options)
        done = run_reading(line, folder=scratch.path, environment=env, timeout=left, stop=stop)
        ran = outcome(scratch, done, f"{root.flavour} init")
        if ran.ok or (stop is not None and stop.is_set()):
            break
    return ran


def _holds_plugins(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _of_plan(root: RootModule, shown: Object, written: hcl.Written, base: Configuration) -> tuple[Declared, ...]:
    words = given_words(root)
    # A map with one unknown element is unknown as a whole to the provider; of its marks our own evaluator knows more.
    beside = {one.address: one.values for one in evaluator.instances(root, written)[0]}
    changes = shown.get("resource_changes")
    importing = {
        str(change.get("address"))
        for change in (changes if isinstance(changes, list) else ())
        if isinstance(change, dict) and _mapping(change.get("change")).get("importing")
    }
    found: list[Declared] = []
    for resource in _resources(_mapping(_mapping(shown.get("planned_values")).get("root_module"))):
        if resource.get("mode") != "managed":
            continue
        values = _mapping(resource.get("values"))
        secret = frozenset(str(k) for k, v in _mapping(resource.get("sensitive_values")).items() if v)
        address = str(resource.get("address"))
        plain = evaluator.Instance(
            address=address,
            resource=without_index(address),
            type=str(resource.get("type")),
            key=quoted_key(resource.get("index")),
            values={
                **{k: v for k, v in beside.get(address, {}).items() if k in _MARKED and k not in secret},
                **{k: v for k, v in values.items() if k not in secret and v is not None},
            },
        )
        declared = _declared(plain, written, base, words)
        found.append(replace(declared, imported=declared.imported or address in importing))
    return _resolved(found)


def _resources(module: Object) -> Iterator[Object]:
    for key, walk in (("resources", None), ("child_modules", _resources)):
        inner = module.get(key)
        for item in inner if isinstance(inner, list) else ():
            if isinstance(item, dict):
                yield from walk(item) if walk else (item,)


def _declared(
    instance: evaluator.Instance, written: hcl.Written, base: Configuration, words: frozenset[str]
) -> Declared:
    attributes = allowed(instance.values)
    name = attributes.get("name")
    return Declared(
        address=instance.address,
        type=instance.type,
        name=name if isinstance(name, str) and name else None,
        marks=_marks(instance),
        run_bound=isinstance(name, str) and _holds_word(name, words),
        protected=base.protected.get(instance.resource, ""),
        imported=instance.resource in references.imported(written),
        attributes=attributes,
        refers=tuple(_refers(instance, references.refers(written, instance.resource))),
    )


def _marks(instance: evaluator.Instance) -> frozenset[str]:
    """The runs that the create call itself names; what the provider sets in a second call may never have been set."""
    kind = kind_of_type(instance.type)
    forms = kind.created_mark if kind else ()
    metadata, tags = instance.values.get("metadata"), instance.values.get("tags")
    return runs_in(
        tags=[str(tag) for tag in tags] if MarkForm.TAGS in forms and isinstance(tags, list | tuple) else (),
        metadata={str(k): str(v) for k, v in metadata.items()}
        if MarkForm.METADATA in forms and isinstance(metadata, Mapping)
        else None,
        description=str(instance.values.get("description") or "") if MarkForm.DESCRIPTION in forms else "",
    )


def _holds_word(name: str, words: frozenset[str]) -> bool:
    """Whether a word of this run stands in the name with nothing alphanumeric beside it."""
    return any(re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", name) for word in words)


def _refers(instance: evaluator.Instance, named: Iterable[tuple[str, references.Named]]) -> Iterator[tuple[str, str]]:
    for attribute, one in named:
        if one.index == references.SAME:
            yield attribute, f"{one.address}{instance.key}"
        else:
            yield attribute, f"{one.address}[{one.index}]" if one.index else one.address


def _resolved(found: Iterable[Declared]) -> tuple[Declared, ...]:
    """Addresses of `refers` with the indices of their modules, where exactly one instance answers to them."""
    declared = tuple(found)
    known: dict[str, list[str]] = {}
    for one in declared:
        for form in {without_index(one.address), with_own_index_only(one.address)}:
            known.setdefault(form, []).append(one.address)
    result: list[Declared] = []
    for one in declared:
        refers: list[tuple[str, str]] = []
        for attribute, target in one.refers:
            candidates = known.get(target, [])
            exact = candidates[0] if len(candidates) == 1 else _beside(one.address, candidates) or target
            refers.append((attribute, exact))
        result.append(replace(one, refers=tuple(dict.fromkeys(refers))))
    return tuple(result)


def _beside(address: str, candidates: list[str]) -> str:
    """The one candidate in the very module instance of `address`; empty when there is not exactly one."""
    home = module_of(address)
    near = [candidate for candidate in candidates if module_of(candidate) == home]
    return near[0] if len(near) == 1 else ""


def _mapping(value: object) -> Object:
    return value if isinstance(value, dict) else {}
