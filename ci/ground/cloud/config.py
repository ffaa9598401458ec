"""Configuration of the services: the templates in `config/`, filled in for one slot.

A template names a value as `@{name}` (`$` means something to oslo.config). Decides the sections that all services
share: accounts, databases, messaging. Written anew at each start; services that run have read theirs already.
"""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ground.cloud.services import ALL, PASSWORD, PORTS, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ground.cloud.services import Service
    from ground.cloud.slots import Slot

TEMPLATES = Path(__file__).parent / "config"
NAMED = re.compile(r"@\{([a-z0-9_:]+)\}")
ENTRY_POINTS = "loopback_fakes-1.0.dist-info"


def write(slot: Slot, venv: Path, services: Iterable[Service]) -> None:
    """Write the configuration of `services` and make the folders they expect."""
    for service in services:
        home = slot.state / service.name
        for folder in ("", *service.folders):
            (home / folder).mkdir(parents=True, exist_ok=True)
        target = slot.conf / service.name
        target.mkdir(parents=True, exist_ok=True)
        known = values(slot, venv, service)
        for template in sorted((TEMPLATES / service.name).iterdir()):
            text = template.read_text(encoding="utf-8")
            (target / template.name).write_text(_fill(text, known), encoding="utf-8")
        for name in service.copies:
            shutil.copy(venv / name, target)
    write_entry_points(slot)


def write_entry_points(slot: Slot) -> None:
    """Make the fakes known to stevedore: it finds drivers by the entry points of installed distributions only."""
    folder = slot.entry_points / ENTRY_POINTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: loopback-fakes\nVersion: 1.0\n", encoding="utf-8")
    shutil.copy(TEMPLATES.parent / "fakes" / "entry_points.txt", folder)


def fill(text: str, slot: Slot, venv: Path, service: Service) -> str:
    """Fill in one line for `service`, as a template would be."""
    return _fill(text, values(slot, venv, service))


def values(slot: Slot, venv: Path, service: Service) -> dict[str, str]:
    """Everything a template of `service` may name."""
    known = {
        "conf": str(slot.conf),
        "home": str(slot.state / service.name),
        "venv": str(venv),
        "region": REGION,
        "password": PASSWORD,
        "user": _user(),
        "group": grp.getgrgid(os.getgid()).gr_name,
        "port": str(slot.port(service)),
        "credentials": _credentials(slot, service.name),
        "account:nova": _account(slot, "nova"),
        "credentials:nova": _credentials(slot, "nova"),
        "credentials:cinder": _credentials(slot, "cinder"),
        **_sections(slot, service),
    }
    for other in ALL.values():
        known[f"{other.name}_url"] = f"http://127.0.0.1:{slot.port(other)}"
        known |= {f"{database}_db": database_url(slot, database) for database in other.databases}
    known |= {f"port_{offset}": str(slot.first_port + offset) for offset in range(PORTS)}
    return known | {"keystone_url": slot.keystone_url}


def _fill(text: str, known: dict[str, str]) -> str:
    return NAMED.sub(lambda found: known[found[1]], text)


def _sections(slot: Slot, service: Service) -> dict[str, str]:
    """What several configurations have in common, as whole lines."""
    swift = slot.state / "swift"
    found = {
        "common": "use_stderr = true\ntransport_url = fake://\nexecutor_thread_pool_size = 64\n"
        "rpc_response_timeout = 60\nhost = lo1",
        "authtoken": f"[keystone_authtoken]\nwww_authenticate_uri = {slot.keystone_url}\n"
        "service_token_roles = service\nservice_token_roles_required = true\n"
        f"{_credentials(slot, service.name)}",
        "messaging": "[oslo_messaging_notifications]\ndriver = noop\n"
        f"[oslo_concurrency]\nlock_path = {slot.state / 'lock'}",
        "swift_common": f"bind_ip = 127.0.0.1\nswift_dir = {slot.conf / 'swift'}\ndevices = {swift / 'node'}\n"
        f"recon_cache_path = {swift / 'recon'}\nmount_check = false\ndisable_fallocate = true\nfallocate_reserve = 0\n"
        f"user = {_user()}\nlog_level = INFO\nworkers = 0\nconn_timeout = 5\nnode_timeout = 30",
    }
    if service.databases:
        found["database"] = (
            f"[database]\nconnection = {database_url(slot, service.databases[0])}\n"
            "max_pool_size = 20\nmax_overflow = 60\nmax_retries = 10"
        )
    return found


def database_url(slot: Slot, database: str) -> str:
    """Where SQLAlchemy finds `database`; mysqlclient makes half as many calls again a second as PyMySQL does."""
    return f"mysql+mysqldb://os:{PASSWORD}@localhost/{database}?unix_socket={slot.socket}&charset=utf8mb3"


def _account(slot: Slot, user: str) -> str:
    return (
        f"auth_url = {slot.keystone_url}\nauth_type = password\nusername = {user}\npassword = {PASSWORD}\n"
        "project_name = service\nuser_domain_name = Default\nproject_domain_name = Default"
    )


def _credentials(slot: Slot, user: str) -> str:
    return f"{_account(slot, user)}\nregion_name = {REGION}"


def _user() -> str:
    return pwd.getpwuid(os.getuid()).pw_name
