"""Manila's storage: its own dummy driver (manila.tests), with a gate before each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manila import exception
from manila.tests.share.drivers import dummy

from ground.cloud.fakes.gates import gate

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONS = (
    "create_share",
    "delete_share",
    "create_snapshot",
    "delete_snapshot",
    "update_access",
    "_setup_server",
    "_teardown_server",
    "ensure_shares",
)
NAMES = ("display_name", "share_name", "share_id", "snapshot_id", "id")


def _keys(arguments: list[Any]) -> list[str]:
    """Names and ids among the arguments; operations on share servers have none, only a match-all rule catches them."""
    found = [""]
    for argument in arguments:
        if hasattr(argument, "get") and not hasattr(argument, "to_policy_values"):
            found += [argument.get(name) for name in NAMES if isinstance(argument.get(name), str)]
    return found


def _gated(operation: str) -> Callable[..., Any]:
    real = getattr(dummy.DummyDriver, operation)

    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        gate(
            f"manila.{operation.lstrip('_')}",
            *_keys([*args, *kwargs.values()]),
            error=lambda message: exception.ShareBackendException(msg=message),
        )
        return real(self, *args, **kwargs)

    return call


class LoopbackShareDriver(dummy.DummyDriver):
    """The dummy driver behind gates."""


for _operation in OPERATIONS:
    if hasattr(dummy.DummyDriver, _operation):
        setattr(LoopbackShareDriver, _operation, _gated(_operation))
