"""Cinder's storage: every volume is a sparse file of 64 KiB for each GiB, attached by os-brick's LOCAL connector."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cinder import exception, interface
from cinder.volume import configuration, driver
from oslo_config import cfg

from ground.cloud.fakes.gates import gate

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = [cfg.StrOpt("sparse_dir", default="")]
cfg.CONF.register_opts(OPTIONS, group=configuration.SHARED_CONF_GROUP)


def _gate(operation: str, thing: Any, busy: Callable[[], Exception] | None = None) -> None:
    gate(
        f"cinder.{operation}",
        thing.display_name,
        thing.id,
        error=lambda message: exception.VolumeBackendAPIException(data=message),
        busy=busy,
    )


@interface.volumedriver
class SparseFileDriver(driver.VolumeDriver):
    """A backend which has all the space and does everything at once."""

    VERSION = "1.0"
    CI_WIKI_NAME = "none"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.configuration.append_config_values(OPTIONS)
        self.folder = Path(self.configuration.sparse_dir)

    def do_setup(self, context: Any) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def check_for_setup_error(self) -> None:
        pass

    def _path(self, thing: Any) -> Path:
        return self.folder / thing.id

    def _make(self, path: Path, gigabytes: int) -> None:
        with path.open("ab") as file:
            file.truncate(int(gigabytes) << 16)  # small, so that a backup takes no time

    def create_volume(self, volume: Any) -> None:
        _gate("create_volume", volume)
        self._make(self._path(volume), volume.size)

    def delete_volume(self, volume: Any) -> None:
        _gate("delete_volume", volume, busy=lambda: exception.VolumeIsBusy(volume_name=volume.name))
        self._path(volume).unlink(missing_ok=True)

    def create_snapshot(self, snapshot: Any) -> None:
        _gate("create_snapshot", snapshot)
        self._make(self._path(snapshot), snapshot.volume_size)

    def delete_snapshot(self, snapshot: Any) -> None:
        _gate("delete_snapshot", snapshot, busy=lambda: exception.SnapshotIsBusy(snapshot_name=snapshot.name))
        self._path(snapshot).unlink(missing_ok=True)

    def create_volume_from_snapshot(self, volume: Any, snapshot: Any) -> None:
        self._make(self._path(volume), volume.size)

    def create_cloned_volume(self, volume: Any, src_vref: Any) -> None:
        self._make(self._path(volume), volume.size)

    def extend_volume(self, volume: Any, new_size: int) -> None:
        self._make(self._path(volume), new_size)

    def clone_image(self, context: Any, volume: Any, image_location: Any, image_meta: Any, image_service: Any) -> Any:
        """Pretend, as RBD can, that any image is cloned in place: nothing is downloaded."""
        self._make(self._path(volume), volume.size)
        return {"provider_location": None}, True

    def copy_volume_to_image(self, context: Any, volume: Any, image_service: Any, image_meta: Any) -> None:
        image_service.update(context, image_meta["id"], {}, io.BytesIO(b"x" * 1024))

    def initialize_connection(self, volume: Any, connector: Any, **_: Any) -> dict[str, Any]:
        _gate("initialize_connection", volume)
        return {
            "driver_volume_type": "local",
            "data": {"device_path": str(self._path(volume)), "volume_id": volume.id},
        }

    def terminate_connection(self, volume: Any, connector: Any, **_: Any) -> None:
        _gate("terminate_connection", volume)

    def create_export(self, context: Any, volume: Any, connector: Any) -> None:
        pass

    def ensure_export(self, context: Any, volume: Any) -> None:
        pass

    def remove_export(self, context: Any, volume: Any) -> None:
        pass

    def create_export_snapshot(self, context: Any, snapshot: Any, connector: Any) -> None:
        pass

    def remove_export_snapshot(self, context: Any, snapshot: Any) -> None:
        pass

    def initialize_connection_snapshot(self, snapshot: Any, connector: Any, **_: Any) -> dict[str, Any]:
        return {"driver_volume_type": "local", "data": {"device_path": str(self._path(snapshot))}}

    def terminate_connection_snapshot(self, snapshot: Any, connector: Any, **_: Any) -> None:
        pass

    def _update_volume_stats(self) -> None:
        self._stats = {
            "volume_backend_name": "sparse",
            "vendor_name": "loopback",
            "driver_version": self.VERSION,
            "storage_protocol": "local",
            "pools": [
                {
                    "pool_name": "pool",
                    "total_capacity_gb": 1000000,
                    "free_capacity_gb": 1000000,
                    "reserved_percentage": 0,
                    "thin_provisioning_support": True,
                    "max_over_subscription_ratio": 100.0,
                    "provisioned_capacity_gb": 0,
                    "multiattach": True,
                    "QoS_support": False,
                }
            ],
        }
