"""The catalogue: one entry per kind of object janitor knows, and the few questions everybody asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from janitor.core.catalogue.balancer import BALANCER_KINDS
from janitor.core.catalogue.balancer_rules import BALANCER_RULE_KINDS
from janitor.core.catalogue.clusters import CLUSTER_KINDS
from janitor.core.catalogue.compute import COMPUTE_KINDS
from janitor.core.catalogue.databases import DATABASE_KINDS
from janitor.core.catalogue.dns import DNS_KINDS
from janitor.core.catalogue.entry import Derived, Fate, Kind, MarkForm, Reference
from janitor.core.catalogue.identity import IDENTITY_KINDS
from janitor.core.catalogue.image import IMAGE_KINDS
from janitor.core.catalogue.keys import KEY_KINDS
from janitor.core.catalogue.network import NETWORK_KINDS
from janitor.core.catalogue.network_extensions import EXTENSION_KINDS
from janitor.core.catalogue.objects import OBJECT_KINDS
from janitor.core.catalogue.orchestration import ORCHESTRATION_KINDS
from janitor.core.catalogue.reading import observe
from janitor.core.catalogue.shares import SHARE_KINDS
from janitor.core.catalogue.storage import STORAGE_KINDS
from janitor.core.catalogue.workflows import WORKFLOW_KINDS
from janitor.core.model import Order

__all__ = [
    "KINDS",
    "OUTSIDE_NOTHING",
    "STATE_ATTRIBUTES",
    "Derived",
    "Fate",
    "Kind",
    "MarkForm",
    "Reference",
    "closure",
    "kind_of_type",
    "observe",
    "source_kind",
]

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            *COMPUTE_KINDS,
            *NETWORK_KINDS,
            *EXTENSION_KINDS,
            *STORAGE_KINDS,
            *IMAGE_KINDS,
            *BALANCER_KINDS,
            *BALANCER_RULE_KINDS,
            *IDENTITY_KINDS,
            *CLUSTER_KINDS,
            *DATABASE_KINDS,
            *DNS_KINDS,
            *KEY_KINDS,
            *OBJECT_KINDS,
            *ORCHESTRATION_KINDS,
            *SHARE_KINDS,
            *WORKFLOW_KINDS,
        )
    }
)

_BY_TYPE: Mapping[str, Kind] = MappingProxyType(
    {f"openstack_{name}": kind for kind in KINDS.values() for name in kind.types}
)

OUTSIDE_NOTHING = frozenset({"random", "null", "tls", "time", "local", "archive", "terraform", "cloudinit"})
"""Providers whose resources have nothing outside the state: they leave it with the rest."""

STATE_ATTRIBUTES = frozenset(
    {
        *("name", "region", "tenant_id", "project_id", "description", "tags", "all_tags", "metadata", "all_metadata"),
        *("fingerprint", "user_id", "router_id", "subnet_id", "port_id", "network_id", "floating_ip", "address"),
        *("fixed_ip", "instance_id", "volume_id", "loadbalancer_id", "pool_id", "listener_id", "security_group_id"),
        *("image_id", "member_id", "zone_id", "storage_policy", "etag"),
        *("floatingip_id", "l7policy_id", "member", "routes", "security_group_ids"),
        *("vip_port_id", "device_id", "destination_cidr", "next_hop", "cidr", "force_destroy", "key_pair"),
        "share_id",
    }
)
"""The attributes of a resource instance that leave the state reader; everything else may be a secret."""


def kind_of_type(resource_type: str) -> Kind | None:
    """The kind a Terraform resource type makes, None for a type that janitor does not know."""
    return _BY_TYPE.get(resource_type)


def source_kind(name: str) -> str:
    """The kind whose listing shows objects of this kind: itself, or the one it is derived from."""
    kind = KINDS[name]
    return kind.derived.kind if kind.derived else name


def closure(names: frozenset[str]) -> frozenset[str]:
    """The kinds to list so that objects of `names`, what may hang on them, and who uses that can be seen.

    One step of "refers to" and one of "is used by": what holds beyond that is found when a refusal names it.
    """
    base = {source_kind(name) for name in names}
    near = {
        source_kind(kind.name)
        for kind in KINDS.values()
        if kind.fate is not Fate.REFUSED
        and not kind.alone  # only a source that names it makes one ours
        and any(ref.order is not Order.NAMES and source_kind(ref.kind) in base for ref in kind.references)
    }
    users = {ref.kind for name in base | near for ref in KINDS[name].references if ref.order is Order.HELD}
    return frozenset(name for name in base | near | users if KINDS[name].is_listed)
