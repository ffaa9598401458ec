"""The cloud's half of every run: scan, judge, plan, delete, prove. Knows nothing of Terraform's binary or files.

What is learnt on the way (an object that was ours, and lost the link that said so) stays known: what was planned once
keeps its evidence for the rest of the run and, through the journal, for the next one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from janitor.core.attached import Surroundings
from janitor.core.case import Case, Claim, Spent, claims_by_ref, kinds_of
from janitor.core.catalogue import KINDS, closure, source_kind
from janitor.core.errors import WrongCloud
from janitor.core.model import Denial, Edge, Evidence, Observed, Ref, Scope, Verdict, World
from janitor.core.outcome import Result
from janitor.core.ownership import consider, judge, recheck, surroundings
from janitor.core.plan import Plan
from janitor.core.planning import hold, make
from janitor.core.proof import Ending, reconcile


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at the cloud: what was there, what the judge said, what follows."""

    case: Case
    world: World
    verdicts: Mapping[Ref, Verdict]
    plan: Plan

    @property
    def around(self) -> Surroundings:
        """What a re-judgement is asked with."""
        return surroundings(self.case, self.world, self.verdicts)

    @property
    def matched(self) -> bool:
        """Whether any object at all was found to be ours."""
        return bool(self.plan.steps)

    def without(self, refs: frozenset[Ref]) -> Looked:
        """The same look with a plan that leaves these out."""
        steps = {ref: step for ref, step in self.plan.steps.items() if ref not in refs}
        return replace(self, plan=replace(self.plan, steps=steps)) if refs else self


@dataclass(frozen=True, slots=True)
class Edges:
    """Preferred orders from state and configuration: pairs of addresses without index, dependent first."""

    state: tuple[tuple[str, str], ...] = ()
    config: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Record:
    """What the deleting rounds of one run have done so far."""

    results: dict[Ref, Result] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)


Scan = Callable[[frozenset[str]], World]
Lookup = Callable[[Iterable[Ref]], World]


def relevant_kinds(case: Case) -> frozenset[str]:
    """The kinds to list: what some source could mean, what may hang on it, and who may use that."""
    return closure(kinds_of(case)) if kinds_of(case) else frozenset()


def look(
    case: Case,
    edges: Edges,
    scan: Scan,
    lookup: Lookup,
    *,
    before: World | None = None,
    select: Callable[[Case, World], Case] | None = None,
) -> Looked:
    """One scan, with the few objects that a listing does not describe well enough read by their id.

    What an earlier listing has shown, or a reading by id has missed, needs no second reading: its absence from a
    complete listing is an answer. What only a reading showed (no listing has its kind, or hides it) is read again.
    """
    world = scan(relevant_kinds(case))
    known = before.missing | (before.objects.keys() - before.unlisted) if before is not None else frozenset()
    asked = _to_read(case, world)
    world = _with(world, lookup(ref for ref in asked if ref not in known))
    world = _lingering(world, tuple(ref for ref in asked if ref in known), lookup)
    if before is not None:
        world = replace(world, missing=world.missing | (before.missing - world.objects.keys()))
    case = _resolve_addresses(case, world)
    case = select(case, world) if select else case
    verdicts = judge(case, world)
    plan = make(case, world, verdicts, state_edges=edges.state, config_edges=edges.config)
    return Looked(case, world, verdicts, plan)


def _lingering(world: World, unlisted: tuple[Ref, ...], lookup: Lookup) -> World:
    """What a listing may only hide: one of a kind and scope is read, and the others where that one is still there."""
    groups: dict[tuple[Scope, str], list[Ref]] = defaultdict(list)
    for ref in unlisted:
        if KINDS[ref.kind].lingering and ref not in world.missing:
            groups[ref.scope, ref.kind].append(ref)
    world = _with(world, lookup(refs[0] for refs in groups.values()))
    rest = [ref for refs in groups.values() if refs[0] in world.objects for ref in refs[1:]]
    return _with(world, lookup(rest))


def _to_read(case: Case, world: World) -> tuple[Ref, ...]:
    """Claimed ids that no listing shows (they may live in another project), and names that a listing does not date."""
    missing = [
        ref
        for ref in case.claims
        if ref not in world.objects
        and KINDS[ref.kind].is_read
        and ((ref.scope, source_kind(ref.kind)) in world.listed or not KINDS[ref.kind].is_listed)
        and not KINDS[ref.kind].is_relation
        and not ref.id.startswith("address:")
    ]
    names = {(d.type, d.name) for d in case.declared}
    undated = [
        o.ref for o in world.of_kind("keypair") if o.created_at is None and any(o.name == name for _, name in names)
    ]
    return (*missing, *undated)


def _with(world: World, extra: World) -> World:
    return replace(
        world,
        objects={**world.objects, **extra.objects},
        missing=world.missing | extra.missing,
        unlisted=world.unlisted | (extra.objects.keys() - world.objects.keys()),
        unseen={**world.unseen, **extra.unseen},
    )


def _resolve_addresses(case: Case, world: World) -> Case:
    """Give associations that the state knows by floating IP address the floating IP's id."""
    by_address = {
        (o.ref.scope, o.fact("floating_ip_address")): o.ref.id for o in world.of_kind("floating_ip_association")
    }
    claims: list[Claim] = []
    for ref, given in case.claims.items():
        known = by_address.get((ref.scope, ref.id.removeprefix("address:"))) if ref.id.startswith("address:") else None
        claims += [replace(claim, ref=Ref(ref.scope, ref.kind, known)) for claim in given] if known else given
    return replace(case, claims=claims_by_ref(claims))


def refuse_wrong_cloud(looked: Looked, state_scope: Scope, *, met: frozenset[Ref]) -> None:
    """Refuse when a state has ids and not one of them is known here: probably another cloud or project.

    Of a state in several projects the same holds for each of them. `met`: what our own journal says was seen in its
    scope; one of the state's ids among them shows that the scope is the right one, however the others went.
    """
    places: dict[tuple[str, str], list[Ref]] = defaultdict(list)
    for ref, claims in looked.case.claims.items():
        if KINDS[ref.kind].is_read and any(claim.evidence is Evidence.STATE for claim in claims):
            places[ref.scope.cloud, ref.scope.project_id].append(ref)
    for claimed in places.values():
        if any(ref in met or ref in looked.world.objects for ref in claimed):
            continue
        if any((ref.scope, source_kind(ref.kind)) in looked.world.unseen for ref in claimed):
            continue  # nothing was seen, so nothing can be said; the unseen kinds make the exit code
        where = claimed[0].scope if len(places) > 1 else state_scope
        raise WrongCloud(
            f"None of the {len(claimed)} ids of the state exists in {where}: these are probably the credentials of "
            "another cloud or project, and nothing was touched. If you know that everything is gone, give "
            "--expect-empty."
        )


def hides_something(looked: Looked) -> bool:
    """Whether a kind that could not be listed is one that state, journal, log, configuration or mark could mean."""
    meant = {source_kind(name) for name in kinds_of(looked.case)}
    return any(source_kind(kind) in meant for _, kind in looked.world.unseen)


def judge_of(looked: Looked) -> Callable[[Observed], Verdict]:
    """The judge that the engine asks right before each delete and about each holder.

    What the scan denied stays denied: with all else in sight, and in every report that says it is kept.
    """
    around = looked.around

    def verdict_on(observed: Observed) -> Verdict:
        before = looked.verdicts.get(observed.ref)
        if before is not None and before.ours:
            verdict = recheck(before, looked.world.objects[observed.ref], observed, around)
        elif before is not None and before.denial is not Denial.UNPROVED:
            verdict = before
        else:
            verdict = consider(observed, around)
        return hold(verdict, observed, around)

    return verdict_on


def remember(case: Case, plan: Plan) -> Case:
    """The case with everything planned as known: evidence that hung on a link survives the link.

    Evidence that the object itself carries does not survive its being taken off. Its address stays its own when it is
    gone: another one of its name was not made in its place.
    """
    extra = [
        Claim(
            step.ref,
            Evidence.JOURNAL,
            step.address,
            step.observed.name,
            created_at=step.observed.created_at,
            stood_on=step.evidence,
        )
        for step in plan.steps.values()
        if step.ref not in case.claims
    ]
    known = [claim for claims in case.claims.values() for claim in claims]
    spent = {ref: Spent(step.address, step.observed.name) for ref, step in plan.steps.items()}
    return replace(case, claims=claims_by_ref((*known, *extra)), spent={**case.spent, **spent})


def conclude(first: Plan, record: Record, last: Looked) -> tuple[Result, ...]:
    """Every object's final word, after the last listing."""
    return reconcile(first, record.results, Ending(last.world, last.plan, last.verdicts))
