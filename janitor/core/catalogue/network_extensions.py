"""What Neutron's extensions add, in one table."""

from __future__ import annotations

from janitor.core.catalogue.network_bgp import BGP_KINDS
from janitor.core.catalogue.network_firewall import FIREWALL_KINDS
from janitor.core.catalogue.network_links import LINK_KINDS
from janitor.core.catalogue.network_policy import POLICY_KINDS
from janitor.core.catalogue.network_retired import RETIRED_KINDS
from janitor.core.catalogue.network_vpn import VPN_KINDS

EXTENSION_KINDS = (*LINK_KINDS, *POLICY_KINDS, *VPN_KINDS, *FIREWALL_KINDS, *BGP_KINDS, *RETIRED_KINDS)
