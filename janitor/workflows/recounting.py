"""What the journal of `janitor apply` says of a workspace: the objects that it made, and those it may have made.

A janitor that was killed may have missed the end of what terraform said. That stands in a file beside the journal, and
counts like the journal itself: terraform wrote it there while it worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from janitor import journal as entries
from janitor.core.case import CLOCKS_APART, Claim, object_id
from janitor.core.catalogue import KINDS, kind_of_type
from janitor.core.catalogue.reading import named_in
from janitor.core.errors import Refused
from janitor.core.model import (
    ApplyLog,
    Configuration,
    Declared,
    Evidence,
    Health,
    LoggedCreate,
    Ref,
    Resource,
    Snapshot,
)
from janitor.journal import Entry, Intended, Recollection
from janitor.terraform.applylog import read_log
from janitor.terraform.locks import LockState

LOCKS_LATE = 60.0
"""An apply takes its lock at its begin. A dead lock that is so much younger belongs to a command we know nothing of."""


def created_entry(address: str, resource_type: str, identifier: str, intended: Mapping[str, Intended]) -> Entry:
    """The journal's line of a creation that is done."""
    plan = intended.get(address)
    ref = None if plan is None else ref_of(plan, identifier)
    carried = ref is None and plan is not None and plan.scope is not None and kind_of_type(resource_type) is not None
    return entries.created(address, resource_type, identifier, ref, carried=carried)


def ref_of(plan: Intended, identifier: str) -> Ref | None:
    """The object that terraform calls by this id; None for an unknown type or scope, or a parent that is not known.

    What half of its id names is known before, but for a parent that is made by the same apply.
    """
    kind = kind_of_type(plan.type)
    if kind is None or plan.scope is None:
        return None
    ours = object_id(Resource("", plan.type, identifier, attributes=dict(plan.within)))
    return Ref(plan.scope, kind.name, ours) if all(ours.split("/")) else None


def within(resource: Resource) -> dict[str, str]:
    """What a creation's id will be made of besides its own, as far as it is known before."""
    kind = kind_of_type(resource.type)
    names = named_in(kind.state_id) if kind is not None else ()
    return {name: resource.text(name) for name in names if name != "id" and resource.text(name)}


def tail(known: Recollection, folder: Path) -> tuple[Entry, ...]:
    """What the output of the last apply tells beyond the journal, as entries of the journal."""
    if not known.open_apply:
        return ()
    apply, log = known.applies[-1], _last_log(known, folder)
    if log is None:
        return ()
    journalled = {(recalled.address, ref.id) for ref, recalled in known.ours.items()}
    journalled |= {(resource.address, resource.id) for resource in known.elsewhere}
    fresh = [entry for one in log.created for entry in _told(one, known) if not _has(journalled, one, known)]
    begun = [
        {**entries.creating(address), "at": apply.at}
        for address, _ in log.in_flight
        if address in known.intended and address not in known.in_flight
    ]
    return (*fresh, *begun)


def _told(one: LoggedCreate, known: Recollection) -> Iterator[Entry]:
    if one.address in known.intended:
        yield {**created_entry(one.address, one.type, one.id, known.intended), "at": one.at or known.applies[-1].at}


def _has(journalled: set[tuple[str, str]], one: LoggedCreate, known: Recollection) -> bool:
    ref = ref_of(known.intended[one.address], one.id) if one.address in known.intended else None
    return bool({(one.address, one.id), (one.address, ref.id if ref else one.id)} & journalled)


def claims(known: Recollection) -> list[Claim]:
    """What the journal says of objects that have an id. Raises Refused for a kind that this janitor does not know."""
    found = []
    for ref, recalled in {**known.stated, **known.ours}.items():
        if ref.kind not in KINDS:
            raise Refused(f"The journal knows a {ref.kind} ({ref.id}), and this janitor does not: use the newer one.")
        begun, ended = recalled.window
        window = (begun - CLOCKS_APART if begun else None, ended + CLOCKS_APART if ended else None)
        found.append(
            Claim(
                ref,
                Evidence.JOURNAL,
                recalled.address,
                recalled.name,
                created_at=recalled.created_at,
                match=dict(recalled.match),
                window=window,
            )
        )
    return found


def instances(configuration: Configuration, known: Recollection, *, accounted: bool) -> tuple[Declared, ...]:
    """The configured instances that may exist. Names and marks are those that terraform was given, where it was ours.

    `accounted`: the journal knows all that ever was; what it has not seen begin is left out.
    """
    declared = {instance.address: instance for instance in configuration.instances}
    begun = {*known.in_flight, *(recalled.address for recalled in known.ours.values())}
    ours = {
        label: _declared(label, known.intended[label], declared.get(known.intended[label].address))
        for label in sorted(begun & known.intended.keys())
    }
    return tuple(ours.values()) if accounted else tuple((declared | ours).values())


def _declared(label: str, plan: Intended, beside: Declared | None) -> Declared:
    base = beside or Declared(plan.address, plan.type)
    name = plan.name or ("" if base.name == "" else None)  # the journal does not tell a name that is unknown from none
    return replace(base, address=label, type=plan.type, name=name, marks=plan.marks, run_bound=plan.run_bound)


def in_flight(known: Recollection) -> Mapping[str, float]:
    """Creations that were begun and never seen to end → not before then. A minute of grace covers the clocks."""
    return {label: since - CLOCKS_APART for label, since in known.in_flight.items()}


def is_accounted(known: Recollection, *, witnessed: bool) -> bool:
    """Whether the journal still knows all that the workspace ever had: its last apply never ended."""
    return known.accounted and witnessed


def is_witnessed(known: Recollection, snapshot: Snapshot, lock: LockState, folder: Path) -> bool:
    """Whether the journal knew all that there was when its last apply was heard of last.

    Not when the state lists what the journal has never heard of, or somebody else has worked on it since.
    """
    if not known.applies or not known.applies[-1].whole:
        return False
    heard = {ref.id for ref in (*known.ours, *known.stated)} | {one.id for one in known.elsewhere}
    strange = [r for r in snapshot.managed if kind_of_type(r.type) and object_id(r) not in heard]
    if strange and snapshot.health is not Health.LOST:
        return False
    if lock.left_behind and lock.holder is not None and lock.holder.created is not None:
        return lock.holder.created <= _last_word(known, folder) + LOCKS_LATE
    return True


def _last_word(known: Recollection, folder: Path) -> float:
    """When the last apply was heard of last."""
    log = _last_log(known, folder)
    return max(known.applies[-1].at, log.until or 0.0 if log else 0.0)


def _last_log(known: Recollection, folder: Path) -> ApplyLog | None:
    """What terraform said in the last apply; None where it was never started: the file is made with it."""
    try:
        return read_log(folder / known.applies[-1].log)
    except Refused:
        return None


def beyond_the_state(known: Recollection, snapshot: Snapshot) -> Iterable[Resource]:
    """What an apply made where janitor cannot look, and the state does not list: Terraform's alone."""
    listed = {(resource.type, resource.id) for resource in snapshot.managed}
    return (resource for resource in known.elsewhere if (resource.type, resource.id) not in listed)
