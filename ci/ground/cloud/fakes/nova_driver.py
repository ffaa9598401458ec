"""Nova's hypervisor: nova's own fake one with room for everybody, a lasting identity and snapshots that arrive."""

from __future__ import annotations

import io
from typing import Any

from nova import exception
from nova.compute import power_state, task_states
from nova.image import glance
from nova.virt import fake, hardware, node

from ground.cloud.fakes.gates import gate


def _gate(operation: str, instance: Any) -> None:
    gate(f"nova.{operation}", instance.display_name, instance.uuid, error=exception.NovaException)


class ScriptedDriver(fake.FakeDriver):
    """The stock fake, with a gate before each operation that can go wrong."""

    vcpus = 100000
    memory_mb = 100000000
    local_gb = 10000000

    def init_host(self, host: str) -> None:
        """Keep the node's identity: the stock fake invents one per process, and nova refuses its second start."""
        super().init_host(host)
        self._uuid = node.get_local_node_uuid()

    def get_available_resource(self, nodename: str) -> Any:
        resources = super().get_available_resource(nodename)
        if resources:
            resources["uuid"] = self._uuid
        return resources

    def get_nodenames_by_uuid(self, refresh: bool = False) -> dict[str, str]:
        return {self._uuid: self._nodes[0]}

    def get_info(self, instance: Any, use_cache: bool = True) -> Any:
        """Find guests again which were there before this process was."""
        if instance.uuid not in self.instances:
            return hardware.InstanceInfo(state=instance.power_state or power_state.RUNNING)
        return super().get_info(instance, use_cache)

    def spawn(self, context: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        _gate("spawn", instance)
        return super().spawn(context, instance, *args, **kwargs)

    def destroy(self, context: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        _gate("destroy", instance)
        return super().destroy(context, instance, *args, **kwargs)

    def snapshot(self, context: Any, instance: Any, image_id: str, update_task_state: Any) -> None:
        """Upload something: the stock fake never does, which leaves the image `queued` for ever."""
        _gate("snapshot", instance)
        update_task_state(task_state=task_states.IMAGE_PENDING_UPLOAD)
        update_task_state(task_state=task_states.IMAGE_UPLOADING, expected_state=task_states.IMAGE_PENDING_UPLOAD)
        image = {"disk_format": "raw", "container_format": "bare", "status": "active"}
        glance.API().update(context, image_id, image, io.BytesIO(b"snapshot" * 64))

    def attach_volume(self, context: Any, connection_info: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        _gate("attach_volume", instance)
        return super().attach_volume(context, connection_info, instance, *args, **kwargs)

    def detach_volume(self, context: Any, connection_info: Any, instance: Any, *args: Any, **kwargs: Any) -> Any:
        _gate("detach_volume", instance)
        return super().detach_volume(context, connection_info, instance, *args, **kwargs)
