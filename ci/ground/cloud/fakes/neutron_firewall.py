"""Neutron's firewalls: nothing is filtered, and a group is ACTIVE as soon as it guards a port."""

from __future__ import annotations

from typing import Any

from neutron_fwaas.services.firewall.service_drivers import driver_api
from neutron_lib import constants


class LoopbackFirewallDriver(driver_api.FirewallDriverDB):
    """Groups on the interfaces of routers; the ports of servers stay out of the project's default group."""

    def is_supported_l3_port(self, port: dict[str, Any]) -> bool:
        return True

    def create_firewall_group_precommit(self, context: Any, firewall_group: dict[str, Any]) -> None:
        firewall_group["status"] = _status(firewall_group)

    def update_firewall_group_precommit(
        self, context: Any, old_firewall_group: dict[str, Any], new_firewall_group: dict[str, Any]
    ) -> None:
        new_firewall_group["status"] = _status(new_firewall_group)


def _status(group: dict[str, Any]) -> str:
    return str(constants.ACTIVE if group["ports"] else constants.INACTIVE)
