"""A second keystone beside a cloud's own, on the same accounts, which gives tokens that end soon.

A token carries its own end, and every service asks the cloud's own keystone about it: who signs in here is refused by
all of them when the time is over. The catalog is the same. keystoneauth renews a token half a minute before its end.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

from ground.cloud import instance, parts
from ground.ports import free_port, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ground.cloud.local import LocalCloud

ENDING = 20.0


@contextlib.contextmanager
def short_lived(cloud: LocalCloud, seconds: int, folder: Path) -> Iterator[str]:
    """Within the block there is the address of a keystone whose tokens live so long. `folder` takes its files."""
    port = free_port()
    _configure(cloud, seconds, folder)
    ground = instance.Ground(cloud.slot, parts.ensure(more=bool(cloud.slot.facts().get("more"))), -1)
    command = [str(ground.venv / "bin" / "python"), "-m", "ground.cloud.serve", "keystone"]
    with (folder / "keystone.log").open("wb") as log:
        keystone = subprocess.Popen(
            [*command, "--state", str(folder), "--port", str(port)],
            env=instance.environment(ground), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for("The second keystone", lambda: _listens(port), lambda: keystone.poll() is None)
            yield f"http://127.0.0.1:{port}/v3"
        finally:
            keystone.terminate()
            keystone.wait(ENDING)


def _configure(cloud: LocalCloud, seconds: int, folder: Path) -> None:
    """The configuration of the cloud's own keystone, keys and database and all, but for the life of a token."""
    there = shutil.copytree(cloud.slot.conf / "keystone", folder / "conf" / "keystone") / "keystone.conf"
    text, changed = re.subn(r"(?m)^expiration = \d+$", f"expiration = {seconds}", there.read_text(encoding="utf-8"))
    if changed != 1:
        raise RuntimeError(f"{there} does not say how long a token lives.")
    there.write_text(text, encoding="utf-8")


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
