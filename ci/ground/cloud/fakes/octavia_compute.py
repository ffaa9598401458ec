"""Octavia's amphora machines: they boot at once and exist nowhere."""

from __future__ import annotations

from typing import Any

from octavia.common import constants, data_models
from octavia.compute.drivers.noop_driver import driver as noop
from oslo_utils import uuidutils

from ground.cloud.fakes.gates import gate


class LoopbackComputeDriver(noop.NoopComputeDriver):
    """Like the stock no-op driver, which however keeps SQLite files in /tmp."""

    def __init__(self) -> None:  # the stock one makes those files here
        self.driver = None

    def build(self, name: str = "amphora", **_: Any) -> str:
        gate("octavia.compute_build", name)
        return str(uuidutils.generate_uuid())

    def delete(self, compute_id: str) -> None:
        gate("octavia.compute_delete", compute_id)

    def status(self, compute_id: str) -> str:
        return str(constants.UP)

    def get_amphora(self, compute_id: str, management_network_id: str | None = None) -> tuple[Any, None]:
        amphora = data_models.Amphora(compute_id=compute_id, status=constants.ACTIVE, lb_network_ip="192.0.2.1")
        return amphora, None

    def create_server_group(self, name: str, policy: str) -> Any:
        return noop.NoopServerGroup(id=uuidutils.generate_uuid())

    def delete_server_group(self, server_group_id: str) -> None:
        pass

    def attach_network_or_port(self, *_: Any, **__: Any) -> None:
        return None

    def detach_port(self, compute_id: str, port_id: str) -> None:
        pass

    def validate_flavor(self, flavor_id: str) -> None:
        pass

    def validate_availability_zone(self, availability_zone: str) -> None:
        pass
