"""Neutron's network: a mechanism driver which binds every port on every host, without an agent, and calls it ACTIVE."""

from __future__ import annotations

from typing import Any

from neutron.services.trunk.drivers import base as trunk
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from neutron_lib.plugins.ml2 import api
from neutron_lib.services.trunk import constants as trunk_constants

from ground.cloud.fakes.gates import gate


class LoopbackTrunkDriver(trunk.DriverBase):
    """Trunks as ML2/OVS has them."""

    @property
    def is_loaded(self) -> bool:
        return True


class LoopbackMechanismDriver(api.MechanismDriver):
    """Binds at once."""

    def initialize(self) -> None:
        # as with ML2/OVS a bound port cannot become a trunk's parent, so TrunkInUse is Neutron's own answer
        self.trunk = LoopbackTrunkDriver(
            "loopback",
            (portbindings.VIF_TYPE_OVS,),
            (trunk_constants.SEGMENTATION_TYPE_VLAN,),
            None,
            can_trunk_bound_port=False,
        )

    def bind_port(self, context: Any) -> None:
        segment = next(iter(context.segments_to_bind), None)
        if segment is not None:
            context.set_binding(
                segment[api.ID],
                portbindings.VIF_TYPE_OVS,
                {
                    portbindings.CAP_PORT_FILTER: True,
                    portbindings.VIF_DETAILS_CONNECTIVITY: portbindings.CONNECTIVITY_L2,
                },
                status=constants.PORT_STATUS_ACTIVE,
            )

    def delete_port_precommit(self, context: Any) -> None:
        gate("neutron.delete_port", context.current.get("name"), context.current["id"])

    def delete_network_precommit(self, context: Any) -> None:
        gate("neutron.delete_network", context.current.get("name"), context.current["id"])
