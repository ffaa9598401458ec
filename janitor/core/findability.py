"""Which configured objects could not be found again if state, journal and log were all lost, why, and what would help.

Looks at what the configuration says of them, as the judge would have to; deletes, and asks, nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from janitor.core.case import without_index
from janitor.core.catalogue import Fate, Kind, MarkForm, kind_of_type
from janitor.core.marks import runs_in
from janitor.core.model import Declared

REACHED: Mapping[str, str] = {"subnet": "network", "port": "network", "floating_ip": "port"}
"""Kinds that hang on an object of another kind which the configuration names: found with that one."""

RECORD = "no change of it helps: apply it with `janitor apply`, or keep the apply's log for --from-log"


class Rule(StrEnum):
    """Why an object could not be found again. The words stand in reports and do not change."""

    NO_MARK = "no-mark"
    LATE_MARK = "late-mark"
    NAME_WITHOUT_RUN = "name-without-run"
    NO_NAME = "no-name"
    NO_TIME = "no-time"
    UNKNOWN_TYPE = "unknown-type"


MEANING: Mapping[Rule, str] = {
    Rule.NO_MARK: "It could carry the run's mark and does not; neither does its name tell which run it belongs to.",
    Rule.LATE_MARK: "Its mark is set by a second call: an apply that is killed between the two leaves it without.",
    Rule.NAME_WITHOUT_RUN: "It can carry no mark, and its name holds nothing of the run: another's is called alike.",
    Rule.NO_NAME: "It can carry no mark, and has no name.",
    Rule.NO_TIME: "It can carry no mark, and the cloud does not say when it was made, so its name proves nothing.",
    Rule.UNKNOWN_TYPE: "janitor does not know this type of resource: only Terraform's state leads to it.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A resource whose objects could not be found again. `change`: the smallest one that helps."""

    address: str  # without any index
    type: str
    rule: Rule
    why: str
    change: str
    kind: str = ""
    instances: int = 1


def findings(instances: Iterable[Declared]) -> tuple[Finding, ...]:
    """One finding for each resource of which some instance could not be found again, by address."""
    every = [one for one in instances if one.type.startswith("openstack_") and not one.imported and not one.protected]
    found = _found(every)
    by_resource: dict[str, list[Declared]] = {}
    for one in every:
        if one.address not in found:
            by_resource.setdefault(without_index(one.address), []).append(one)
    return tuple(_finding(address, lost) for address, lost in sorted(by_resource.items()))


def _found(every: list[Declared]) -> frozenset[str]:
    """Addresses that a mark, a name or the object they hang on leads to; and those that need no finding."""
    found = {one.address for one in every if _by_itself(one)}
    while True:
        more = {one.address for one in every if one.address not in found and _hangs_on(one, every, found)}
        if not more:
            return frozenset(found)
        found |= more


def _by_itself(one: Declared) -> bool:
    kind = kind_of_type(one.type)
    if kind is None:
        return False
    if kind.fate is not Fate.DELETED:
        return True  # it goes with its parent, or nothing has to go
    return bool(one.marks) or bool(kind.created_field and one.name and one.run_bound)


def _hangs_on(one: Declared, every: list[Declared], found: set[str]) -> bool:
    kind = kind_of_type(one.type)
    parent = REACHED.get(kind.name) if kind else None
    targets = {target for _, target in one.refers}
    return parent is not None and any(
        other.address in found and (other.address in targets or without_index(other.address) in targets)
        for other in every
        if (made := kind_of_type(other.type)) is not None and made.name == parent
    )


def _finding(address: str, lost: list[Declared]) -> Finding:
    one, kind = lost[0], kind_of_type(lost[0].type)
    if kind is None:
        return Finding(address, one.type, Rule.UNKNOWN_TYPE, MEANING[Rule.UNKNOWN_TYPE], RECORD, "", len(lost))
    rule = _rule(one, kind)
    why = MEANING[rule]
    if rule is Rule.NAME_WITHOUT_RUN:
        why = f"{why} The name: {one.name!r}."
    return Finding(address, one.type, rule, why, _change(rule, kind), kind.name, len(lost))


def _rule(one: Declared, kind: Kind) -> Rule:
    if kind.created_mark:
        return Rule.LATE_MARK if _marked_late(one) else Rule.NO_MARK
    if not kind.created_field:
        return Rule.NO_TIME
    return Rule.NAME_WITHOUT_RUN if one.name else Rule.NO_NAME


def _marked_late(one: Declared) -> bool:
    tags, metadata = one.attributes.get("tags"), one.attributes.get("metadata")
    words = {str(key): str(value) for key, value in metadata.items()} if isinstance(metadata, Mapping) else {}
    return bool(runs_in(tags=map(str, tags) if isinstance(tags, tuple | list) else (), metadata=words))


def _change(rule: Rule, kind: Kind) -> str:
    if rule in {Rule.NO_MARK, Rule.LATE_MARK}:
        form = next(
            form for form in (MarkForm.DESCRIPTION, MarkForm.METADATA, MarkForm.TAGS) if form in kind.created_mark
        )
        return f"{form} = module.marks.{form} (terraform/modules/marks)"
    if rule is Rule.NAME_WITHOUT_RUN:
        return 'name = "${module.marks.name_prefix}…", or any variable that each run gets a value of its own for'
    return RECORD
