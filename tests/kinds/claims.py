"""What the tests of the kinds have to show: the stacks that are there, the ways each entry claims, the known gaps.

A stack is a folder below `stacks`: dropping one in is all it takes. A way that an entry claims and no test shows
stands in `gaps.toml` by the type's name, with the reason; nothing is left out silently.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from clouds import OPTIONAL

from janitor.core.attached import RULES
from janitor.core.catalogue import KINDS, Fate, Kind, kind_of_type
from janitor.core.model import Order

HERE = Path(__file__).parent
FOLDER = HERE / "stacks"
MARKS = HERE.parents[1] / "terraform" / "modules" / "marks"
RESOURCE = re.compile(r'^resource "(openstack_\w+)" "(\w+)"', re.MULTILINE)
PREFIX = "openstack_"


class Way(StrEnum):
    """One column of the table."""

    STATE = "state"  # found from the state and deleted
    MARK = "mark"
    NAME = "name"
    LOG = "log"
    ATTACHED = "attached"
    ORDER = "wrong order"  # asked for too early, refused, resolved
    TWIN = "twin stays"  # the same beside it, in this project and in another one
    ABSENT = "already gone"
    LISTING = "proved by listing"  # accepted is not gone
    AGAIN = "second run"  # does nothing but listings


SURE = frozenset({Way.STATE, Way.ABSENT, Way.AGAIN})
"""What holds for everything that stands in a state."""


def stacks() -> list[str]:
    """The stacks that are there."""
    return sorted(path.parent.name for path in FOLDER.glob("*/main.tf"))


def files(stack: str) -> list[Path]:
    """What makes a root module of it: its own files, what all share, and the module of the marks."""
    return [FOLDER / "shared.tf", MARKS, *sorted((FOLDER / stack).glob("*"))]


def types_in(stack: str) -> frozenset[str]:
    """The resource types that it makes, without their prefix."""
    texts = [path.read_text(encoding="utf-8") for path in files(stack) if path.suffix == ".tf"]
    return frozenset(found.removeprefix(PREFIX) for text in texts for found, _ in RESOURCE.findall(text))


def props(stack: str) -> frozenset[str]:
    """The addresses of what the stack only needs, and is not about: `props.tf`."""
    path = FOLDER / stack / "props.tf"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return frozenset(f"{of}.{name}" for of, name in RESOURCE.findall(text))


def needs(stack: str) -> frozenset[str]:
    """The services that the local cloud has only when it is asked for them, of those that it needs."""
    services = {entry.service for name in types_in(stack) if (entry := kind(name))}
    return frozenset(OPTIONAL[service] for service in services if service in OPTIONAL)


def parameters(names: Iterable[str], *, ordinary: Container[str]) -> list[Any]:
    """These stacks as parameters of a test, with what they need; those that are not `ordinary` are thorough."""
    return [
        pytest.param(
            name, marks=[pytest.mark.services(*needs(name)), *([] if name in ordinary else [pytest.mark.thorough])]
        )
        for name in names
    ]


def kind(type_name: str) -> Kind | None:
    """The entry of a type, given without its prefix."""
    return kind_of_type(PREFIX + type_name)


def ways(entry: Kind) -> frozenset[Way]:
    """What the entry claims of its objects. What has nothing to delete is found, and said to need nothing."""
    if entry.fate is Fate.NOTHING:
        return SURE
    claimed = {*SURE, Way.LOG, Way.TWIN, Way.LISTING}
    if entry.marks:
        claimed.add(Way.MARK)
    if entry.name_field == "name" and entry.created_field and entry.fate is Fate.DELETED and not entry.is_relation:
        claimed.add(Way.NAME)
    if entry.name in RULES:
        claimed.add(Way.ATTACHED)
    if held(entry):
        claimed.add(Way.ORDER)
    return frozenset(claimed)


def held(entry: Kind) -> bool:
    """Whether the entry says that something else can hold its objects."""
    if any(reference.order is Order.HELD for reference in entry.references):
        return True
    return any(
        reference.kind == entry.name and reference.order is Order.HOLDS and other.name != entry.name
        for other in KINDS.values()
        for reference in other.references
    )


def gaps() -> Mapping[tuple[str, Way], str]:
    """Type and way → why nothing shows it."""
    with (HERE / "gaps.toml").open("rb") as file:
        written = tomllib.load(file)
    return {(name, Way(way)): why for name, ways in written.items() for way, why in ways.items()}


def importance() -> Mapping[str, frozenset[str]]:
    """The types that matter most: `core` and `common`."""
    with (HERE / "importance.toml").open("rb") as file:
        return {level: frozenset(names) for level, names in tomllib.load(file).items()}
