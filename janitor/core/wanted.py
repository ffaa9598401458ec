"""What a configuration asks a cloud for, on an empty state: every instance and data source with what it says.

Only an allow-list of attributes gets this far: user data, passwords and keys are no matter of capacity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from janitor.core.catalogue import kind_of_type

ASKED = frozenset(
    {
        *("name", "region", "availability_zone", "availability_zone_hints", "key_pair", "security_groups"),
        *("flavor_id", "flavor_name", "image_id", "image_name", "image_ref", "network", "network_mode"),
        *("block_device", "scheduler_hints", "size", "volume_type", "snapshot_id", "source_vol_id", "source_replica"),
        *("pool", "external_network_id", "network_id", "subnet_id", "port_id", "router_id", "network_name"),
        *("vip_port_id", "vip_subnet_id", "vip_network_id", "member", "delete_default_rules", "security_group_ids"),
        *("most_recent", "name_regex", "zone_id", "cidr", "type", "enable_dhcp", "no_gateway"),
    }
)
"""The attributes that are read; of blocks, see BLOCKS."""

BLOCKS: Mapping[str, frozenset[str]] = {
    "network": frozenset({"name", "uuid", "port"}),
    "block_device": frozenset(
        {"uuid", "source_type", "destination_type", "volume_size", "volume_type", "boot_index", "delete_on_termination"}
    ),
    "scheduler_hints": frozenset({"group"}),
    "member": frozenset({"address"}),
}
"""The attributes of nested blocks that are read."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One instance that an apply would make, or one data source that it reads. What is not known yet is not there."""

    address: str
    type: str
    mode: str = "managed"  # or "data"
    values: Mapping[str, object] = field(default_factory=dict)
    refers: tuple[tuple[str, str], ...] = ()  # (attribute, address of the instance or data source it names)

    @property
    def managed(self) -> bool:
        """Whether it is to be made, and not only read."""
        return self.mode == "managed"

    @property
    def kind(self) -> str:
        """The kind of object that it makes or reads; empty for a type that janitor does not know."""
        kind = kind_of_type(self.type)
        return kind.name if kind else ""

    @property
    def makes(self) -> str:
        """The kind of object that it makes; empty where it only reads one."""
        return self.kind if self.managed else ""

    def text(self, name: str) -> str:
        """An attribute as text; empty where it is absent, or known only after the apply."""
        value = self.values.get(name)
        return value if isinstance(value, str) else "" if value is None or isinstance(value, bool) else str(value)

    def number(self, name: str) -> int | None:
        """An attribute as a whole number, None where it is none or is not known."""
        return whole(self.values.get(name))

    def flag(self, name: str) -> bool:
        """Whether an attribute is set to true."""
        return self.values.get(name) in (True, "true")

    def denied(self, name: str) -> bool:
        """Whether an attribute is set to false."""
        return self.values.get(name) in (False, "false")

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of names."""
        value = self.values.get(name)
        return tuple(str(item) for item in value) if isinstance(value, list | tuple) else ()

    def blocks(self, name: str) -> tuple[Mapping[str, object], ...]:
        """The nested blocks of that name."""
        value = self.values.get(name)
        return tuple(b for b in value if isinstance(b, Mapping)) if isinstance(value, list | tuple) else ()

    def given(self, name: str) -> bool:
        """Whether the configuration says anything of this attribute, known or not."""
        return bool(self.text(name)) or any(attribute == name for attribute, _ in self.refers)

    def named_by(self, name: str) -> tuple[str, ...]:
        """The addresses that this attribute names."""
        return tuple(target for attribute, target in self.refers if attribute == name)


def readable(values: Mapping[str, object]) -> Mapping[str, object]:
    """Of all attributes those that are read here."""
    return {name: _readable(name, values[name]) for name in sorted(ASKED & values.keys()) if values[name] is not None}


def whole(value: object) -> int | None:
    """A whole number, however it is written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(float(value))
    except (ValueError, OverflowError):
        return None


def _readable(name: str, value: object) -> object:
    kept = BLOCKS.get(name)
    if kept is None or not isinstance(value, list | tuple):
        return value if isinstance(value, str | int | float | bool) or kept is None else ()
    return tuple({k: v for k, v in b.items() if k in kept and v is not None} for b in value if isinstance(b, Mapping))
