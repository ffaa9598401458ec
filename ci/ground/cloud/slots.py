"""Slots: the folders in the cache where a cloud lives, for its state is bound to a path and to ports.

Decides which slot a checkout gets. A slot is taken as long as one of its processes lives: they all hold its lock open.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import random
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ground.cache import cache_dir, locked
from ground.cloud import processes
from ground.cloud.services import ALL, PORTS
from ground.part import PartMissingError, run

if TYPE_CHECKING:
    from ground.cloud.services import Service

MOST = 16
LONGEST_SOCKET = 100
FIRST_PORTS = range(20000, 30000, 20)  # below the ports which the kernel gives to clients


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a cloud."""

    folder: Path

    @property
    def state(self) -> Path:
        """What the running cloud writes."""
        return self.folder / "state"

    @property
    def conf(self) -> Path:
        """The services' configuration."""
        return self.state / "conf"

    @property
    def entry_points(self) -> Path:
        """On the services' path: the distribution that names the fakes."""
        return self.state / "entry-points"

    @property
    def gates(self) -> Path:
        """The rules of the gates (`gates.py`)."""
        return self.folder / "gates"

    @property
    def log(self) -> Path:
        """The services' output."""
        return self.folder / "log"

    @property
    def records(self) -> Path:
        """The processes that run."""
        return self.folder / "run"

    @property
    def socket(self) -> Path:
        """Where the database listens; in the temporary folder when the slot's path is too long for a socket's."""
        near = self.state / "db.sock"
        if len(str(near)) < LONGEST_SOCKET:
            return near
        name = hashlib.sha256(str(near).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tf-janitor-{name}.sock"

    def snapshot(self, key: str) -> Path:
        """The pristine state of a cloud with the services that `key` names."""
        return self.folder / f"pristine-{key}"

    def facts(self) -> dict[str, Any]:
        """What is known of the slot: owner, first_port, services, more."""
        try:
            found = json.loads((self.folder / "slot.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def note(self, **facts: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Remember `facts`; None forgets one."""
        known = {name: value for name, value in (self.facts() | facts).items() if value is not None}
        pending = self.folder / "slot.json.new"
        pending.write_text(json.dumps(known, indent=1), encoding="utf-8")
        pending.replace(self.folder / "slot.json")

    @property
    def first_port(self) -> int:
        """The first of the slot's ports; 0 before it has any."""
        return int(self.facts().get("first_port", 0))

    def port(self, service: Service) -> int:
        """The port of `service`."""
        return self.first_port + service.offset

    @property
    def keystone_url(self) -> str:
        """Where everybody begins."""
        return f"http://127.0.0.1:{self.port(ALL['keystone'])}/v3"

    def alive(self) -> list[processes.Process]:
        """The slot's processes that run."""
        return [process for process in processes.recorded(self.records) if process.alive()]

    def prepare(self) -> None:
        """Make the folders of a slot that was never used."""
        for folder in (self.folder, self.gates, self.log, self.records):
            folder.mkdir(parents=True, exist_ok=True)

    def empty(self) -> None:
        """Forget state, gates, logs and accounts of projects, but no snapshot."""
        for folder in (self.state, self.gates, self.log, self.folder / "projects"):
            shutil.rmtree(folder, ignore_errors=True)
        self.prepare()
        self.state.mkdir()
        (self.state / "lock").mkdir()

    def keep(self, key: str) -> None:
        """Make the present state, of a cloud which is down, the snapshot `key`."""
        pending = self.folder / "pristine.new"
        shutil.rmtree(pending, ignore_errors=True)
        _copy(self.state, pending)
        shutil.rmtree(self.snapshot(key), ignore_errors=True)
        pending.rename(self.snapshot(key))

    def restore(self, key: str) -> None:
        """Replace the state by the snapshot `key`."""
        self.empty()
        shutil.rmtree(self.state)
        _copy(self.snapshot(key), self.state)

    def ports_free(self) -> bool:
        """Whether nobody listens on any of the slot's ports."""
        return bool(self.first_port) and _all_free(self.first_port)

    def choose_ports(self) -> None:
        """Give the slot ports which are free now; every snapshot goes, for the old ports are written into them."""
        for snapshot in self.folder.glob("pristine-*"):
            shutil.rmtree(snapshot)
        candidates = list(FIRST_PORTS)
        random.Random(str(self.folder)).shuffle(candidates)
        for first in candidates:
            if _all_free(first):
                self.note(first_port=first)
                return
        raise PartMissingError(
            f"{PORTS} free neighbouring ports between 20000 and 30000 are missing: `ss -ltnp` shows who listens there."
        )


def all_slots() -> list[Slot]:
    """Every slot that was ever used, in order."""
    return sorted((Slot(path) for path in _root().glob("slot-*") if path.is_dir()), key=lambda slot: slot.folder.name)


def owned_by(checkout: Path) -> Slot | None:
    """The slot in which `checkout` has processes running."""
    for slot in all_slots():
        if slot.facts().get("owner") == str(checkout) and slot.alive():
            return slot
    return None


def take(checkout: Path, fingerprint: str, key: str) -> tuple[Slot, IO[str]]:
    """Take the best free slot for `checkout`; returns it with its lock, which is held as long as the file is open."""
    with locked("cloud-slots"):
        for slot in sorted(_candidates(), key=lambda slot: _rank(slot, checkout, fingerprint, key)):
            held = _lock(slot)
            if held is not None:
                slot.note(owner=str(checkout))
                return slot, held
    raise PartMissingError(
        f"A free slot for the local cloud is missing, all {MOST} are taken: `ci/cloud status` names their owners, "
        "`ci/cloud down` in one of those checkouts frees its slot."
    )


def _candidates() -> list[Slot]:
    """The slots there are, and the next one that could be made."""
    used = all_slots()
    fresh = (_root() / f"slot-{number:02}" for number in range(1, MOST + 1))
    return used + [Slot(folder) for folder in fresh if not folder.exists()][:1]


def _rank(slot: Slot, checkout: Path, fingerprint: str, key: str) -> int:
    """How little work `slot` is: its snapshot fits, its base fits, nobody misses it, it is new, it is somebody's."""
    facts = slot.facts()
    if facts.get("fingerprint") == fingerprint:
        return 0 if slot.snapshot(key).exists() else 1
    owner = facts.get("owner")
    if owner == str(checkout) or (owner is not None and not Path(owner).exists()):
        return 2
    return 4 if owner else 3


def _root() -> Path:
    folder = cache_dir() / "cloud"
    folder.mkdir(exist_ok=True)
    return folder


def _lock(slot: Slot) -> IO[str] | None:
    """The slot's lock, held; None when a process of the slot lives or another run is taking it."""
    slot.prepare()
    handle = (slot.folder / "slot.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    if slot.alive():  # a process which was started again by hand does not hold the lock
        handle.close()
        return None
    return handle


def _all_free(first: int) -> bool:
    for port in range(first, first + PORTS):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def _copy(source: Path, target: Path) -> None:
    """Copy a whole tree with its holes and extended attributes (swift keeps metadata in them)."""
    run(["cp", "-a", "--sparse=auto", "--reflink=auto", str(source), str(target)])
