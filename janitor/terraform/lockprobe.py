"""The lock of a backend that only the binary speaks to: asked for by a command that takes it and changes nothing.

`untaint -allow-missing` of an address that no state has takes the lock, finds nothing, and gives it back. Its refusal
describes the holder where the backend keeps that (s3), and the asker itself where it does not (pg): then the holder is
somebody without a name.
"""

from __future__ import annotations

import json
import re

from janitor.terraform.backend import Backend
from janitor.terraform.lockinfo import LockInfo, LockState, info_of
from janitor.terraform.messages import masked, plain, reason
from janitor.terraform.process import run_writing
from janitor.terraform.root import RootModule
from janitor.terraform.runner import FLAG, READ_TIMEOUT, Ran, command, environment, outcome

NOWHERE = "terraform_data.janitor_asks_for_the_lock"
_REFUSED = "Error acquiring the state lock"
_FIELD = re.compile(
    r"^[\s│|]*(?P<key>ID|Path|Operation|Who|Version|Created|Info):[ \t]*(?P<value>.*?)\s*$", re.MULTILINE
)
_GO_TIME = re.compile(r"(?P<day>[\d-]+) (?P<time>[\d:]+(?:\.\d+)?) \+0000 UTC")
_ASKER = "untaint"
ENDS_WITH_HOLDER = frozenset({"pg"})
"""Backends whose lock is bound to the holder's connection: a dead holder has none."""


def ask(root: RootModule, backend: Backend) -> LockState:
    """Who has it, by asking for it once. What fails for another reason is told, and nothing is known."""
    if root.binary is None:
        return LockState(known=False, problem=f"The lock of the {backend.type} backend needs tofu or terraform.")
    line = command(root, "untaint", NOWHERE, allow_missing=FLAG, lock_timeout="0s")
    done = run_writing(line, folder=root.path, environment=environment(root, backend=backend), timeout=READ_TIMEOUT)
    if done.exit_code == 0:
        return LockState()
    told = plain(done.errors)
    if _REFUSED not in told:
        return LockState(known=False, problem=masked(reason(done.output, done.errors), root))
    return LockState(alive=True, holder=holder_of(told), stays=backend.type not in ENDS_WITH_HOLDER)


def force_unlock(root: RootModule, lock_id: str) -> Ran:
    """Break the lock with this id, and no other."""
    line = command(root, "force-unlock", lock_id, force=FLAG)
    done = run_writing(line, folder=root.path, environment=environment(root), timeout=READ_TIMEOUT)
    return outcome(root, done, f"{root.flavour} force-unlock")


def holder_of(told: str) -> LockInfo | None:
    """The holder as the refusal describes it; None where it describes the asker."""
    fields = {
        match["key"]: match["value"] for match in _FIELD.finditer(re.sub(r"^[│╷╵|]", "", told, flags=re.MULTILINE))
    }
    if not fields.get("ID") or fields.get("Operation") == _ASKER:
        return None
    if match := _GO_TIME.search(fields.get("Created", "")):
        fields["Created"] = f"{match['day']}T{match['time']}Z"
    return info_of(json.dumps(fields))
