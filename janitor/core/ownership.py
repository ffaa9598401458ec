"""The judge: is this object the run's own? Ours with its evidence, or kept with a reason; kept by default.

A denial is stronger than any evidence. Nothing is ours by its age, by being unused, or by a name alone that others
could have given, too. `judge` decides on a whole scan; `recheck` is asked again right before each delete.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from janitor.core.attached import Surroundings, attached, live_user
from janitor.core.case import METADATA, Case, Claim
from janitor.core.catalogue import KINDS, Fate, kind_of_type
from janitor.core.content import made_by_the_run
from janitor.core.marks import is_kept, runs_of, strange_mark
from janitor.core.model import Declared, Denial, Evidence, Observed, Ref, Verdict, World
from janitor.core.narrowing import Reason, too_young, unexpired
from janitor.core.selection import changed
from janitor.core.twins import is_marked, spoken_for

COMES_BACK = frozenset({"security_group", "firewall_group"})
"""Kinds of which each project has one called `default`, made by Neutron and never deleted."""

OPEN = frozenset({Denial.UNPROVED, Denial.AMBIGUOUS})
"""Denials that say no more than: nothing proved it so far. What an object hangs on may."""

SETTLE_PASSES = 8
"""ATTACHED is a closure: a port hangs on a network, a floating IP on that port. The table is this deep at most."""


def judge(case: Case, world: World) -> Mapping[Ref, Verdict]:
    """A verdict for every scanned object that some evidence speaks for; what nothing speaks for is not in it."""
    verdicts: dict[Ref, Verdict] = {}
    for ref in sorted(world.objects):
        verdict = _direct(case, world.objects[ref])
        if verdict is not None:
            verdicts[ref] = verdict
    verdicts.update(_by_name(case, world, verdicts))
    _close(case, world, verdicts)
    return verdicts


def denial(case: Case, observed: Observed) -> Reason | None:
    """What forbids deleting this object, whoever claims it."""
    return (
        _not_ours_alone(case, observed)
        or _protected(case, observed)
        or too_young(case, observed)
        or unexpired(case, observed)
        or _terraforms(case, observed)
    )


def _terraforms(case: Case, observed: Observed) -> Reason | None:
    """The last denial to be looked for: where it stands, Terraform may delete the object, and only janitor may not."""
    kind = KINDS[observed.ref.kind]
    if kind.fate is not Fate.REFUSED or kind.name in case.admin_kinds:
        return None
    return Denial.ADMIN, f"{kind.why}: Terraform's to delete, or give --admin-kinds {kind.name}"


def _not_ours_alone(case: Case, observed: Observed) -> Reason | None:
    kind = KINDS[observed.ref.kind]
    if observed.project_id and observed.project_id != observed.ref.scope.project_id:
        return Denial.FOREIGN, f"belongs to project {observed.project_id}"
    for fact, value in kind.shared:
        if observed.facts.get(fact) == value:
            return Denial.SHARED, f"{fact} is set: other projects may use it"
    claims = case.claimed(observed.ref)
    known = case.own_marks.union(*(claim.marks for claim in claims))
    if case.only is not None and observed.ref not in case.only:
        return Denial.FOREIGN, "is not in the saved plan, or another one under its id"
    others = runs_of(observed) - known
    if others:
        return Denial.FOREIGN, f"carries the mark of another run: {', '.join(sorted(others))}"
    if not claims and (strange := strange_mark(observed)):
        return Denial.AMBIGUOUS, f"carries what may be the mark of another run: {strange}"
    return None


def _protected(case: Case, observed: Observed) -> Reason | None:
    claims = case.claimed(observed.ref)
    why = next((why for claim in claims if (why := claim.protected or case.protection(claim.address))), "")
    if not why and not any(claim.address for claim in claims):
        why = case.guard(observed.ref.kind, observed.name)
    if observed.ref.kind in COMES_BACK and observed.name == "default":
        why = f"the project's default {observed.ref.kind.replace('_', ' ')} comes back by itself"
    elif is_kept(observed):
        why = "carries the mark janitor:keep"
    elif observed.ref in case.borrowed and not any(claim.evidence is Evidence.STATE for claim in claims):
        why = "the configuration only reads it (data source)"
    elif any(claim.address in case.doubtful for claim in claims):
        return Denial.AMBIGUOUS, why
    return (Denial.PROTECTED, why) if why else None


def recheck(before: Verdict, was: Observed, now: Observed, around: Surroundings) -> Verdict:
    """The verdict on an object as it was read right before its delete.

    Never weaker than the first one: denials are looked for again, it must still be the same object, and nothing
    that is not ours may have begun to use it or to go along with it.
    """
    if reason := denial(around.case, now):
        return _kept(before, *reason)
    if was.created_at is not None and now.created_at is not None and was.created_at != now.created_at:
        return _kept(before, Denial.FOREIGN, "was re-created meanwhile under the same id: not the object we judged")
    if lost := _lost(before, was, now, around.case):
        return _kept(before, Denial.UNPROVED, lost)
    if mismatch := _mismatch(around.case.claimed(now.ref), now):
        return _kept(before, Denial.FOREIGN, mismatch)
    if user := live_user(now, around):
        return _kept(before, Denial.FOREIGN, f"is in use by server {user}, which is not ours")
    if now.ref.kind == "server_group":
        others = [m for m in now.linked("server") if not around.is_ours(now, "server", m)]
        if others and Evidence.ATTACHED in before.evidence:
            return _kept(before, Denial.FOREIGN, f"has a member that is not ours: server {others[0]}")
    return before


def _lost(before: Verdict, was: Observed, now: Observed, case: Case) -> str:
    """What the object was ours by and has no more; empty while anything that it was ours by still stands."""
    grounds = {*before.evidence}
    if Evidence.JOURNAL in grounds:
        remembered = [claim.stood_on for claim in case.claimed(now.ref) if claim.evidence is Evidence.JOURNAL]
        grounds = grounds - {Evidence.JOURNAL} | {e for stood_on in remembered for e in stood_on or (Evidence.JOURNAL,)}
    lost = {
        Evidence.MARK: "" if runs_of(now) & case.marks else "lost the run's mark meanwhile",
        Evidence.NAME: "" if now.name == was.name else f"was renamed from {was.name!r} meanwhile",
        Evidence.SELECTED: "what selected it was changed meanwhile" if changed(was, now) else "",
    }
    told = [lost.get(evidence, "") for evidence in Evidence if evidence in grounds]
    return told[0] if told and all(told) else ""


def consider(observed: Observed, around: Surroundings) -> Verdict:
    """The verdict on an object that was not scanned: a holder met on the way, or a child that came late."""
    verdict = _direct(around.case, observed)
    if verdict is not None and verdict.denial is not Denial.UNPROVED:
        return verdict
    if why := attached(observed, around):
        if reason := denial(around.case, observed):
            return Verdict(observed.ref, (), denial=reason[0], why=reason[1])
        return Verdict(observed.ref, (Evidence.ATTACHED,), why=why)
    return verdict or Verdict(observed.ref, (), denial=Denial.UNPROVED, why="nothing says that it is ours")


def _direct(case: Case, observed: Observed) -> Verdict | None:
    """STATE, JOURNAL, LOG and MARK: what speaks for the object itself."""
    claims = case.claimed(observed.ref)
    evidence = [claim.evidence for claim in claims if _speaks(case, claim, observed)]
    if runs_of(observed) & case.marks:
        evidence.append(Evidence.MARK)
    if observed.ref in case.selected:
        evidence.append(Evidence.SELECTED)
    address = next((claim.address for claim in claims if claim.address), "")
    reason = denial(case, observed)
    if evidence and reason is None:
        unique = tuple(sorted(set(evidence), key=list(Evidence).index))
        because = case.selected.get(observed.ref) or _because(unique)
        return Verdict(observed.ref, unique, why=because, address=address)
    if evidence or claims:
        why = reason or _disproved(case, claims, observed)
        return Verdict(observed.ref, (), denial=why[0], why=why[1], address=address)
    return None


def _speaks(case: Case, claim: Claim, observed: Observed) -> bool:
    """Whether a source's word holds, and what it stood on, where that was the object's own look, still does."""
    stands = {
        Evidence.MARK: bool(runs_of(observed) & case.marks),
        Evidence.NAME: observed.name == claim.name,
        Evidence.SELECTED: observed.ref in case.selected,
    }
    known = not claim.stood_on or any(stands.get(evidence, True) for evidence in claim.stood_on)
    return known and _holds(claim, observed) and _is_told_apart(case, claim, observed)


def _is_told_apart(case: Case, claim: Claim, observed: Observed) -> bool:
    """Whether another one of the same name can be ruled out: by what the state says it carries, or by its making."""
    if METADATA not in KINDS[observed.ref.kind].same or claim.carries:
        return True
    return made_by_the_run(case, observed)


def _disproved(case: Case, claims: tuple[Claim, ...], observed: Observed) -> Reason:
    if mismatch := _mismatch(claims, observed):
        return Denial.FOREIGN, mismatch
    if not all(_is_told_apart(case, claim, observed) for claim in claims):
        what = f"may be another {observed.ref.kind} of that name: made or changed since, and without metadata to tell"
        return Denial.UNPROVED, f"{what}; --since says when the run began"
    if not KINDS[observed.ref.kind].created_field:
        return Denial.UNPROVED, "only a log speaks for it, and it tells nobody when it was made: have a look at it"
    return Denial.UNPROVED, "only a log speaks for it, and not for the time it was made: give --since"


def _holds(claim: Claim, observed: Observed) -> bool:
    """Whether this source's word is proof for the object as it was observed."""
    if _mismatch((claim,), observed):
        return False
    if claim.evidence is not Evidence.LOG:
        return True
    kind = KINDS[observed.ref.kind]
    start, end = claim.window
    if observed.created_at is None or not kind.created_field or (kind.same and start is None):
        return bool(claim.name) and claim.name in {observed.name, observed.ref.id}
    if start is None or end is None:
        return False
    return start - 1.0 <= observed.created_at <= end


def _mismatch(claims: tuple[Claim, ...], observed: Observed) -> str:
    for claim in claims:
        dates = (claim.created_at, observed.created_at)
        if (None not in dates and dates[0] != dates[1]) or _made_outside(claim, observed):
            return (
                f"is another {observed.ref.kind} under the id or name the {claim.evidence} knows: made at another time"
            )
        for fact, value in claim.match.items():
            if observed.fact(fact) and observed.fact(fact) != value:
                return f"is not the {observed.ref.kind} the state knows: its {fact} differs"
        for key, value in claim.carries.items():
            if observed.metadata.get(key) != value.strip():
                return f"is not the {observed.ref.kind} the state knows: its metadata {key} differs"
    return ""


def _made_outside(claim: Claim, observed: Observed) -> bool:
    """Whether an object whose id is a name was made before or after the one that the journal saw being made."""
    if claim.evidence is not Evidence.JOURNAL or not KINDS[observed.ref.kind].same or observed.created_at is None:
        return False
    start, end = claim.window
    return (start is not None and observed.created_at < start) or (end is not None and observed.created_at > end)


def _by_name(case: Case, world: World, known: Mapping[Ref, Verdict]) -> Mapping[Ref, Verdict]:
    """NAME: the exact evaluated name, made since the run began, and no more of them than were declared.

    What is known otherwise, or was and is gone, is one of those: its twin is not proved by its leaving.
    """
    declared: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    for instance in case.declared:
        kind = kind_of_type(instance.type)
        if kind and instance.name and instance.run_bound and not instance.imported and kind.created_field:
            declared[kind.name, instance.name].append(instance)
    taken, nameless = spoken_for(case, world, known)
    found: dict[Ref, Verdict] = {}
    for (kind_name, name), instances in sorted(declared.items()):
        matches = [
            o for o in world.of_kind(kind_name) if o.name == name and o.ref not in known and is_marked(o, instances)
        ]
        free = [one.address for one in instances if one.address not in taken][nameless[kind_name, name] :]
        begun = [address for address in free if address in case.in_flight]
        since = case.since
        if since is None and begun and not case.by_name:
            free, since = begun, min(case.in_flight[address] for address in begun)
        young = [o for o in matches if _young(case, o, since)]
        for observed in matches:
            found[observed.ref] = _named(case, observed, free, young=young)
    return found


def _young(case: Case, observed: Observed, since: float | None) -> bool:
    if since is None:
        return case.by_name
    return observed.created_at is not None and observed.created_at >= since


def _named(case: Case, observed: Observed, free: list[str], *, young: list[Observed]) -> Verdict:
    def kept(why: Denial, text: str) -> Verdict:
        return Verdict(observed.ref, (), denial=why, why=text)

    if reason := denial(case, observed):
        return kept(*reason)
    if case.since is None and observed not in young:
        return kept(Denial.UNPROVED, "has the name of ours, but the run's begin is unknown: give --since, or --by-name")
    if observed not in young:
        if observed.created_at is None:
            return kept(Denial.UNPROVED, "has the name of ours, but the cloud does not say when it was made")
        return kept(Denial.PRE_EXISTING, "has the name of ours, but is older than the run")
    if len(young) > len(free):
        return kept(Denial.AMBIGUOUS, _too_many(len(young), len(free)))
    address = free[young.index(observed)]
    if why := case.protection(address):
        return kept(Denial.PROTECTED, why)
    return Verdict(observed.ref, (Evidence.NAME,), why=_because((Evidence.NAME,)), address=address)


def _too_many(found: int, free: int) -> str:
    if free:
        return f"{found} objects have this name, the configuration declares {free}"
    return "has the name of ours, but what the configuration declares of this name is known, or was, and is gone"


def _close(case: Case, world: World, verdicts: dict[Ref, Verdict]) -> None:
    """ATTACHED, until nothing is added any more."""
    for _ in range(SETTLE_PASSES):
        around = surroundings(case, world, verdicts)
        fresh = {}
        for ref in sorted(world.objects):
            before = verdicts.get(ref)
            if before is not None and before.denial not in OPEN:
                continue
            verdict = consider(world.objects[ref], around)
            if verdict.denial not in {Denial.UNPROVED, before.denial if before else None} or verdict.ours:
                fresh[ref] = replace(verdict, address=verdicts[ref].address if ref in verdicts else "")
        if not fresh:
            return
        verdicts.update(fresh)


def surroundings(case: Case, world: World, verdicts: Mapping[Ref, Verdict]) -> Surroundings:
    """What the rules of ATTACHED are asked with."""
    ours = {ref: verdict.evidence for ref, verdict in verdicts.items() if verdict.ours}
    return Surroundings(case, world, ours, {ref: verdicts[ref].address for ref in ours})


def _kept(before: Verdict, why: Denial, text: str) -> Verdict:
    return Verdict(before.ref, (), denial=why, why=text, address=before.address)


WHY: Mapping[Evidence, str] = {
    Evidence.STATE: "in the state",
    Evidence.JOURNAL: "in the journal of this workspace",
    Evidence.LOG: "created in the apply's log",
    Evidence.MARK: "carries the run's mark",
    Evidence.SELECTED: "selected",
    Evidence.NAME: "has the name that the configuration gives it, and was made since the run began",
    Evidence.ATTACHED: "hangs on ours",
}


def _because(evidence: tuple[Evidence, ...]) -> str:
    return ", ".join(WHY[item] for item in evidence)
