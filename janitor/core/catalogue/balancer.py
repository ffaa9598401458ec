"""Octavia's kinds. Sources: load balancer v2 reference; octavia/common/constants.py for what may be deleted.

A load balancer takes its children along (`cascade=true`), and any child's delete makes the whole load balancer
PENDING_UPDATE: children of one load balancer have one writer.
"""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

from janitor.core.catalogue.entry import Derived, Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

OURS = MappingProxyType({"project_id": "{project}"})
PENDING = ("PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE")
TAGGED = (MarkForm.TAGS, MarkForm.DESCRIPTION)
PATIENT = 24  # about a minute of listings: an amphora takes that long to boot, and shows nothing meanwhile
RESET = "as admin, in Octavia's database: UPDATE {table} SET provisioning_status = 'ERROR' WHERE id = '{{id}}'"
"""Octavia has no call that ends a PENDING status, not even for administrators."""


def _certificates(*fields: str) -> tuple[Reference, ...]:
    """TLS fields hold links into barbican, to a container or to a secret; neither is protected there."""
    return tuple(
        Reference(field, kind, Order.HOLDS, collection=collection)
        for field in fields
        for kind, collection in (("secret_container", "containers"), ("secret", "secrets"))
    )


BalancerKind = partial(
    Kind,
    service="load-balancer",
    query=OURS,
    status_field="provisioning_status",
    marks=TAGGED,
    created_mark=(MarkForm.DESCRIPTION,),
    busy=PENDING,
    dead=("DELETED",),
    readings=PATIENT,
)
"""What has a provisioning status of its own: the load balancer and most of its children."""

BALANCER_KINDS = (
    BalancerKind(
        name="load_balancer",
        advice=RESET.format(table="load_balancer") + "; then: openstack loadbalancer delete --cascade {id}",
        types=("lb_loadbalancer_v2",),
        path="/v2/lbaas/loadbalancers",
        many="loadbalancers",
        one="loadbalancer",
        references=(
            Reference("vip_port_id", "port", Order.HOLDS),
            Reference("vip_subnet_id", "subnet", Order.HOLDS),
            Reference("vip_network_id", "network", Order.HOLDS),
            Reference("vip_qos_policy_id", "qos_policy", Order.HOLDS),
            Reference("flavor_id", "lb_flavor", Order.HOLDS),
        ),
        facts=(
            "vip_port_id",
            "vip_subnet_id",
            "vip_network_id",
            "vip_address",
            "listeners",
            "pools",
            "operating_status",
        ),
        delete_query=MappingProxyType({"cascade": "true"}),
        quota=("load_balancer",),
    ),
    BalancerKind(
        name="listener",
        advice=RESET.format(table="listener"),
        types=("lb_listener_v2",),
        fate=Fate.GOES_WITH,
        path="/v2/lbaas/listeners",
        many="listeners",
        one="listener",
        references=(
            Reference("loadbalancers[].id", "load_balancer", Order.WITH),
            Reference("default_pool_id", "pool", Order.HOLDS),
            *_certificates("default_tls_container_ref", "sni_container_refs[]"),
            *_certificates("client_ca_tls_container_ref", "client_crl_container_ref"),
        ),
        facts=("loadbalancers", "default_pool_id", "l7policies"),
        parent="load_balancer",
        quota=("listener",),
    ),
    BalancerKind(
        name="pool",
        advice=RESET.format(table="pool"),
        types=("lb_pool_v2",),
        fate=Fate.GOES_WITH,
        path="/v2/lbaas/pools",
        many="pools",
        one="pool",
        references=(
            Reference("loadbalancers[].id", "load_balancer", Order.WITH),
            Reference("listeners[].id", "listener", Order.NAMES),
            *_certificates("tls_container_ref", "ca_tls_container_ref", "crl_container_ref"),
        ),
        facts=("loadbalancers", "listeners", "healthmonitor_id"),
        parent="load_balancer",
        quota=("pool",),
    ),
    Kind(
        name="member",
        service="load-balancer",
        types=("lb_member_v2", "lb_members_v2"),
        each=MappingProxyType({"lb_members_v2": ("member", "{id}")}),
        fate=Fate.GOES_WITH,
        derived=Derived("pool", each="members"),
        path="/v2/lbaas/pools/{parent}/members",
        one="member",
        name_field="",
        status_field="",
        references=(
            Reference("^id", "pool", Order.WITH),
            Reference("^loadbalancers[].id", "load_balancer", Order.WITH),
        ),
        undo="delete_member",
        parent="load_balancer",
        quota=("member",),
    ),
    BalancerKind(
        name="health_monitor",
        advice=RESET.format(table="health_monitor"),
        types=("lb_monitor_v2",),
        fate=Fate.GOES_WITH,
        path="/v2/lbaas/healthmonitors",
        many="healthmonitors",
        one="healthmonitor",
        references=(Reference("pools[].id", "pool", Order.WITH),),
        facts=("pools",),
        marks=(MarkForm.TAGS,),
        created_mark=(),
        parent="load_balancer",
        quota=("health_monitor",),
    ),
)
