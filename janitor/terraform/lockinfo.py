"""What is known of a state's lock and its holder, whichever backend keeps it. Decides nothing, asks nobody.

Terraform's description of a holder is JSON everywhere: the local backend's `.lock.info`, the body of an `http`
backend's refusal, the lock file in a bucket. It names user and host, and no process; ours names that, too.
"""

from __future__ import annotations

import getpass
import json
import os
import re
import socket
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from janitor.core.times import spell
from janitor.terraform.events import moment, one_line
from janitor.terraform.root import RootModule

OURS = "janitor destroy"
"""The operation of a lock that janitor itself took: one left behind says nothing about an apply."""

_PROCESS = re.compile(r"janitor, process (\d+), asking with \S+")


@dataclass(frozen=True, slots=True)
class LockInfo:
    """What a holder wrote about itself."""

    id: str
    who: str = ""
    operation: str = ""
    created: float | None = None
    info: str = ""

    @property
    def is_apply(self) -> bool:
        """Whether it was taken to change things: `OperationTypeApply`, which a destroy is, too."""
        return self.operation == "OperationTypeApply"

    @property
    def host(self) -> str:
        """Where the holder runs; empty where only a user is named, as GitLab does."""
        return self.who.rpartition("@")[2] if "@" in self.who else ""

    @property
    def pid(self) -> int | None:
        """Its process, where it was a janitor."""
        match = _PROCESS.fullmatch(self.info)
        return int(match[1]) if match else None

    def __str__(self) -> str:
        what, age = self.operation.removeprefix("OperationType"), ""
        if self.created:
            what = f"{what} since {datetime.fromtimestamp(self.created, UTC):%Y-%m-%d %H:%M:%S} UTC".strip()
            age = f"taken {spell(max(0.0, time.time() - self.created))} ago"
        told = ", ".join(filter(None, (what, f"ID {self.id}", age)))
        return f"{self.who or 'somebody'} ({told})"


@dataclass(frozen=True, slots=True)
class LockState:
    """How it stands with a lock. `known` is False where the backend cannot be asked without taking it."""

    known: bool = True
    alive: bool = False
    holder: LockInfo | None = None
    pid: int | None = None  # of the holder, where the system tells
    stays: bool = False  # the lock outlives its holder: only breaking it lets anybody write
    problem: str = ""  # why it is not known

    @property
    def left_behind(self) -> bool:
        """Whether a holder died without giving it back: its command was interrupted."""
        return self.known and not self.alive and self.holder is not None

    @property
    def in_the_way(self) -> bool:
        """Whether a dead holder's lock keeps everybody from writing the state."""
        return self.left_behind and self.stays


def _nothing() -> str:
    """There is nothing to give back."""
    return ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether we hold the lock; why not is a sentence."""

    held: bool
    problem: str = ""
    shared: bool = False  # terraform can work under it without taking a lock of its own
    give_back: Callable[[], str] = _nothing  # any number of times, from any thread; why it could not be

    def lend(self) -> bool:
        """Let terraform write: whether it is to take no lock of its own. A lock that cannot be shared is given back."""
        if self.held and self.shared:
            return True
        self.give_back()
        return False


def info_of(text: bytes | str) -> LockInfo | None:
    """The holder that a description tells of; None where it is none."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    return LockInfo(
        id=one_line(str(body.get("ID") or "unknown")),
        who=one_line(str(body.get("Who") or "")),
        operation=one_line(str(body.get("Operation") or "")),
        created=moment(str(body.get("Created") or "")),
        info=one_line(str(body.get("Info") or "")),
    )


def describe(*, operation: str, path: str) -> dict[str, str]:
    """How we describe ourselves as a holder."""
    user = "unknown"
    with suppress(OSError, KeyError):
        user = getpass.getuser()
    ours = str(uuid.uuid4())
    return {
        "ID": ours,
        "Operation": operation,
        "Info": f"janitor, process {os.getpid()}, asking with {ours}",  # told apart from any other asker's
        "Who": f"{user}@{socket.gethostname()}",
        "Version": "",
        "Created": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "Path": path,
    }


def held_by(root: RootModule, state: LockState, waited: float) -> str:
    """The sentence of a lock that somebody alive holds."""
    holder = str(state.holder) if state.holder else "somebody who left no name"
    process = f", process {state.pid}" if state.pid else ""
    breaking = ""
    if state.stays and state.holder is not None:
        breaking = f"; if you know that its holder is dead, give --break-lock {state.holder.id}"
    return one_line(
        f"The state of workspace {root.workspace!r} is locked by {holder}{process}, and was so for {waited:.0f} s; "
        f"wait for it to end, or give a longer --lock-timeout{breaking}."
    )
