"""The table of refusals, continued: Neutron's extensions and Octavia's L7 policies. Values are the API's own fields."""

from __future__ import annotations

from conformance import ACCEPTED, BALANCER, JOINED, NETWORK, REFUSED, ROUTED, Case, make

QOS = (make("qos_policy", "qos"),)
POOL = (make("address_scope", "scope"), make("subnet_pool", "prefixes", address_scope_id="scope"))
POOLED_SUBNET = (*POOL, make("network", "net"), make("subnet", "sub", network="net", subnetpool_id="prefixes"))
FORWARDED = (
    *JOINED,
    make("port", "port", subnet="sub"),
    make("floating_ip", "fip", port="", router="router"),
    make("port_forwarding", "forwarding", floating_ip="fip", port="port"),
)
GATEWAY = (*JOINED, make("vpn_service", "vpn", router_id="router", subnet_id="sub"))
ENDS = (
    make("vpn_endpoint_group", "here", type="subnet", endpoints=("sub",)),
    make("vpn_endpoint_group", "there", type="cidr", endpoints=("10.9.0.0/24",)),
)
SITE = (
    *JOINED,
    make("vpn_service", "vpn", router_id="router"),
    make("vpn_ike_policy", "ike"),
    make("vpn_ipsec_policy", "ipsec"),
    *ENDS,
    make(
        "vpn_site_connection",
        "site",
        vpnservice_id="vpn",
        ikepolicy_id="ike",
        ipsecpolicy_id="ipsec",
        local_ep_group_id="here",
        peer_ep_group_id="there",
    ),
)
FIREWALL = (
    make("firewall_rule", "rule"),
    make("firewall_policy", "policy", firewall_rules=("rule",)),
    make("firewall_group", "guard", ingress_firewall_policy_id="policy"),
)
SENT_AWAY = (
    *BALANCER,
    make("listener", "listener", load_balancer="lb", protocol="HTTP"),
    make("pool", "pool", listener="listener", protocol="HTTP"),
    make("l7policy", "l7", listener="listener", pool="pool"),
)

NETWORK_CASES = (
    Case("qos-policy", QOS, "qos", ACCEPTED, status=204, gone=("qos",)),
    Case(
        "qos-policy-of-a-port",
        (*QOS, *NETWORK, make("port", "port", subnet="sub", qos_policy_id="qos")),
        "qos",
        REFUSED,
        "QosPolicyInUse",
        409,
        ("port",),
    ),
    Case(
        "qos-policy-of-a-network",
        (*QOS, make("network", "net", qos_policy_id="qos")),
        "qos",
        REFUSED,
        "QosPolicyInUse",
        409,
        ("net",),
    ),
    Case("address-scope-of-a-pool", POOL, "scope", REFUSED, "AddressScopeInUse", 409, ("prefixes",)),
    Case("subnet-pool-of-a-subnet", POOLED_SUBNET, "prefixes", REFUSED, "SubnetPoolDeleteError", 400, ("sub",)),
    Case("subnet-pool", POOL, "prefixes", ACCEPTED, status=204, gone=("prefixes",), stays=("scope",)),
    Case(
        "address-group-of-a-rule",
        (
            make("address_group", "addresses"),
            make("security_group", "group"),
            make("security_group_rule", "rule", group="group", addresses="addresses"),
        ),
        "addresses",
        REFUSED,
        "AddressGroupInUse",
        409,
        ("rule",),
    ),
    Case("address-with-a-forwarding", FORWARDED, "fip", REFUSED, "FipInUseByPortForwarding", 409, ("forwarding",)),
    Case(
        "interface-that-a-forwarding-leads-through",
        FORWARDED,
        "joint",
        REFUSED,
        "RouterInterfaceInUseByFloatingIP",
        409,
        ("forwarding",),
    ),
    Case("forwarding", FORWARDED, "forwarding", ACCEPTED, status=204, gone=("forwarding",), stays=("fip", "port")),
    Case("port-takes-its-forwarding", FORWARDED, "port", ACCEPTED, gone=("port", "forwarding"), stays=("fip",)),
    Case("interface-of-a-vpn", GATEWAY, "joint", REFUSED, "SubnetInUseByVPNService", 409, ("vpn",)),
    Case("interface-of-a-site", SITE, "joint", REFUSED, "SubnetInUseByIPsecSiteConnection", 409, ("site",)),
    Case("ike-policy-of-a-site", SITE, "ike", REFUSED, "IKEPolicyInUse", 409, ("site",)),
    Case("ipsec-policy-of-a-site", SITE, "ipsec", REFUSED, "IPsecPolicyInUse", 409, ("site",)),
    Case("vpn-service-of-a-site", SITE, "vpn", REFUSED, "VPNServiceInUse", 409, ("site",)),
    Case("endpoint-group-of-a-site", SITE, "here", REFUSED, "EndpointGroupInUse", 400, ("site",)),
    Case("site", SITE, "site", ACCEPTED, status=204, gone=("site",), stays=("vpn", "ike", "ipsec", "here", "there")),
    Case("firewall-rule-of-a-policy", FIREWALL, "rule", REFUSED, "FirewallRuleInUse", 409, ("policy",)),
    Case("firewall-policy-of-a-group", FIREWALL, "policy", REFUSED, "FirewallPolicyInUse", 409, ("guard",)),
    Case("firewall-group", FIREWALL, "guard", ACCEPTED, status=204, gone=("guard",), stays=("policy", "rule")),
    Case(
        "router-of-a-vpn",
        (*ROUTED, make("vpn_service", "vpn", router_id="router")),
        "router",
        REFUSED,
        "RouterInUse",
        409,
        ("vpn",),
    ),
    Case("pool-that-a-policy-sends-to", SENT_AWAY, "pool", REFUSED, "Client", 409, ("l7",)),
    Case("listener-takes-its-policies", SENT_AWAY, "listener", ACCEPTED, gone=("listener", "l7"), stays=("lb", "pool")),
    Case("l7-policy", SENT_AWAY, "l7", ACCEPTED, status=204, gone=("l7",), stays=("listener", "pool")),
)
