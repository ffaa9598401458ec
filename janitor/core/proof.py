"""The last word: what was planned and done, held against a listing made afterwards.

"Accepted" is never "deleted", "could not list" is never "empty", and an error leaves a row. Computes results only;
the exit code follows from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from janitor.core.catalogue import KINDS, kind_of_type, source_kind
from janitor.core.model import (
    REF_ORDER,
    Denial,
    Evidence,
    Holder,
    Observed,
    Outcome,
    Ref,
    Resource,
    Scope,
    Verdict,
    World,
)
from janitor.core.outcome import GONE, Result
from janitor.core.plan import Plan, Unproved

COUNTED_DENIALS = frozenset({Denial.AMBIGUOUS, Denial.ADMIN})
"""Kept for these reasons means that the run is not done; kept as foreign or protected is as it should be."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What the last scan says, next to what was known before."""

    world: World
    plan: Plan
    verdicts: Mapping[Ref, Verdict] = field(default_factory=dict)


def reconcile(first: Plan, done: Mapping[Ref, Result], end: Ending) -> tuple[Result, ...]:
    """One result for every object that was planned, worked on, claimed, kept, or found at the end."""
    results: dict[Ref, Result] = {}
    for ref, step in {**first.steps, **end.plan.steps}.items():
        before = done.get(ref) or Result(
            ref=ref,
            outcome=Outcome.DELETED if ref in first.steps else Outcome.FAILED,
            name=step.observed.name,
            address=step.address,
            evidence=step.evidence,
            reason="" if ref in first.steps else "appeared while the run was ending; run again",
        )
        if ref in first.steps and before.evidence != first.steps[ref].evidence:
            # a later round knows it from our own journal; what proved it stands here
            before = replace(before, evidence=first.steps[ref].evidence)
        results[ref] = _settle(before, end.world)
    for ref, result in done.items():
        results.setdefault(ref, _settle(result, end.world))
    terraforms = {verdict.ref for verdict in first.kept if verdict.denial is Denial.ADMIN}
    for verdict in (*first.absent, *end.plan.absent):
        if verdict.ref not in results:
            by_terraform = verdict.ref in terraforms  # it was there, and janitor never touches it
            results[verdict.ref] = Result(
                verdict.ref,
                Outcome.DELETED if by_terraform else Outcome.ABSENT,
                address=verdict.address,
                evidence=verdict.evidence,
                reason="by terraform" if by_terraform else verdict.why,
            )
    for verdict in end.plan.kept:
        results[verdict.ref] = kept(verdict, end.world.objects.get(verdict.ref))
    return (*(results[ref] for ref in sorted(results, key=REF_ORDER)), *unverified(end.plan.unproved))


def _settle(before: Result, world: World) -> Result:
    """The engine's word, corrected by what the listing shows now."""
    ref = before.ref
    where = (ref.scope, source_kind(ref.kind))
    seen = world.objects.get(ref)
    if seen is not None and not _is_dead(seen):
        if before.outcome in GONE:
            return replace(before, outcome=Outcome.FAILED, reason="was reported gone, but is still listed")
        return before
    if where in world.unseen:
        if before.outcome is Outcome.KEPT:
            return before
        return replace(before, outcome=Outcome.UNVERIFIED, reason=f"could not be listed: {world.unseen[where]}")
    if before.outcome in GONE:
        return before
    if where not in world.listed and ref not in world.missing:
        return before
    return replace(before, outcome=Outcome.DELETED, reason="", holders=())


def _is_dead(observed: Observed) -> bool:
    return observed.status.upper() in {status.upper() for status in KINDS[observed.ref.kind].dead}


def kept(verdict: Verdict, observed: Observed | None) -> Result:
    """The row of an object that is not ours to delete, with the reason."""
    return Result(
        ref=verdict.ref,
        # Nothing forbids it and nothing proves it: it may be ours, and is left for a person to say.
        outcome=Outcome.UNVERIFIED if verdict.denial is Denial.UNPROVED else Outcome.KEPT,
        name=observed.name if observed else "",
        address=verdict.address,
        evidence=verdict.evidence,
        reason=f"{verdict.denial}: {verdict.why}" if verdict.denial else verdict.why,
        counts=verdict.denial in COUNTED_DENIALS,
    )


def planned(plan: Plan) -> tuple[Result, ...]:
    """The rows of a dry run: exactly the set that a real run would delete, and what stays with its reason."""
    rows = [
        Result(
            ref,
            Outcome.BLOCKED if ref in plan.held else Outcome.PLANNED,
            name=step.observed.name,
            address=step.address,
            evidence=step.evidence,
            reason=_intention(plan, ref),
            holders=plan.held.get(ref, ()),
        )
        for ref, step in sorted(plan.steps.items())
    ]
    rows += [
        Result(v.ref, Outcome.ABSENT, address=v.address, evidence=v.evidence, reason=v.why, counts=False)
        for v in plan.absent
    ]
    rows += [kept(verdict, None) for verdict in plan.kept]
    return (*rows, *unverified(plan.unproved))


def _intention(plan: Plan, ref: Ref) -> str:
    if holders := plan.held.get(ref):
        return f"{holders[0]} would go along with it and is not ours"
    carrier = plan.steps[ref].carrier
    return f"goes with {carrier}" if carrier else plan.steps[ref].why


def unverified(pending: Iterable[Unproved]) -> Iterator[Result]:
    """A configured instance that nothing finds again: its address, and the objects that it may be."""
    for item in pending:
        scope = item.candidates[0].ref.scope
        holders = tuple(Holder(o.ref.kind, o.ref.id, o.name, o.project_id, o) for o in item.candidates)
        names = ", ".join(f"{h.name or h.id}" for h in holders[:5]) + (" …" if len(holders) > 5 else "")  # noqa: PLR2004
        yield Result(
            ref=Ref(scope, item.kind, ""),
            outcome=Outcome.UNVERIFIED,
            address=item.address,
            reason=f"{item.why}; it may be {names}: look, and delete it by hand if it is yours",
            holders=holders,
        )


def _out_of_reach(resource: Resource) -> str:
    way = f"the right ones, or --provider-cloud {resource.alias}=CLOUD" if resource.alias else "the right ones"
    return f"its cloud, region, project or user is out of reach for these credentials: give {way}"


def _terraforms(resource: Resource) -> str:
    if resource.provider_name != "openstack":
        return f"of the provider {resource.provider_name}: Terraform's alone, or give --ignore-provider"
    if kind_of_type(resource.type) is None:
        return f"janitor does not know {resource.type}; it is Terraform's to delete"
    return ""


def unread(scope: Scope, problem: str) -> Result:
    """The row of a configuration that is not known in full, where nothing but it could say what there was."""
    told = f" ({problem})" if problem else ""
    return Result(
        Ref(scope, "configuration", ""),
        Outcome.UNVERIFIED,
        reason=f"it is not known in full{told}, and no state, journal, log or mark says what else there was: "
        "give --mark or --from-log, or --expect-empty if that was all",
    )


def unknown_types(resources: Iterable[Resource], scope: Scope, *, to_come: bool = False) -> Iterator[Result]:
    """Instances that only Terraform can delete: left by it or, with its destroy still `to_come`, its to delete."""
    for resource in resources:
        terraforms = _terraforms(resource)
        yield Result(
            ref=Ref(scope, resource.type, resource.id),
            outcome=Outcome.PLANNED if terraforms and to_come else Outcome.UNVERIFIED,
            name=resource.text("name"),
            address=resource.label,
            evidence=(Evidence.STATE,),
            reason=terraforms or _out_of_reach(resource),
        )
