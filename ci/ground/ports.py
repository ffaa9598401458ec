"""Ports of loopback for servers that live as long as a block."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

PATIENCE = 60.0


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(name: str, answers: Callable[[], bool], lives: Callable[[], bool]) -> None:
    """Wait until it answers. Raises RuntimeError where it ended before that, or takes too long."""
    end = time.monotonic() + PATIENCE
    while not answers():
        if not lives() or time.monotonic() > end:
            raise RuntimeError(f"{name} did not begin to answer within {PATIENCE:.0f} s.")
        time.sleep(0.1)
