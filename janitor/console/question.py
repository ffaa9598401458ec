"""The question before anything is deleted: what would go, why it is ours, and what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from janitor.core.plan import Plan
from janitor.core.text import clean, counted

QUESTION = 'Delete them? Only "yes" is a yes: '


def summary(plan: Plan, *, whose: str) -> Iterator[str]:
    """The plan in a few lines; `janitor plan` has it in full."""
    kinds = Counter(ref.kind for ref in plan.steps)
    scopes = sorted({ref.scope for ref in plan.steps})
    where = " and ".join(clean(scope) for scope in scopes)
    yield f"{counted(len(plan.steps), 'object')} {whose} in {where} would be deleted:"
    for kind, count in sorted(kinds.items()):
        reasons = Counter(step.evidence[0] for ref, step in plan.steps.items() if ref.kind == kind and step.evidence)
        why = ", ".join(f"{number} by {evidence}" for evidence, number in sorted(reasons.items()))
        yield f"  {counted(count, clean(kind)):<28} {why}"
    if plan.kept:
        yield f"{counted(len(plan.kept), 'object')} kept: foreign, protected, shared or not proved ours."
    if plan.unproved:
        yield f"{counted(len(plan.unproved), 'configured instance')} cannot be found again; no candidate is deleted."
    for note in plan.notes:
        yield f"note: {clean(note)}"
