"""Dynamic routing, BGP VPNs with what is associated to them, and traffic mirrors.

Sources: networking API v2 reference; networking_bgpvpn, neutron_dynamic_routing and neutron_taas for what is in use.
Associations stand below their BGP VPN and go with it, or with what they tie to it.
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Fate, Kind, MarkForm, Reference
from janitor.core.model import Order

OURS = MappingProxyType({"project_id": "{project}"})


def _association(end: str, resource: str) -> Kind:
    return Kind(
        name=f"bgpvpn_{end}_association",
        service="network",
        extension="bgpvpn",
        alone=True,
        sync=True,
        types=(resource,),
        fate=Fate.UNDONE,
        nested="bgpvpn",
        path=f"/v2.0/bgpvpn/bgpvpns/{{parent}}/{end}_associations",
        many=f"{end}_associations",
        one=f"{end}_association",
        name_field="",
        status_field="",
        created_field="",
        references=(
            Reference("^id", "bgpvpn", Order.WITH),
            Reference(f"{end}_id", end, Order.WITH),
        ),
        facts=(f"{end}_id",),
    )


BGP_KINDS = (
    Kind(
        name="bgpvpn",
        service="network",
        extension="bgpvpn",
        alone=True,
        sync=True,
        types=("bgpvpn_v2",),
        path="/v2.0/bgpvpn/bgpvpns",
        many="bgpvpns",
        one="bgpvpn",
        # It cannot be asked for one project's, and tells the project to administrators only.
        status_field="",
        created_field="",
        facts=("type", "shared"),
        shared=(("shared", True),),
    ),
    _association("network", "bgpvpn_network_associate_v2"),
    _association("router", "bgpvpn_router_associate_v2"),
    _association("port", "bgpvpn_port_associate_v2"),
    Kind(
        name="bgp_speaker",
        service="network",
        extension="bgp",
        sync=True,
        types=("networking_bgp_speaker_v2",),
        fate=Fate.REFUSED,
        why="a BGP speaker tells the provider's routers where to send",
        veiled=True,
        path="/v2.0/bgp-speakers",
        one="bgp_speaker",
        status_field="",
        created_field="",
        references=(
            Reference("peers[]", "bgp_peer", Order.HOLDS),
            Reference("networks[]", "network", Order.NAMES),
        ),
        facts=("local_as", "peers", "networks"),
    ),
    Kind(
        name="bgp_peer",
        service="network",
        extension="bgp",
        sync=True,
        types=("networking_bgp_peer_v2",),
        fate=Fate.REFUSED,
        why="a BGP peer is one of the provider's routers",
        veiled=True,
        path="/v2.0/bgp-peers",
        one="bgp_peer",
        status_field="",
        created_field="",
        facts=("peer_ip", "remote_as"),
    ),
    Kind(
        name="tap_mirror",
        service="network",
        extension="tap-mirror",
        alone=True,
        sync=True,
        types=("taas_tap_mirror_v2",),
        fate=Fate.GOES_WITH,
        path="/v2.0/taas/tap_mirrors",
        many="tap_mirrors",
        one="tap_mirror",
        query=OURS,
        status_field="",
        created_field="",
        references=(Reference("port_id", "port", Order.WITH),),
        facts=("port_id",),
        marks=(MarkForm.DESCRIPTION,),
        created_mark=(MarkForm.DESCRIPTION,),
    ),
)
