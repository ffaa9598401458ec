"""What Neutron has lost long ago and old states still name: load balancing v1 (gone with Newton), firewalls v1 (Stein).

A cloud of that age is cleaned like any other. One that answers 404 to the listing has none, whatever a state says.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, MarkForm, Reference
from janitor.core.model import Order

OURS: Mapping[str, str] = MappingProxyType({"tenant_id": "{project}"})
PENDING = ("PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE")


def _lost(name: str, resource: str, path: str, *, one: str, extension: str, holds: Mapping[str, str]) -> Kind:
    return Kind(
        name=name,
        service="network",
        extension=extension,
        retired=True,
        alone=True,
        types=(resource,),
        path=path,
        many=path.rpartition("/")[2],
        one=one,
        query=OURS,
        created_field="",
        references=tuple(Reference(field, kind, Order.HOLDS) for field, kind in holds.items()),
        marks=(MarkForm.DESCRIPTION,) if extension == "fwaas" else (),
        busy=PENDING,
    )


RETIRED_KINDS = (
    _lost(
        "vip_v1",
        "lb_vip_v1",
        "/v2.0/lb/vips",
        one="vip",
        extension="lbaas",
        holds={"pool_id": "pool_v1", "subnet_id": "subnet"},
    ),
    _lost(
        "member_v1", "lb_member_v1", "/v2.0/lb/members", one="member", extension="lbaas", holds={"pool_id": "pool_v1"}
    ),
    _lost(
        "pool_v1",
        "lb_pool_v1",
        "/v2.0/lb/pools",
        one="pool",
        extension="lbaas",
        holds={"health_monitors[]": "health_monitor_v1", "subnet_id": "subnet"},
    ),
    _lost(
        "health_monitor_v1",
        "lb_monitor_v1",
        "/v2.0/lb/health_monitors",
        one="health_monitor",
        extension="lbaas",
        holds={},
    ),
    _lost(
        "firewall_v1",
        "fw_firewall_v1",
        "/v2.0/fw/firewalls",
        one="firewall",
        extension="fwaas",
        holds={"firewall_policy_id": "firewall_policy_v1", "router_ids[]": "router"},
    ),
    _lost(
        "firewall_policy_v1",
        "fw_policy_v1",
        "/v2.0/fw/firewall_policies",
        one="firewall_policy",
        extension="fwaas",
        holds={"firewall_rules[]": "firewall_rule_v1"},
    ),
    _lost(
        "firewall_rule_v1",
        "fw_rule_v1",
        "/v2.0/fw/firewall_rules",
        one="firewall_rule",
        extension="fwaas",
        holds={},
    ),
)
