"""The local cloud of this checkout: is there one, bring it up, end it, make projects in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ground.cache import locked, say, step
from ground.cloud import instance, parts, slots
from ground.cloud import project as projects
from ground.cloud.rest import Admin
from ground.cloud.services import OPTIONAL, wanted
from ground.venv import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ground.cloud.project import Project
    from ground.cloud.slots import Slot

OPTIONAL_NAMES = tuple(service.name for service in OPTIONAL)


@dataclass(frozen=True, slots=True)
class LocalCloud:
    """A cloud that runs. Threads and processes may share it."""

    slot: Slot
    admin: Admin = field(repr=False)

    @classmethod
    def up(cls, more: Iterable[str] = ()) -> LocalCloud:
        """Have this checkout's cloud running, with the optional services `more`, and return it.

        A cloud that runs already keeps everything it holds; services which have ended are started again.
        Raises PartMissingError when this machine cannot have it.
        """
        chosen = frozenset(more)
        unknown = chosen - set(OPTIONAL_NAMES)
        if unknown:
            raise ValueError(f"Unknown optional services: {', '.join(sorted(unknown))}.")
        with locked(_lock_name()):
            slot = slots.owned_by(ROOT)
            if slot is not None and _complete(slot, chosen):
                return cls(slot, Admin(slot.keystone_url))
            return _of(_bring_up(slot, chosen))

    def down(self) -> None:
        """End the cloud and everything in it."""
        with locked(_lock_name()):
            instance.take_down(self.slot)

    def project(self, name: str, folder: Path | None = None) -> Project:
        """Have a project with a user; `clouds.yaml` goes into `folder` (default: the slot's own, per project)."""
        return projects.take(self.slot, self.admin, name, folder or self.slot.folder / "projects" / name)

    @property
    def services(self) -> tuple[str, ...]:
        """The services that were asked for."""
        more = frozenset(self.slot.facts().get("more", []))
        return tuple(service.name for service in wanted(more))

    @property
    def auth_url(self) -> str:
        """Where keystone listens."""
        return self.slot.keystone_url

    @property
    def admin_env(self) -> dict[str, str]:
        """The administrator's environment."""
        path = projects.write_admin_clouds_yaml(self.slot.folder / "admin" / "clouds.yaml", self.auth_url)
        return projects.environment(path, "admin")


def running() -> LocalCloud | None:
    """The cloud which this checkout runs, complete or not."""
    slot = slots.owned_by(ROOT)
    return _of(slot) if slot else None


def _of(slot: Slot) -> LocalCloud:
    return LocalCloud(slot, Admin(slot.keystone_url))


def _complete(slot: Slot, more: frozenset[str]) -> bool:
    """Whether every process of the cloud in `slot` lives, and the services of `more` are part of it."""
    facts = slot.facts()
    if "more" not in facts or not more <= set(facts["more"]):
        return False
    return instance.dead(slot) == ()


def _bring_up(slot: Slot | None, more: frozenset[str]) -> Slot:
    """Mend or extend the cloud in `slot`, or bring a new one up."""
    if slot is not None:
        present = frozenset(slot.facts().get("more", []))
        venv = parts.ensure(more=bool(more | present))
        ground = instance.Ground(slot, venv, -1)
        if "more" in slot.facts() and instance.revive(ground):
            if more - present:
                instance.add(ground, more - present)
            return slot
        say(f"the cloud in {slot.folder} is incomplete: starting anew")
        instance.take_down(slot)
        more |= present
    venv = parts.ensure(more=bool(more))
    _end_orphans()
    slot, lock = slots.take(ROOT, instance.fingerprint(), instance.snapshot_key(more))
    with lock, step(f"the local cloud ({slot.folder.name})"):
        slot.note(more=None)
        try:
            instance.bring_up(instance.Ground(slot, venv, lock.fileno()), more)
        except BaseException:
            instance.take_down(slot)
            raise
    return slot


def _end_orphans() -> None:
    """End the clouds of checkouts which are no more."""
    for slot in slots.all_slots():
        owner = slot.facts().get("owner")
        if owner and not Path(owner).exists() and slot.alive():
            say(f"ending the cloud in {slot.folder}: {owner} is gone")
            instance.take_down(slot)


def _lock_name() -> str:
    return f"cloud-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
