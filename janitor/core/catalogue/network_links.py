"""Links that stand in the bodies of Neutron's objects: forwarded ports, host routes, a port's security groups.

None of them has a listing of its own. Some resource types of Terraform stand for several at once (`each`).
"""

from __future__ import annotations

from types import MappingProxyType

from janitor.core.catalogue.entry import Derived, Fate, Kind, Reference
from janitor.core.model import Order

LINK_KINDS = (
    Kind(
        name="port_forwarding",
        service="network",
        sync=True,
        types=("networking_portforwarding_v2",),
        # Neutrons that leave its id out of the floating IP's body (before Ussuri) are not read.
        derived=Derived("floating_ip", each="port_forwardings", id="{^id}/{id}", when=("id", ())),
        state_id="{floatingip_id}/{id}",
        path="/v2.0/floatingips/{parent}/port_forwardings",
        name_field="",
        status_field="",
        references=(
            Reference("^id", "floating_ip", Order.HOLDS),
            Reference("internal_port_id", "port", Order.WITH),  # and it goes first, or nobody could tell who deleted it
        ),
        created_field="",
        facts=("protocol", "external_port", "internal_port_id", "internal_ip_address"),
    ),
    Kind(
        name="subnet_route",
        service="network",
        sync=True,
        types=("networking_subnet_route_v2",),
        fate=Fate.UNDONE,
        derived=Derived("subnet", each="host_routes", id="{^id}-route-{destination}-{nexthop}"),
        name_field="",
        status_field="",
        references=(Reference("^id", "subnet", Order.WITH),),
        facts=("destination", "nexthop"),
        undo="remove_host_route",
        parent="subnet",
    ),
    Kind(
        name="port_security_group",
        service="network",
        sync=True,
        types=("networking_port_secgroup_associate_v2",),
        each=MappingProxyType({"networking_port_secgroup_associate_v2": ("security_group_ids", "{^id}/{item}")}),
        fate=Fate.UNDONE,
        derived=Derived("port", each="security_groups", id="{^id}/{item}"),
        name_field="",
        status_field="",
        references=(
            Reference("^id", "port", Order.WITH),
            Reference("item", "security_group", Order.HOLDS),
        ),
        undo="take_group_off",
        parent="port",
    ),
)
