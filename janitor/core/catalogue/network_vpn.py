"""VPNaaS: a site connection stands on its policies, endpoint groups and service; that one on a router and a subnet.

Sources: networking API v2 reference (VPNaaS); neutron_vpnaas/db/vpn for what is in use. Bodies hold the pre-shared
key: nothing but names, ids and statuses may leave them.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Kind, MarkForm, Reference
from janitor.core.model import Order

DESCRIBED = (MarkForm.DESCRIPTION,)
OURS = MappingProxyType({"project_id": "{project}"})

VPN_KINDS = (
    Kind(
        name="vpn_site_connection",
        service="network",
        extension="vpnaas",
        alone=True,
        sync=True,
        types=("vpnaas_site_connection_v2",),
        path="/v2.0/vpn/ipsec-site-connections",
        many="ipsec_site_connections",
        one="ipsec_site_connection",
        query=OURS,
        created_field="",
        references=(
            Reference("vpnservice_id", "vpn_service", Order.HOLDS),
            Reference("ikepolicy_id", "vpn_ike_policy", Order.HOLDS),
            Reference("ipsecpolicy_id", "vpn_ipsec_policy", Order.HOLDS),
            Reference("local_ep_group_id", "vpn_endpoint_group", Order.HOLDS),
            Reference("peer_ep_group_id", "vpn_endpoint_group", Order.HOLDS),
        ),
        facts=("vpnservice_id", "ikepolicy_id", "ipsecpolicy_id"),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("ipsec_site_connection",),
    ),
    Kind(
        name="vpn_service",
        service="network",
        extension="vpnaas",
        alone=True,
        sync=True,
        types=("vpnaas_service_v2",),
        path="/v2.0/vpn/vpnservices",
        many="vpnservices",
        one="vpnservice",
        query=OURS,
        created_field="",
        references=(
            Reference("router_id", "router", Order.HOLDS),
            Reference("subnet_id", "subnet", Order.HOLDS),
        ),
        facts=("router_id", "subnet_id"),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("vpnservice",),
    ),
    Kind(
        name="vpn_endpoint_group",
        service="network",
        extension="vpn-endpoint-groups",
        alone=True,
        sync=True,
        types=("vpnaas_endpoint_group_v2",),
        path="/v2.0/vpn/endpoint-groups",
        many="endpoint_groups",
        one="endpoint_group",
        query=OURS,
        status_field="",
        created_field="",
        references=(
            Reference("endpoints[]", "subnet", Order.HOLDS, when=("type", ("subnet",))),
            Reference("endpoints[]", "network", Order.HOLDS, when=("type", ("network",))),
            Reference("endpoints[]", "router", Order.HOLDS, when=("type", ("router",))),
        ),
        facts=("type",),
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("endpoint_group",),
    ),
    Kind(
        name="vpn_ike_policy",
        service="network",
        extension="vpnaas",
        alone=True,
        sync=True,
        types=("vpnaas_ike_policy_v2",),
        path="/v2.0/vpn/ikepolicies",
        many="ikepolicies",
        one="ikepolicy",
        query=OURS,
        status_field="",
        created_field="",
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("ikepolicy",),
    ),
    Kind(
        name="vpn_ipsec_policy",
        service="network",
        extension="vpnaas",
        alone=True,
        sync=True,
        types=("vpnaas_ipsec_policy_v2",),
        path="/v2.0/vpn/ipsecpolicies",
        many="ipsecpolicies",
        one="ipsecpolicy",
        query=OURS,
        status_field="",
        created_field="",
        marks=DESCRIBED,
        created_mark=DESCRIBED,
        quota=("ipsecpolicy",),
    ),
)
