"""A terraform in memory, its state a real file: it destroys as the real one does, and asks neither ledger nor judge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from engine.memory_cloud import MemoryCloud
from ledger.virtual import Hands

from janitor.core.catalogue import kind_of_type
from janitor.core.model import Ref, Scope
from janitor.engine.protocols import Reply
from janitor.terraform import agreement, backends
from janitor.terraform.addresses import quoted_key
from janitor.terraform.destruction import ApplyResult, Delete, PlannedDestroy
from janitor.terraform.events import ApplyEvent, What
from janitor.terraform.process import Finished
from janitor.terraform.runner import Ran
from janitor.workflows import handover
from janitor.workflows.handover import POLLED

PROVIDER = 'provider["registry.opentofu.org/terraform-provider-openstack/openstack"]'
LINEAGE = "11111111-2222-3333-4444-555555555555"
BROKEN = "Error: the state file could not be read: unexpected end of JSON input."
PATIENCE = 12  # times that the provider asks again for what is held, five seconds apart


@dataclass
class MemoryTerraform:
    """One workspace. `protected`: addresses with prevent_destroy in the configuration."""

    state: Path
    clouds: Mapping[str, MemoryCloud]
    hands: Hands
    protected: frozenset[str] = frozenset()
    until: float = float("inf")  # when it is interrupted: it begins nothing more then
    serial: int = 7
    planned: list[dict[str, Any]] = field(default_factory=list)

    # --- the state ---

    def write(self, resources: Iterable[Mapping[str, Any]]) -> None:
        """Save the state, with a new serial."""
        self.serial += 1
        head = {"version": 4, "terraform_version": "1.10.0", "serial": self.serial, "lineage": LINEAGE, "outputs": {}}
        self.state.write_text(json.dumps({**head, "resources": list(resources)}), encoding="utf-8")

    def resources(self) -> list[dict[str, Any]]:
        """Everything that the state lists."""
        return list(json.loads(self.state.read_bytes())["resources"]) if self.state.exists() else []

    @property
    def is_broken(self) -> bool:
        """Whether the file was cut: the binary does nothing with it."""
        try:
            return not isinstance(self.resources(), list)
        except ValueError:
            return True

    # --- what janitor calls ---

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Be the binary of this machine."""
        with ExitStack() as stack:
            stack.enter_context(patch.object(handover, "plan_destroy", self.plan))
            stack.enter_context(patch.object(handover, "apply_plan", self.apply))
            stack.enter_context(patch.object(agreement, "state_rm", self.state_rm))
            stack.enter_context(patch.object(backends, "state_pull", self.state_pull))
            yield

    def state_pull(self, _root: Any, **_: Any) -> Finished:
        if self.is_broken:
            return Finished(1, errors=BROKEN)
        return Finished(0, self.state.read_bytes() if self.state.exists() else b"")

    def state_rm(self, _root: Any, addresses: Sequence[str], **_: Any) -> Ran:
        if self.is_broken:
            return Ran(1, BROKEN)
        gone = set(addresses)
        self.write(r for r in self.resources() if address_of(r) not in gone)
        return Ran(0)

    def plan(
        self, root: Any, out: Path, *, exclude: Sequence[str] = (), target: Sequence[str] = (), **_: Any
    ) -> PlannedDestroy:
        """What a destroy would delete: what is missing in the cloud is not in it, what is protected makes it fail."""
        if self.is_broken:
            return PlannedDestroy(Ran(1, BROKEN))
        managed = {address_of(r): r for r in self.resources() if r["mode"] == "managed"}
        kept = _closure(exclude, lambda address: dependencies(managed.get(address, {})))
        meant = _closure(target, lambda address: [a for a, r in managed.items() if address in dependencies(r)])
        chosen = [r for a, r in managed.items() if a not in kept and (not target or a in meant)]
        if refused := sorted({address_of(r) for r in chosen} & self.protected):
            return PlannedDestroy(Ran(1, f"Instance cannot be destroyed: {refused[0]} has lifecycle.prevent_destroy."))
        self.planned = chosen
        here = [r for r in chosen if self._read(r) is not None]
        skipped = [r for r in here if _instance(r).get("skip_destroy")]
        deletes = [r for r in here if r not in skipped]
        return PlannedDestroy(Ran(0), out, tuple(map(_delete, deletes)), tuple(map(_delete, skipped)))

    def apply(self, root: Any, plan: Path, *, on_event: Callable[[ApplyEvent], None], **_: Any) -> ApplyResult:
        """Dependents first; what cannot go keeps what it depends on, and the rest goes on."""
        left = {address_of(r): r for r in self.resources()}
        doomed = {address_of(r): r for r in self.planned}
        failed: list[str] = []
        while ready := self._ready(doomed, _of(left, failed)):
            for address in ready:
                resource = doomed.pop(address)
                if self.hands.clock < self.until and self._destroyed(address, resource, on_event):
                    del left[address]
                else:
                    failed.append(address)
        self.write(left.values())
        return ApplyResult(Ran(1, "Error: some could not be destroyed.") if failed else Ran(0), errored=tuple(failed))

    @staticmethod
    def _ready(doomed: Mapping[str, dict[str, Any]], failed: list[dict[str, Any]]) -> list[str]:
        """What nothing depends on that is still there."""
        waited_for = {address for resource in (*doomed.values(), *failed) for address in dependencies(resource)}
        return [address for address in doomed if address not in waited_for]

    def _destroyed(self, address: str, resource: Mapping[str, Any], on_event: Callable[[ApplyEvent], None]) -> bool:
        if _instance(resource).get("skip_destroy") or self._read(resource) is None:
            return True
        told = {"address": address, "type": resource["type"], "action": "delete", "id": _id(resource)}
        on_event(ApplyEvent(What.START, **told))
        done = self._deleted(resource)
        on_event(ApplyEvent(What.COMPLETE if done else What.ERRORED, **told))
        return done

    def _deleted(self, resource: Mapping[str, Any]) -> bool:
        cloud, ref = self._where(resource)
        for _ in range(PATIENCE if ref.kind in POLLED else 1):
            observed = self._read(resource)
            if observed is None:
                return True
            body = cloud.bodies["load_balancer"].get(ref.id, {}) if ref.kind == "load_balancer" else {}
            if body.get("listeners") or body.get("pools"):
                return False  # the provider does not cascade
            self.hands.step()
            answer = cloud.ask(ref, observed)
            self.hands.step()
            if answer.reply in {Reply.ACCEPTED, Reply.GONE}:
                return self._waited(resource)
            self.hands.clock += 5.0
            if self.hands.clock >= self.until:
                break
        return False

    def _waited(self, resource: Mapping[str, Any]) -> bool:
        for _ in range(60):
            if self._read(resource) is None or self.hands.clock >= self.until:
                return self._read(resource) is None
            self.hands.clock += 1.0
        return False

    def _where(self, resource: Mapping[str, Any]) -> tuple[MemoryCloud, Ref]:
        region = _instance(resource)["attributes"].get("region") or "RegionOne"
        kind = kind_of_type(resource["type"])
        assert kind is not None
        return self.clouds[region], Ref(Scope("cloud", region, "home", "home"), kind.name, _id(resource))

    def _read(self, resource: Mapping[str, Any]) -> Any:
        cloud, ref = self._where(resource)
        cloud.advance()
        return cloud.found(ref)


def address_of(resource: Mapping[str, Any]) -> str:
    data = "data." if resource["mode"] == "data" else ""
    return f"{data}{resource['type']}.{resource['name']}{quoted_key(_instance(resource).get('index_key'))}"


def dependencies(resource: Mapping[str, Any]) -> list[str]:
    return list(_instance(resource).get("dependencies", ())) if resource else []


def _instance(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = resource["instances"][0]
    return found


def _id(resource: Mapping[str, Any]) -> str:
    return str(_instance(resource)["attributes"]["id"])


def _delete(resource: Mapping[str, Any]) -> Delete:
    return Delete(address_of(resource), resource["type"], _id(resource))


def _of(resources: Mapping[str, dict[str, Any]], addresses: Iterable[str]) -> list[dict[str, Any]]:
    return [resources[address] for address in addresses if address in resources]


def _closure(start: Iterable[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    found, waiting = set(start), list(start)
    while waiting:
        for other in following(waiting.pop()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
