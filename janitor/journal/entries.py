"""What a journal can hold: one constructor per entry, built from allow-listed fields only.

No body of a request or an answer gets here, and nothing of the state but ids, names and addresses.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from janitor.core.model import Evidence, Outcome, Ref, Scope

Entry = Mapping[str, object]


def run_begin(
    *,
    command: str,
    workspace: str,
    scopes: Sequence[Scope] = (),
    lineage: str = "",
    serial: int = -1,
    since: float | None = None,
) -> Entry:
    """A run begins."""
    where = [[s.cloud, s.region, s.project_id] for s in scopes]
    who = {"pid": os.getpid(), "host": os.uname().nodename}
    run = {"command": command, "workspace": workspace, "scopes": where, "lineage": lineage, "serial": serial}
    return {"what": "run-begin", **run, "since": since, **who}


def snapshot(path: Path) -> Entry:
    """Where the copy of the state is, that was taken before anything could empty it."""
    return {"what": "snapshot", "path": str(path)}


def applying(log: Path, *, whole: bool) -> Entry:
    """An apply is about to begin; its output goes into that file beside the journal, whoever lives to read it.

    `whole`: together with what is written here, the journal knows all that the workspace ever had.
    """
    return {"what": "applying", "log": log.name, "whole": whole}


def stated(ref: Ref, *, address: str, name: str, match: Mapping[str, str]) -> Entry:
    """An object that the state knew when an apply began, which may ruin it. Nobody has looked whether it exists.

    `match`: facts that tell it from another one under the same id, where that is a name.
    """
    return {"what": "stated", "ref": _packed(ref), "address": address, "name": name, "match": dict(match)}


def intended(
    address: str,
    resource_type: str,
    name: str,
    marks: Iterable[str],
    *,
    run_bound: bool,
    scope: Scope | None,
    within: Mapping[str, str],
) -> Entry:
    """A creation that the apply's plan holds. `scope` is None where nobody could sign in to it.

    `within`: what else its id is made of where terraform's is half of ours: the share of an access rule.
    """
    where = None if scope is None else [scope.cloud, scope.region, scope.project_id]
    said = {"name": name, "marks": sorted(marks), "run_bound": run_bound, "within": dict(within)}
    return {"what": "intended", "address": address, "type": resource_type, "scope": where, **said}


def creating(address: str) -> Entry:
    """That creation has begun: from now on the object may exist."""
    return {"what": "creating", "address": address}


def created(address: str, resource_type: str, identifier: str, ref: Ref | None, *, carried: bool = False) -> Entry:
    """It is done. `ref` is None for what janitor could not look at: its type, or its scope, is unknown here.

    `carried`: nothing has to lead to it, for its parent was made by the same apply and takes it along.
    """
    packed = None if ref is None else _packed(ref)
    what = {"address": address, "type": resource_type, "id": identifier, "ref": packed, "carried": carried}
    return {"what": "created", **what}


def applied(exit_code: int) -> Entry:
    """Terraform has ended, and has saved its state."""
    return {"what": "applied", "exit_code": exit_code}


def planned(
    ref: Ref, *, evidence: Sequence[Evidence], address: str = "", name: str = "", created_at: float | None = None
) -> Entry:
    """An object that was judged ours."""
    why = [str(item) for item in evidence]
    return {
        "what": "planned",
        "ref": _packed(ref),
        "evidence": why,
        "address": address,
        "name": name,
        "created_at": created_at,
    }


def request(ref: Ref, op: str) -> Entry:
    """A writing request is about to be sent. `op`: delete, detach, disassociate …"""
    return {"what": "request", "op": op, "ref": _packed(ref)}


def answer(ref: Ref, op: str, *, status: int, code: str = "", accepted: bool = False) -> Entry:
    """The answer to it. `code` is the service's own word, never its text."""
    return {"what": "answer", "op": op, "ref": _packed(ref), "status": status, "code": code[:64], "accepted": accepted}


def gone(ref: Ref) -> Entry:
    """A read or a complete listing does not have it any more."""
    return {"what": "gone", "ref": _packed(ref)}


def outcome(ref: Ref, what: Outcome) -> Entry:
    """What became of it."""
    return {"what": "outcome", "ref": _packed(ref), "outcome": str(what)}


def closed(*, listed: int) -> Entry:
    """The proof: a last listing of that many kinds found nothing of ours."""
    return {"what": "closed", "proof": "empty", "listed": listed}


def _packed(ref: Ref) -> Sequence[str]:
    return [ref.scope.cloud, ref.scope.region, ref.scope.project_id, ref.kind, ref.id]
