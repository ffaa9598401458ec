"""Gates: named points in the faked backends where a test makes the cloud hang, fail or take its time.

Many tests use one cloud, so a rule names its objects by a pattern, and each test adds and removes only its own rules.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ground.cloud.local import running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GATES = {
    "nova": ("spawn", "destroy", "snapshot", "attach_volume", "detach_volume"),
    "neutron": ("delete_port", "delete_network"),
    "cinder": (
        "create_volume",
        "delete_volume",
        "create_snapshot",
        "delete_snapshot",
        "initialize_connection",
        "terminate_connection",
    ),
    "octavia": (
        "update",
        "delete_listener",
        "deallocate_vip",
        "update_vip_sg",
        "compute_build",
        "compute_delete",
    ),
    "designate": ("create_zone", "update_zone", "delete_zone"),
    "manila": (
        "create_share",
        "delete_share",
        "create_snapshot",
        "delete_snapshot",
        "update_access",
        "setup_server",
        "teardown_server",
        "ensure_shares",
    ),
}


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule that stands at a gate."""

    name: str
    id: str
    folder: Path

    def reached(self, timeout: float = 0.0) -> bool:
        """Whether an object has come to the gate, or does within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while not (self.folder / f"{self.id}.reached").exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def release(self) -> None:
        """Take the rule away: what hangs goes on."""
        with _rules(self.folder, self.name) as rules:
            rules[:] = [rule for rule in rules if rule["id"] != self.id]


@contextlib.contextmanager
def gate(
    name: str,
    *,
    match: str,
    action: Literal["hang", "fail", "delay", "busy"],
    seconds: float | None = None,
    times: int | None = None,
    message: str | None = None,
) -> Iterator[Gate]:
    """Let objects whose name or id matches the pattern `match` hang, fail or wait at gate `name` within the block.

    `hang` lasts until the block ends (or for `seconds`), `delay` needs `seconds`, `fail` raises `message` in the
    backend; `busy` lets Cinder's backend say that it needs what is to be deleted; `times` limits how often.
    """
    service, _, operation = name.partition(".")
    if operation not in GATES.get(service, ()):
        raise ValueError(f"There is no gate {name}; see GATES in {__name__}.")
    if action == "delay" and seconds is None:
        raise ValueError("A delay needs its seconds.")
    cloud = running()
    if cloud is None:
        raise RuntimeError("No cloud of this checkout runs: `ci/cloud up` starts it.")
    stands = Gate(name, secrets.token_hex(8), cloud.slot.gates)
    rule = {"id": stands.id, "match": match, "action": action, "seconds": seconds, "times": times, "message": message}
    with _rules(stands.folder, name) as rules:
        rules.append(rule)
    try:
        yield stands
    finally:
        stands.release()
        (stands.folder / f"{stands.id}.reached").unlink(missing_ok=True)


@contextlib.contextmanager
def _rules(folder: Path, name: str) -> Iterator[list[dict[str, Any]]]:
    """The rules of gate `name`, to be changed in place while nobody else does."""
    path = folder / f"{name}.json"
    with (folder / ".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        rules = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        yield rules
        pending = path.with_suffix(".new")
        pending.write_text(json.dumps(rules), encoding="utf-8")
        pending.replace(path)
