"""What it costs to look at every kind: a scan of a project that holds nothing, on the core services."""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from ground.cloud import LocalCloud
from janitor.cloud.live import LiveCloud
from janitor.cloud.signin import connect
from janitor.core.catalogue import KINDS

CORE = frozenset({"compute", "network", "block-storage", "image", "load-balancer", "key-manager", "identity"})
ROUNDS = 5


class Scanned(NamedTuple):
    """The median of a few scans: seconds, requests, and how many kinds could be seen then."""

    seconds: float
    requests: int
    kinds: int


def scan_empty(cloud: LocalCloud) -> Scanned:
    """Scan all kinds of the core services in a fresh project. Signing in is not counted."""
    name = f"scan-{secrets.token_hex(3)}"
    kinds = [kind.name for kind in KINDS.values() if kind.service in CORE and kind.is_listed]
    with (
        cloud.project(name, Path(tempfile.mkdtemp(prefix="janitor-scan-"))) as project,
        patch.dict(os.environ, project.env),
    ):
        live = LiveCloud([connect(project.cloud_name)])
        taken = []
        for _ in range(ROUNDS):
            begun, before = time.monotonic(), live.requests
            world = live.scan(kinds)
            taken.append((time.monotonic() - begun, live.requests - before))
        if world.unseen:
            raise RuntimeError(f"Not everything could be listed: {dict(world.unseen)}")
    return Scanned(statistics.median(s for s, _ in taken), max(r for _, r in taken), len(kinds))
