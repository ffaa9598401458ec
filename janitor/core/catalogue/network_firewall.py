"""FWaaS v2: a group names its policies and the ports it guards, a policy its rules.

Sources: networking API v2 reference (FWaaS v2); neutron_fwaas/services/firewall for what is in use. A group with ports
is refused (it is "still active"): its own list of ports is emptied before it goes.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, MarkForm, Reference
from janitor.core.model import Order

DESCRIBED = (MarkForm.DESCRIPTION,)
OURS = MappingProxyType({"project_id": "{project}"})
SHARED = (("shared", True),)

FIREWALL_KINDS = (
    Kind(
        name="firewall_group",
        service="network",
        extension="fwaas_v2",
        alone=True,
        types=("fw_group_v2",),
        path="/v2.0/fwaas/firewall_groups",
        many="firewall_groups",
        one="firewall_group",
        query=OURS,
        references=(
            Reference("ingress_firewall_policy_id", "firewall_policy", Order.HOLDS),
            Reference("egress_firewall_policy_id", "firewall_policy", Order.HOLDS),
            Reference("ports[]", "router_interface", Order.NAMES),  # one that goes leaves the group by itself
        ),
        facts=("ports", "shared"),
        shared=SHARED,
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        busy=("PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"),
        quota=("firewall_group",),
    ),
    Kind(
        name="firewall_policy",
        service="network",
        extension="fwaas_v2",
        alone=True,
        sync=True,
        types=("fw_policy_v2",),
        path="/v2.0/fwaas/firewall_policies",
        many="firewall_policies",
        one="firewall_policy",
        query=OURS,
        status_field="",
        references=(Reference("firewall_rules[]", "firewall_rule", Order.HOLDS),),
        facts=("shared",),
        shared=SHARED,
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("firewall_policy",),
    ),
    Kind(
        name="firewall_rule",
        service="network",
        extension="fwaas_v2",
        alone=True,
        sync=True,
        types=("fw_rule_v2",),
        path="/v2.0/fwaas/firewall_rules",
        many="firewall_rules",
        one="firewall_rule",
        query=OURS,
        status_field="",
        facts=("shared",),
        shared=SHARED,
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("firewall_rule",),
    ),
)
