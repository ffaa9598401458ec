"""Bringing one slot's cloud up and down: from its snapshot when there is one, else from nothing.

Decides the order: database, schemas (three at a time), keystone, then the services in waves.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ground.cache import say, step
from ground.cloud import accounts, config, database, parts, processes, seed
from ground.cloud.rest import Admin
from ground.cloud.services import ALL, PASSWORD, wanted, waves
from ground.part import run
from ground.venv import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ground.cloud.services import Service
    from ground.cloud.slots import Slot

HERE = Path(__file__).parent
SLOWEST_FIRST = ("neutron", "nova", "keystone", "cinder", "octavia", "manila", "heat", "barbican", "glance")
START_TIMEOUT = 120.0


class Ground(NamedTuple):
    """Where a cloud is brought up, and with what."""

    slot: Slot
    venv: Path
    keep: int
    """The slot's held lock, handed on to every process; -1 when this program does not hold it."""


def fingerprint() -> str:
    """What a snapshot depends on: the services' releases and what is put into their databases."""
    digest = hashlib.sha256()
    files = [
        parts.LOCKS / "cloud.txt",
        parts.LOCKS / "cloud-more.txt",
        HERE / "services.py",
        HERE / "seed.py",
        HERE / "accounts.py",
        *HERE.glob("config/*/*"),
    ]
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def snapshot_key(more: frozenset[str]) -> str:
    """The name of the snapshot with the services of `more`."""
    return "+".join(["core", *sorted(more)])


def bring_up(ground: Ground, more: frozenset[str]) -> None:
    """Have a pristine cloud with the core services and `more` running in a slot where nothing runs."""
    slot, key = ground.slot, snapshot_key(more)
    if slot.facts().get("fingerprint") != fingerprint() or not slot.ports_free():
        slot.note(fingerprint=None)
        slot.choose_ports()
        slot.note(fingerprint=fingerprint())
    if slot.snapshot(key).exists():
        slot.restore(key)
        with step(f"starting {len(wanted(more))} services"):
            config.write(slot, ground.venv, wanted(more))
            database.start(slot, ground.keep)
            _start(ground, wanted(more))
    else:
        _initialise(ground, more)
        _keep_running(ground, key)
    slot.note(more=sorted(more))


def add(ground: Ground, more: frozenset[str]) -> None:
    """Add the services of `more` to the cloud that runs in the slot; no snapshot is made of it."""
    services = tuple(service for service in wanted(more) if service.name in more)
    with step(f"adding {', '.join(sorted(more))}"):
        config.write(ground.slot, ground.venv, services)
        _schemas(ground, services)
        admin = Admin(ground.slot.keystone_url)
        seed.users(admin, services)
        _start(ground, services)
        seed.catalog(admin, ground.slot, services)  # now: whoever finds a service there asks it
        seed.resources(admin, services)
    ground.slot.note(more=sorted(more | set(ground.slot.facts().get("more", []))))


def revive(ground: Ground) -> bool:
    """Start the services again which have ended by themselves; False when the database has."""
    gone = dead(ground.slot)
    if database.NAME in gone:
        return False
    if gone:
        say(f"{', '.join(gone)} had ended: starting again")
        services = [ALL[name] for name in gone]
        config.write(ground.slot, ground.venv, services)
        _start(ground, services)
    return True


def dead(slot: Slot) -> tuple[str, ...]:
    """What should run in the slot and does not: services, or the database."""
    alive = {process.name for process in slot.alive()}
    services = wanted(frozenset(slot.facts().get("more", [])))
    gone = tuple(service.name for service in services if not _names(service) <= alive)
    return gone if database.NAME in alive else (database.NAME, *gone)


def take_down(slot: Slot) -> None:
    """End every process of the slot, the database last."""
    running = processes.recorded(slot.records)
    services = [process for process in running if process.name != database.NAME]
    left = processes.end(services, slot.records)
    left += processes.end([process for process in running if process not in services], slot.records)
    if left:
        names = ", ".join(f"{process.name} ({process.pid})" for process in left)
        raise RuntimeError(f"These processes of {slot.folder} would not end: {names}.")


def _initialise(ground: Ground, more: frozenset[str]) -> None:
    """Make the slot's state from nothing and leave everything running."""
    slot, services = ground.slot, wanted(more)
    slot.empty()
    config.write(slot, ground.venv, services)
    _certificate(slot)
    with step("a new database"):
        database.start(slot, ground.keep)
    with step("schemas"):
        _schemas(ground, services)
    with step("accounts and catalogue"):
        _start(ground, [ALL["keystone"]])
        admin = Admin(slot.keystone_url)
        seed.users(admin, services)
        seed.catalog(admin, slot, services)
        accounts.make(slot, admin)
    with step(f"starting {len(services)} services"):
        _start(ground, services)
        seed.resources(admin, services)


def _keep_running(ground: Ground, key: str) -> None:
    """Make the snapshot `key` of the cloud that runs: the services stand still while the database is down."""
    slot = ground.slot
    with step("keeping a snapshot"), processes.paused(database.NAME, slot.records):
        database.end(slot)
        slot.keep(key)
        database.start(slot, ground.keep)


def _schemas(ground: Ground, services: Iterable[Service]) -> None:
    """Make the databases and tables of `services`, the slow ones first."""
    names = [name for service in services for name in service.databases]
    if names:
        database.create(ground.slot, names)
    order = sorted(services, key=lambda each: (*SLOWEST_FIRST, each.name).index(each.name))
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(_schema, ground, service) for service in order]:
            done.result()


def _schema(ground: Ground, service: Service) -> None:
    log = ground.slot.log / f"{service.name}-schema.log"
    for line in service.schema:
        program, *arguments = shlex.split(config.fill(line, ground.slot, ground.venv, service))
        command = [str(ground.venv / "bin" / program), *arguments]
        with log.open("ab") as output:
            done = subprocess.run(
                command, env=environment(ground), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
            )
        if done.returncode != 0:
            raise RuntimeError(f"`{program}` ended with {done.returncode}: see {log}.\n{_tail(log)}")


def _certificate(slot: Slot) -> None:
    """Octavia's own authority, with an encrypted key as it insists."""
    home = slot.state / "octavia"
    run(
        [
            *(parts.program("openssl") or "openssl", "req", "-x509", "-newkey", "rsa:2048"),
            *("-days", "3650", "-subj", "/CN=loopback", "-passout", f"pass:{PASSWORD}"),
            *("-keyout", str(home / "ca.key"), "-out", str(home / "ca.pem")),
        ]
    )


def _start(ground: Ground, services: Iterable[Service]) -> None:
    """Start `services` unless they run, wave by wave, and wait until each one listens."""
    alive = {process.name for process in ground.slot.alive()}
    for wave in waves(tuple(services)):
        for service in wave:
            for name in sorted(_names(service) - alive):
                _start_process(ground, service, name)
        for service in wave:
            _wait(ground.slot, service)


def _start_process(ground: Ground, service: Service, name: str) -> None:
    slot = ground.slot
    command = [str(ground.venv / "bin" / "python"), "-m", "ground.cloud.serve", service.name]
    command += ["--state", str(slot.state), "--port", str(slot.port(service))]
    log = slot.log / f"{name}.log"
    processes.start(name, command, records=slot.records, log=log, env=environment(ground), keep=ground.keep)


def _wait(slot: Slot, service: Service) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < START_TIMEOUT:
        try:
            socket.create_connection(("127.0.0.1", slot.port(service)), 1).close()
        except OSError:
            if not _names(service) & {process.name for process in slot.alive()}:
                log = slot.log / f"{service.name}.log"
                raise RuntimeError(f"{service.name} ended while it started: see {log}.\n{_tail(log)}") from None
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{service.name} does not listen after {START_TIMEOUT:.0f} s: see {slot.log}.")


def _names(service: Service) -> set[str]:
    """The names of the processes of `service`."""
    return {service.name} | {f"{service.name}-{number}" for number in range(2, service.processes + 1)}


def environment(ground: Ground) -> dict[str, str]:
    """The environment of the services: no proxies, no OpenStack account of the user's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith(("OS_", "PYTHON", "VIRTUAL_ENV"))
    }
    return kept | {
        "PATH": f"{ground.venv / 'bin'}:{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": f"{ROOT / 'ci'}:{ground.slot.entry_points}",
        "LOCAL_CLOUD_GATES": str(ground.slot.gates),
        "OS_CINDER_DISABLE_EVENTLET_PATCHING": "true",
    }


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
