"""What the configuration wants of a cloud on an empty state, beside what it declares: one evaluation serves both.

Attributes leave through an allow-list (`core.wanted.ASKED`), and what a plan calls sensitive does not leave at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from threading import Event

from janitor.core.case import without_index
from janitor.core.model import Configuration
from janitor.core.wanted import ASKED, Wanted, readable
from janitor.terraform import evaluator, hcl, references
from janitor.terraform.addresses import called, meant, quoted_key
from janitor.terraform.evaluate import EVALUATE_TIMEOUT, How, configured, resources
from janitor.terraform.planned import planned_on_nothing
from janitor.terraform.root import RootModule
from janitor.terraform.shapes import Object, mapping


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
    return Evaluated(configured(root, written, shown, problem=problem, how=how), _linked(found, written), problem)


def _of_plan(shown: Object) -> Iterator[tuple[Wanted, str]]:
    """Each instance with its own index: what is planned, and the data sources that were read before."""
    for values in (shown.get("planned_values"), mapping(shown.get("prior_state")).get("values")):
        for resource in resources(mapping(mapping(values).get("root_module"))):
            known = mapping(resource.get("values"))
            secret = {name for name, marked in mapping(resource.get("sensitive_values")).items() if marked is True}
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
    instances = {one.address: (one, key) for one, key in found}
    among = called(instances)

    def refers(one: Wanted, key: str) -> Iterator[tuple[str, str]]:
        for attribute, target in named.get(without_index(one.address), ()):
            yield attribute, meant(target.seen_from(key), beside=one.address, among=among)

    return tuple(replace(one, refers=tuple(dict.fromkeys(refers(one, key)))) for one, key in instances.values())
