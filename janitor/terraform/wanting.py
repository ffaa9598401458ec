"""What the configuration wants of a cloud on an empty state, beside what it declares: one evaluation serves both.

Attributes leave through an allow-list (`core.wanted.ASKED`), and what a plan calls sensitive does not leave at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from threading import Event

from janitor.core.model import Configuration
from janitor.core.wanted import ASKED, Wanted, readable
from janitor.terraform import evaluator, hcl, references
from janitor.terraform.addresses import module_of, quoted_key, with_own_index_only, without_index
from janitor.terraform.evaluate import EVALUATE_TIMEOUT, How, configured, resources
from janitor.terraform.planned import planned_on_nothing
from janitor.terraform.root import RootModule

Object = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The configuration, and what it wants. `problem`: why there is no plan, where one was asked for."""

    configuration: Configuration
    wanted: tuple[Wanted, ...] = ()
    problem: str = ""


def evaluate_all(
    root: RootModule, *, how: How = "auto", timeout: float = EVALUATE_TIMEOUT, stop: Event | None = None
) -> Evaluated:
    """Evaluate the configuration once, for its names and for what it wants. Writes nothing; see `evaluate`."""
    written = hcl.read(root)
    shown, problem = (None, "") if how == "static" else planned_on_nothing(root, timeout=timeout, stop=stop)
    found = _of_plan(shown) if shown is not None else _of_text(root, written)
    return Evaluated(configured(root, written, shown, problem, how=how), _linked(found, written), problem)


def _of_plan(shown: Object) -> Iterator[tuple[Wanted, str]]:
    """Each instance with its own index: what is planned, and the data sources that were read before."""
    for values in (shown.get("planned_values"), _mapping(shown.get("prior_state")).get("values")):
        for resource in resources(_mapping(_mapping(values).get("root_module"))):
            known = _mapping(resource.get("values"))
            secret = {name for name, marked in _mapping(resource.get("sensitive_values")).items() if marked is True}
            wanted = Wanted(
                address=str(resource.get("address")),
                type=str(resource.get("type")),
                mode=str(resource.get("mode")),
                values=readable({name: value for name, value in known.items() if name not in secret}),
            )
            yield wanted, quoted_key(resource.get("index"))


def _of_text(root: RootModule, written: hcl.Written) -> Iterator[tuple[Wanted, str]]:
    for mode in ("managed", "data"):
        for one in evaluator.instances(root, written, attributes=ASKED, mode=mode)[0]:
            yield Wanted(one.address, one.type, mode, readable(one.values)), one.key


def _linked(found: Iterable[tuple[Wanted, str]], written: hcl.Written) -> tuple[Wanted, ...]:
    """With what each instance names: the instances that can only be meant, else the resource."""
    named = references.refers(written, data=True)
    instances = {one.address: (one, index) for one, index in found}
    candidates: dict[str, list[str]] = {}
    for address in instances:
        for form in {without_index(address), with_own_index_only(address)}:
            candidates.setdefault(form, []).append(address)

    def refers(one: Wanted, index: str) -> Iterator[tuple[str, str]]:
        for attribute, target in named.get(without_index(one.address), ()):
            own = index if target.index == references.SAME else f"[{target.index}]" if target.index else ""
            possible = candidates.get(f"{target.address}{own}", [])
            beside = [other for other in possible if module_of(other) == module_of(one.address)]
            chosen = possible if len(possible) == 1 else beside
            yield attribute, chosen[0] if len(chosen) == 1 else f"{target.address}{own}"

    return tuple(replace(one, refers=tuple(dict.fromkeys(refers(one, index)))) for one, index in instances.values())


def _mapping(value: object) -> Object:
    return value if isinstance(value, dict) else {}
