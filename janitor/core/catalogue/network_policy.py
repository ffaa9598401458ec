"""Neutron's policies and address plans: QoS, sharing, address groups, scopes and pools, segments, quotas.

Sources: networking API v2 reference; neutron/db, neutron/services for what holds what. A QoS rule stands in its
policy's body and is read there; it costs no listing of its own.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Derived, Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

TAGGED = (MarkForm.TAGS, MarkForm.DESCRIPTION)
DESCRIBED = (MarkForm.DESCRIPTION,)
OURS = MappingProxyType({"project_id": "{project}"})
SHAREABLE = {
    "network": "network",
    "qos_policy": "qos_policy",
    "security_group": "security_group",
    "address_scope": "address_scope",
    "subnetpool": "subnet_pool",
    "address_group": "address_group",
    "bgpvpn": "bgpvpn",
}
"""What a sharing policy can be about: Neutron's word for it, and ours."""


def _qos_rule(name: str, rule: str, collection: str, resource: str) -> Kind:
    return Kind(
        name=name,
        service="network",
        extension="qos",
        sync=True,
        types=(resource,),
        fate=Fate.GOES_WITH,
        derived=Derived("qos_policy", each="rules", id="{^id}/{id}", when=("type", (rule,))),
        path=f"/v2.0/qos/policies/{{parent}}/{collection}",
        name_field="",
        status_field="",
        references=(Reference("^id", "qos_policy", Order.WITH),),
    )


POLICY_KINDS = (
    Kind(
        name="qos_policy",
        service="network",
        extension="qos",
        alone=True,
        sync=True,
        types=("networking_qos_policy_v2",),
        path="/v2.0/qos/policies",
        many="policies",
        one="policy",
        query=OURS,
        status_field="",
        facts=("shared",),
        shared=(("shared", True),),
        marks=TAGGED,
        created_mark=DESCRIBED,
    ),
    _qos_rule(
        "qos_bandwidth_limit_rule",
        "bandwidth_limit",
        "bandwidth_limit_rules",
        "networking_qos_bandwidth_limit_rule_v2",
    ),
    _qos_rule(
        "qos_dscp_marking_rule",
        "dscp_marking",
        "dscp_marking_rules",
        "networking_qos_dscp_marking_rule_v2",
    ),
    _qos_rule(
        "qos_minimum_bandwidth_rule",
        "minimum_bandwidth",
        "minimum_bandwidth_rules",
        "networking_qos_minimum_bandwidth_rule_v2",
    ),
    Kind(
        name="rbac_policy",
        service="network",
        extension="rbac-policies",
        alone=True,
        sync=True,
        types=("networking_rbac_policy_v2",),
        fate=Fate.GOES_WITH,
        path="/v2.0/rbac-policies",
        many="rbac_policies",
        one="rbac_policy",
        query=OURS,
        name_field="",
        status_field="",
        created_field="",
        references=tuple(
            Reference("object_id", kind, Order.WITH, when=("object_type", (word,))) for word, kind in SHAREABLE.items()
        ),
        facts=("object_type", "object_id", "target_tenant", "action"),
        quota=("rbac_policy",),
    ),
    Kind(
        name="address_group",
        service="network",
        extension="address-group",
        alone=True,
        sync=True,
        types=("networking_address_group_v2",),
        path="/v2.0/address-groups",
        many="address_groups",
        one="address_group",
        query=OURS,
        status_field="",
        facts=("shared",),
        shared=(("shared", True),),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
    ),
    Kind(
        name="address_scope",
        service="network",
        extension="address-scope",
        alone=True,
        sync=True,
        types=("networking_addressscope_v2",),
        path="/v2.0/address-scopes",
        many="address_scopes",
        one="address_scope",
        query=OURS,
        status_field="",
        created_field="",
        facts=("shared",),
        shared=(("shared", True),),
    ),
    Kind(
        name="subnet_pool",
        service="network",
        extension="subnet_allocation",
        alone=True,
        sync=True,
        types=("networking_subnetpool_v2",),
        path="/v2.0/subnetpools",
        many="subnetpools",
        one="subnetpool",
        query=OURS,
        status_field="",
        references=(Reference("address_scope_id", "address_scope", Order.HOLDS),),
        facts=("shared", "is_default"),
        shared=(("shared", True),),
        marks=TAGGED,
        created_mark=DESCRIBED,
        quota=("subnetpool",),
    ),
    Kind(
        name="segment",
        service="network",
        extension="segment",
        sync=True,
        types=("networking_segment_v2",),
        fate=Fate.REFUSED,
        why="a segment belongs to the provider's network",
        veiled=True,
        path="/v2.0/segments",
        one="segment",
        project_fields=(),
        status_field="",
        references=(Reference("network_id", "network", Order.WITH),),
        created_field="",
        facts=("network_id", "network_type"),
    ),
    Kind(
        name="network_quota",
        service="network",
        types=("networking_quota_v2",),
        fate=Fate.NOTHING,
        why="a limit is no object, and Terraform itself leaves it as it is",
    ),
)
