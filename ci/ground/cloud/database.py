"""The slot's MariaDB, for no other database takes the migrations of neutron and octavia (SQLite, PostgreSQL: tried).

It listens on a socket in the slot only, and does without every guarantee that a power cut would need.
"""

from __future__ import annotations

import getpass
import os
import time
from typing import TYPE_CHECKING

from ground.cloud import processes
from ground.cloud.parts import program
from ground.cloud.services import PASSWORD
from ground.part import run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ground.cloud.slots import Slot

NAME = "mariadb"


def start(slot: Slot, keep: int) -> None:
    """Make the data folder unless it is there, start the server and wait until it answers."""
    data = slot.state / "mysql"
    fresh = not data.exists()
    if fresh:
        _install(slot)
    server = [
        program("mariadbd") or "mariadbd",
        "--no-defaults",
        f"--user={getpass.getuser()}",
        f"--datadir={data}",
        f"--socket={slot.socket}",
        f"--pid-file={slot.state / 'mariadb.pid'}",
        "--skip-networking",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--performance-schema=OFF",
        "--max-connections=1000",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync",
        "--innodb-doublewrite=0",
        "--innodb-buffer-pool-size=192M",
        "--innodb-log-file-size=48M",
        "--character-set-server=utf8mb3",
        "--collation-server=utf8mb3_general_ci",
    ]
    processes.start(NAME, server, records=slot.records, log=slot.log / "mariadb.log", env=os.environ, keep=keep)
    _wait(slot)
    if fresh:
        sql(slot, f"CREATE USER os@localhost IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO os@localhost")


def end(slot: Slot) -> None:
    """End the server, with everything on disk."""
    server = [process for process in processes.recorded(slot.records) if process.name == NAME]
    if processes.end(server, slot.records):
        raise RuntimeError(f"MariaDB did not end: see {slot.log / 'mariadb.log'}.")


def create(slot: Slot, databases: Iterable[str]) -> None:
    """Create `databases` unless they are there."""
    sql(slot, "; ".join(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb3" for name in databases))


def sql(slot: Slot, statements: str) -> None:
    """Run `statements` as the database's root."""
    client = [program("mariadb") or "mariadb", "--no-defaults", f"--socket={slot.socket}", "--user=root"]
    run([*client, f"--execute={statements}"])


def _install(slot: Slot) -> None:
    command = [
        program("mariadb-install-db") or "mariadb-install-db",
        "--no-defaults",
        f"--user={getpass.getuser()}",
        f"--datadir={slot.state / 'mysql'}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ]
    run(command)


def _wait(slot: Slot) -> None:
    for _ in range(600):
        try:
            sql(slot, "SELECT 1")
        except RuntimeError:
            if not any(process.name == NAME for process in slot.alive()):
                break
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"MariaDB did not start: see {slot.log / 'mariadb.log'}.")
