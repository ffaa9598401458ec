"""The services' side of the gates: a named point in a fake, where a test can make it hang, fail or take its time.

The rules of gate `nova.destroy` are the list in `$LOCAL_CLOUD_GATES/nova.destroy.json`, written by
`ground.cloud.gates`; each has an id, a pattern for the name or id of the object, an action, perhaps a number of times.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import re
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = Path(os.environ.get("LOCAL_CLOUD_GATES", "/nonexistent"))

_lock = threading.Lock()
_taken: collections.Counter[str] = collections.Counter()


class BackendError(Exception):
    """What a backend raises when nothing better fits."""


def gate(
    name: str,
    *keys: str | None,
    error: Callable[[str], Exception] = BackendError,
    busy: Callable[[], Exception] | None = None,
) -> None:
    """Do what the rules of gate `name` say for an object with one of `keys` (its name and its id).

    `busy`: what a backend raises that needs the object for another one, where the service knows of such.
    """
    for rule in _rules(name):
        if not any(key is not None and re.search(rule["match"], str(key)) for key in keys) or not _take(rule):
            continue
        with contextlib.suppress(OSError):
            (FOLDER / f"{rule['id']}.reached").touch()
        if rule["action"] == "delay":
            time.sleep(float(rule["seconds"]))
        elif rule["action"] == "fail":
            raise error(rule.get("message") or f"injected backend fault at {name}")
        elif rule["action"] == "busy" and busy is not None:
            raise busy()
        elif rule["action"] == "hang":
            _hang(name, rule)


def _hang(name: str, rule: dict[str, Any]) -> None:
    """Wait until `rule` is gone, or its seconds are over."""
    begun = time.monotonic()
    while any(other["id"] == rule["id"] for other in _rules(name)):
        if rule.get("seconds") and time.monotonic() - begun > float(rule["seconds"]):
            return
        time.sleep(0.1)


def _take(rule: dict[str, Any]) -> bool:
    """Count one use of `rule`; False when it has been used up."""
    with _lock:
        if rule.get("times") is not None and _taken[rule["id"]] >= rule["times"]:
            return False
        _taken[rule["id"]] += 1
        return True


def _rules(name: str) -> list[dict[str, Any]]:
    """The rules of gate `name` as they stand now."""
    try:
        found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
