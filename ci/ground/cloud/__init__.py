"""A real OpenStack on 127.0.0.1 for tests (`ci/cloud`): real services from PyPI, a faked hypervisor, faked storage.

For tests: `LocalCloud.up()`, `running()`, `LocalCloud.project()`, `gate()`, `fault_region()`. Nothing here needs more
than the standard library; the services have a virtual environment of their own.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ground.cloud.faults import FaultRegion, fault_region
    from ground.cloud.gates import Gate, gate
    from ground.cloud.local import LocalCloud, running
    from ground.cloud.project import Project
    from ground.cloud.proxy import Call, Fault

__all__ = ["Call", "Fault", "FaultRegion", "Gate", "LocalCloud", "Project", "fault_region", "gate", "running"]

_HOMES = {
    "Call": "proxy",
    "Fault": "proxy",
    "FaultRegion": "faults",
    "Gate": "gates",
    "LocalCloud": "local",
    "Project": "project",
    "fault_region": "faults",
    "gate": "gates",
    "running": "local",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import on first use: the services' processes import this package too, and want none of it."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
