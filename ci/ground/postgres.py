"""A PostgreSQL of Debian's, for states that are kept in one: on loopback, in a folder of its own, gone with its block.

It refuses to run as root, and is then Debian's user `postgres`. Nothing of it is kept: a fresh one takes three seconds.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ground.cloud.parts import Part, ensure_packages
from ground.part import PartMissingError, run
from ground.ports import free_port, wait_for

HOMES = Path("/usr/lib/postgresql")
USER = "postgres"
OWNER = "states"


def _home() -> Path | None:
    """The programs of the newest version that is here."""
    found = [folder for folder in HOMES.glob("*/bin") if (folder / "initdb").exists()]
    return max(found, key=lambda folder: int(re.sub(r"\D", "", folder.parent.name) or 0), default=None)


def ensure() -> Path:
    """Have it, and return the folder of its programs. Raises PartMissingError where this machine does not let us."""
    ensure_packages((Part("postgresql", lambda: _home() is not None),), what="a state in PostgreSQL")
    home = _home()
    if home is None:
        raise PartMissingError("PostgreSQL's programs are not where Debian keeps them.")
    return home


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A database server for as long as the block lasts; what is handed out is how to connect, with the password."""
    programs, password = ensure(), secrets.token_hex(8)
    with tempfile.TemporaryDirectory(prefix="janitor-pg-") as name:
        folder, word = Path(name), Path(name) / "word"
        word.write_text(password, encoding="utf-8")
        if os.geteuid() == 0:
            for path in folder, word:
                shutil.chown(path, USER)
        run([
            *_as_user(), str(programs / "initdb"), f"--pgdata={folder / 'data'}", f"--username={OWNER}",
            f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync",
        ])  # fmt: skip
        port = free_port()
        command = [
            *_as_user(), str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1",
            "-k", str(folder), "-F", "-c", "shared_buffers=16MB", "-c", "max_connections=40",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        asked = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        try:
            wait_for(
                "PostgreSQL",
                answers=lambda: subprocess.run(asked, check=False).returncode == 0,
                lives=lambda: server.poll() is None,
            )
            yield f"postgres://{OWNER}:{password}@127.0.0.1:{port}/postgres?sslmode=disable"
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, whoever is connected
            server.wait(20)


def _as_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={USER}", f"--regid={pwd.getpwnam(USER).pw_gid}", "--clear-groups"]
