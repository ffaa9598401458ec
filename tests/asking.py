"""Builders of what a configuration wants: `asks("server", flavor_name="tiny")`."""

from __future__ import annotations

from itertools import count

from janitor.core.catalogue import KINDS
from janitor.core.needs import Flavor
from janitor.core.wanted import Wanted, readable

FLAVORS = {"tiny": Flavor(1, 512, 1), "1": Flavor(1, 512, 1), "large": Flavor(4, 8192, 40)}
_numbers = count()


def asks(kind: str, address: str = "", *, refers: dict[str, str] | None = None, **values: object) -> Wanted:
    """A resource instance of a kind that is to be made, with what is known of it and what it names."""
    made = f"openstack_{KINDS[kind].types[0]}"
    refs = tuple((attribute.replace("__", "."), target) for attribute, target in (refers or {}).items())
    return Wanted(address or f"{made}.x{next(_numbers)}", made, values=readable(values), refers=refs)


def reads(kind: str, address: str, **values: object) -> Wanted:
    """A data source of a kind."""
    made = f"openstack_{KINDS[kind].types[0]}"
    return Wanted(address, made, "data", readable(values))
