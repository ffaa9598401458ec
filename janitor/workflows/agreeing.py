"""After the proof: the state says no more than what exists. One batched `state rm`, a backup first, never against a
serial that somebody else moved.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator

from janitor.core.case import object_id, object_ids, without_deposed
from janitor.core.catalogue import OUTSIDE_NOTHING, kind_of_type
from janitor.core.errors import JanitorError
from janitor.core.model import Health, Outcome, Resource, Snapshot
from janitor.core.outcome import GONE, Agreement, Result, TerraformRun
from janitor.settings import Settings
from janitor.terraform import agreement, backends
from janitor.terraform.lockinfo import Hold
from janitor.workflows.call import Call
from janitor.workflows.knowing import IN_CLUSTER, Knowledge


def agree(call: Call, knowledge: Knowledge, results: tuple[Result, ...], *, lock: Hold) -> Agreement:
    """Let what is proved gone leave the state. A failure is a value: the cloud is clean, the state is not."""
    settings = call.settings
    if settings.keep_state:
        return Agreement(reason="left untouched (--keep-state)")
    if settings.state is not None or not knowledge.workspace_known:
        return Agreement(reason="there is no backend to write to" if settings.state else "")
    with call.console.phase("Making the state agree"):
        try:
            now = backends.read_state(knowledge.root)
            return _agreed(knowledge, now, results, settings, lock=lock)
        except JanitorError as error:
            return Agreement(agreed=False, reason=str(error))


def _agreed(
    knowledge: Knowledge, now: Snapshot, results: tuple[Result, ...], settings: Settings, *, lock: Hold
) -> Agreement:
    if now.sealed:
        return Agreement(agreed=False, reason=f"nobody can make it agree without its key: {now.problem}")
    if now.health is Health.LOST:
        return Agreement()
    if now.lineage != knowledge.snapshot.lineage and knowledge.snapshot.lineage:
        return Agreement(agreed=False, reason=_replaced(knowledge))
    gone = tuple(_leaving(now.resources, results, everything=not knowledge.only_this_apply))
    if not gone:
        return Agreement()
    if now.health is Health.PARTIAL and backends.PULL not in now.source:
        return Agreement(agreed=False, reason=_beyond_repair(knowledge, now, gone))
    if why := _unwritable(knowledge):
        return Agreement(agreed=False, reason=_by_hand(knowledge, gone, why))
    knowledge.book.keep(now.raw)
    again = backends.read_state(knowledge.root)
    if (again.lineage, again.serial) != (now.lineage, now.serial):
        return Agreement(agreed=False, reason=_by_hand(knowledge, gone, "the state's serial moved meanwhile"))
    backup = settings.journal_folder / "state-rm.backup"
    ran = agreement.state_rm(
        knowledge.root, gone, lock_timeout=settings.lock_timeout, lock_held=lock.lend(), backup=backup
    )
    backup.unlink(missing_ok=True)  # our own copy, taken before, is the one that is kept
    if not ran.ok:
        return Agreement(agreed=False, reason=_by_hand(knowledge, gone, ran.problem))
    return Agreement(reason=f"{len(gone)} instances left it")


def _unwritable(knowledge: Knowledge) -> str:
    """Why nobody can write the state now; empty when somebody can."""
    if knowledge.root.binary is None:
        return "neither tofu nor terraform is on PATH to write the state"
    if knowledge.lock.in_the_way and knowledge.lock.holder is not None:
        dead = knowledge.lock.holder
        return f"a dead command's lock keeps everybody from the state: {dead}; break it with --break-lock {dead.id}"
    return ""


def _leaving(resources: Iterable[Resource], results: tuple[Result, ...], *, everything: bool) -> Iterator[str]:
    """The addresses that may leave: what is proved gone; of `everything` the rest, once nothing of it is left."""
    by_id = {(result.ref.kind, result.ref.id): result.outcome for result in results}
    by_address = {result.address: result.outcome for result in results if result.address}
    all_gone = everything and all(result.outcome in GONE or result.outcome is Outcome.KEPT for result in results)
    kept = {without_deposed(result.address) for result in results if result.outcome not in GONE}

    def leaves(resource: Resource) -> bool:
        kind = kind_of_type(resource.type) if resource.mode == "managed" else None
        if kind is None:
            return all_gone and (resource.mode == "data" or resource.provider_name in OUTSIDE_NOTHING | IN_CLUSTER)
        outcome = by_id.get((kind.name, object_id(resource)), by_address.get(resource.label))
        return outcome in GONE or not object_ids(resource)  # an empty list has nothing in the cloud

    at: dict[str, list[Resource]] = defaultdict(list)
    for resource in resources:
        at[resource.address].append(resource)
    # `state rm` takes an address with all its objects, a deposed one, too.
    yield from (address for address, here in at.items() if address not in kept and all(map(leaves, here)))


def delete_workspace(call: Call, knowledge: Knowledge, results: tuple[Result, ...], agreed: Agreement) -> Agreement:
    """With --delete-workspace, after the proof, remove the emptied workspace; never `default`."""
    settings = call.settings
    proved = not any(result.counts and result.outcome not in GONE for result in results)
    asked = settings.delete_workspace and knowledge.root.workspace != "default" and knowledge.workspace_known
    if not asked or not proved or not agreed.agreed or settings.keep_state or knowledge.root.binary is None:
        return agreed
    ran = agreement.workspace_delete(knowledge.root, lock_timeout=settings.lock_timeout)
    told = "; ".join(filter(None, (agreed.reason, "the workspace was deleted" if ran.ok else ran.problem)))
    return Agreement(agreed=ran.ok, reason=told)


def _replaced(knowledge: Knowledge) -> str:
    return (
        "the state was replaced by one of another lineage while this run worked, and was left as it is; what it holds "
        f"is told by: {knowledge.root.flavour} state list"
    )


def _by_hand(knowledge: Knowledge, gone: tuple[str, ...], why: str) -> str:
    command = shlex.join([knowledge.root.flavour, "state", "rm", *gone[:20]])
    rest = f" (and {len(gone) - 20} more)" if len(gone) > 20 else ""  # noqa: PLR2004
    return f"{why}; these are gone from the cloud and still in the state, remove them with: {command}{rest}"


def _beyond_repair(knowledge: Knowledge, now: Snapshot, gone: tuple[str, ...]) -> str:
    """A state that we salvaged what we could from, and that no command of the binary will take."""
    flavour = knowledge.root.flavour
    return (
        f"{flavour} cannot read {now.source}, so nothing can leave it: {len(gone)} of its instances are gone from the "
        f"cloud; once nothing of the workspace is left, move it away, and {flavour} begins anew"
    )


def still_unknown(knowledge: Knowledge, terraform: TerraformRun) -> tuple[Resource, ...]:
    """Of the instances that only Terraform can delete: those its state still lists."""
    if not knowledge.unknown or not terraform.ran:
        return knowledge.unknown
    try:
        left = {resource.label for resource in backends.read_state(knowledge.root).managed}
    except JanitorError:
        return knowledge.unknown
    return tuple(resource for resource in knowledge.unknown if resource.label in left)
