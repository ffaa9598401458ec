"""Watching the machine's process list for a secret: every command line of every process, again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PROC = Path("/proc")


@contextmanager
def watched(secret: str) -> Iterator[Callable[[], list[str]]]:
    """Look while the block lasts; what is handed out gives the command lines that had the secret in them."""
    found: set[str] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for entry in _PROC.iterdir():
                if entry.name.isdigit():
                    try:
                        line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                    except OSError:
                        continue
                    if secret in line:
                        found.add(line)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield lambda: sorted(found)
    finally:
        done.set()
        thread.join(5)
