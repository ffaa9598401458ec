"""Twins: objects that have the name of ours. Which of the configured instances a name still stands for, which not.

What is known otherwise, or was known and is gone, stands for its instance: a twin is not proved by its leaving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from janitor.core.case import Case, Spent
from janitor.core.marks import runs_of
from janitor.core.model import Declared, Evidence, Observed, Ref, Verdict, World


def spoken_for(
    case: Case, world: World, known: Mapping[Ref, Verdict]
) -> tuple[frozenset[str], Mapping[tuple[str, str], int]]:
    """The addresses whose object is known, or was and is gone; and how many of a kind and name have no address."""
    taken = {verdict.address for verdict in known.values() if verdict.address}
    loose = [(ref, world.objects[ref].name) for ref, verdict in known.items() if verdict.ours and not verdict.address]
    for ref in sorted({*case.spent, *case.claims} - world.objects.keys()):
        address, name, _ = case.spent.get(ref) or _journalled(case, ref)
        if address:
            taken.add(address)
        elif name:
            loose.append((ref, name))
    return frozenset(taken), Counter((ref.kind, name) for ref, name in loose)


def _journalled(case: Case, ref: Ref) -> Spent:
    """Address and name of what only the journal knows and the cloud has no more, unless it was being made anew."""
    claim = case.claims[ref][0]
    renewed = claim.address in case.in_flight
    return Spent(claim.address, claim.name) if claim.evidence is Evidence.JOURNAL and not renewed else Spent("", "")


def is_marked(observed: Observed, instances: Iterable[Declared]) -> bool:
    """Whether it carries what one of these would carry since its making; where there is nothing to carry, it does."""
    return any(not instance.marks or runs_of(observed) & instance.marks for instance in instances)
