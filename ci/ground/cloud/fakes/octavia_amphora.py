"""Octavia's amphora agent: calls that always succeed, with a gate per load balancer."""

from __future__ import annotations

from typing import Any

from octavia.amphorae.drivers.noop_driver import driver as noop

from ground.cloud.fakes.gates import gate


class LoopbackAmphoraDriver(noop.NoopAmphoraLoadBalancerDriver):
    """The stock no-op driver behind gates."""

    def update(self, loadbalancer: Any) -> Any:
        gate("octavia.update", loadbalancer.name, loadbalancer.id)
        return super().update(loadbalancer)

    def update_amphora_listeners(self, loadbalancer: Any, amphora: Any, timeout_dict: Any = None) -> Any:
        gate("octavia.update", loadbalancer.name, loadbalancer.id)
        return super().update_amphora_listeners(loadbalancer, amphora, timeout_dict)

    def delete(self, listener: Any) -> Any:
        gate("octavia.delete_listener", listener.name, listener.id, listener.load_balancer.name)
        return super().delete(listener)
