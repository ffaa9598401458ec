"""What is inside a container of Swift's and would be deleted with it: may it go?

Its id is a name, and whoever creates a container that is there already is told that all is well: a container in the
state may be older than the run, and hold what others put there. It is emptied only when it was made by the run.
"""

from __future__ import annotations

from collections.abc import Iterator

from janitor.core.attached import Surroundings
from janitor.core.case import Case
from janitor.core.marks import is_kept
from janitor.core.model import Holder, Observed, Ref

CLOCKS = 2.0
"""Seconds within which two time stamps of one request lie, as one of them is cut."""


def kept_content(container: Observed, around: Surroundings) -> Iterator[Holder]:
    """What the container holds that is not ours to delete."""
    if container.ref.kind != "container":
        return
    inside = f"{container.ref.id}/"
    known = [ref for ref in around.case.claims if ref.kind == "stored_object" and ref.id.startswith(inside)]
    for ref in known:
        if ref in around.world.objects and _protected(ref, around):
            yield Holder(ref.kind, ref.id, ref.id.removeprefix(inside), observed=around.world.objects[ref])
    if made_by_the_run(around.case, container):
        return
    as_scanned = container == around.world.objects.get(container.ref)  # later, ours are not among them any more
    ours = sum(ref in around.ours and ref in around.world.objects for ref in known) if as_scanned else 0
    others = _objects(container) - ours
    if others > 0 or container.facts.get("versioned") is True:
        what = f"{others} objects" if others > 0 else "old versions of objects"
        name = f"{what} that may be older than the run (--since says when it began)"
        yield Holder("stored_object", f"{inside}…", name)


def _protected(ref: Ref, around: Surroundings) -> bool:
    """Whether a source or a mark says that the object stays; one that was merely overwritten goes with the rest."""
    claims = around.case.claimed(ref)
    guarded = any(claim.protected or around.case.protection(claim.address) for claim in claims)
    return guarded or is_kept(around.world.objects[ref])


def made_by_the_run(case: Case, container: Observed) -> bool:
    """Whether the run created it: it was written to once, so by who knows it; or a source says when the run began.

    Swift keeps the time of a name's first creation over later ones, so that alone proves nothing. `force_destroy` is
    the author's word that the content may go, whoever put it there.
    """
    claims = case.claimed(container.ref)
    if any(claim.force for claim in claims):
        return True
    born = container.created_at
    if born is None:
        return False
    put = container.facts.get("put_at")
    if isinstance(put, float) and abs(put - born) <= CLOCKS:
        return True
    begins = (case.since, *(claim.window[0] for claim in claims))
    return any(begin is not None and born >= begin for begin in begins)


def _objects(container: Observed) -> int:
    count = container.facts.get("objects")
    return count if isinstance(count, int) else 0
