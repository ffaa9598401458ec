"""Octavia's network driver: its own one for Neutron, with only the calls replaced that plug a port into a machine.

So there are real VIP ports, real VRRP ports of the service project in the tenant's network, and real `lb-<id>` groups.
"""

from __future__ import annotations

from typing import Any

from octavia.network import data_models
from octavia.network.drivers.neutron import allowed_address_pairs

from ground.cloud.fakes.gates import gate


class LoopbackNetworkDriver(allowed_address_pairs.AllowedAddressPairsDriver):
    """Plugging is a change of the port's device, nothing else."""

    def plug_port(self, amphora: Any, port: Any) -> Any:
        self.network_proxy.update_port(port.id, device_id=amphora.compute_id)
        return data_models.Interface(
            compute_id=amphora.compute_id, network_id=port.network_id, port_id=port.id, fixed_ips=port.fixed_ips
        )

    def unplug_network(self, compute_id: str, network_id: str) -> None:
        for interface in self.get_plugged_networks(compute_id):
            if interface.network_id == network_id:
                self.network_proxy.update_port(interface.port_id, device_id="")

    def update_vip_sg(self, load_balancer: Any, vip: Any) -> Any:
        gate("octavia.update_vip_sg", load_balancer.name, load_balancer.id)
        return super().update_vip_sg(load_balancer, vip)

    def deallocate_vip(self, vip: Any) -> Any:
        owner = vip.load_balancer
        gate("octavia.deallocate_vip", owner.name if owner else None, owner.id if owner else None)
        return super().deallocate_vip(vip)
