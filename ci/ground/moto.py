"""A server that speaks S3, for states in a bucket: moto of PyPI, in an environment of its own, on loopback."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from ground.cache import cache_dir, once, step
from ground.part import PartMissingError
from ground.ports import free_port, wait_for
from ground.venv import ROOT, fingerprint, install, make

LOCK = ROOT / "ci" / "locks" / "moto.txt"
SERVER = "import sys; from moto.server import main; main(sys.argv[1:])"


def ensure() -> Path:
    """The Python that has it; made on first use. Raises PartMissingError where PyPI is out of reach."""
    name = LOCK.relative_to(ROOT)

    def build(folder: Path) -> None:
        with step(f"a server that speaks S3 ({name})"):
            try:
                install(make(folder, with_pip=False), "-r", str(LOCK))
            except RuntimeError as failed:
                why = str(failed).splitlines()[-1].strip()
                raise PartMissingError(
                    f"moto cannot be installed ({why}): make `pip install -r {name}` work."
                ) from None

    key = fingerprint(LOCK.read_text(encoding="utf-8"), sys.version, sys.base_prefix)
    return once(cache_dir() / f"moto-{key}", key, build) / "bin" / "python"


@contextlib.contextmanager
def running() -> Iterator[str]:
    """The server for as long as the block lasts; what is handed out is its endpoint. It keeps all in memory."""
    python, port = ensure(), free_port()
    server = subprocess.Popen(
        [str(python), "-c", SERVER, "-H", "127.0.0.1", "-p", str(port)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": ""},
    )  # fmt: skip
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for("moto", answers=lambda: _answers(endpoint), lives=lambda: server.poll() is None)
        yield endpoint
    finally:
        server.terminate()
        server.wait(20)


def _answers(endpoint: str) -> bool:
    try:
        urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
