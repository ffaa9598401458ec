"""Verdicts and the world → a plan: which object goes how, in which order, what stays and why.

Adds nothing to what was judged ours. What would go along with one of ours without being ours makes that one *held*:
it is in the plan with its holders, and is not deleted while they are there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from janitor.core import increments
from janitor.core.attached import Surroundings, deleted_on_termination
from janitor.core.case import Case, could_be_called, without_index
from janitor.core.catalogue import KINDS, Fate, kind_of_type, source_kind
from janitor.core.content import kept_content
from janitor.core.graph import Graph
from janitor.core.marks import runs_of
from janitor.core.model import (
    Declared,
    Denial,
    Edge,
    EdgeSource,
    Evidence,
    Holder,
    Observed,
    Order,
    Ref,
    Verdict,
    World,
)
from janitor.core.ownership import surroundings
from janitor.core.plan import Action, Plan, Step, Unproved
from janitor.core.producers import is_made_again

CARRIED_CHILDREN: Mapping[str, Mapping[str, str]] = {
    "load_balancer": {"listeners": "listener", "pools": "pool"},
    "listener": {"l7policies": "l7policy"},
    "pool": {"healthmonitor_id": "health_monitor"},
    "network": {"subnets": "subnet"},
}
"""Fields that name children which a delete takes along and which have a life of their own; rules, members and routes
have none. Read from the object's own body, so that a reading right before the delete shows late children, too."""


def make(
    case: Case,
    world: World,
    verdicts: Mapping[Ref, Verdict],
    *,
    state_edges: Iterable[tuple[str, str]] = (),
    config_edges: Iterable[tuple[str, str]] = (),
) -> Plan:
    """The plan. Edges of state and configuration are pairs of addresses without index: dependent, dependency.

    A kind that names its own order (`after`), or that its service never deletes under a user (`guarded`), takes no
    edge from them: a module's `depends_on` puts a router behind everything that only wanted a network, and the whole
    run would wait for it at its end.
    """
    found = (_step(world, verdict, verdicts) for ref, verdict in verdicts.items() if verdict.ours)
    steps = {step.ref: step for step in found if not _is_bare_link(step)}
    observed = [*_observed_edges(steps), *_increments(steps)]
    edges = [
        *observed,
        *_named_edges(steps, state_edges, EdgeSource.STATE, observed=observed),
        *_named_edges(steps, config_edges, EdgeSource.CONFIG, observed=observed),
        *_kind_edges(steps),
    ]
    graph, _, _ = Graph.of(edges).acyclic()
    around = surroundings(case, world, verdicts)
    held = {ref: holders for ref, step in steps.items() if (holders := held_by(step.observed, around))}
    return Plan(
        steps=steps,
        graph=graph,
        absent=tuple(_absent(case, world)),
        held=held,
        kept=tuple(v for ref, v in sorted(verdicts.items()) if not v.ours),
        unproved=tuple(unproved(case, world, verdicts)),
        unseen=world.unseen,
    )


def held_by(observed: Observed, around: Surroundings) -> tuple[Holder, ...]:
    """What would go along with this object, lives, and is not ours; what is takes its own children along, too."""
    holders: list[Holder] = []
    for ref in _collateral(observed):
        child = around.world.objects.get(ref)
        if ref in around.ours:
            holders += held_by(child, around) if child else ()
            continue
        if child is None and ref.kind == "volume" and _is_no_more(ref, observed, around):
            continue
        name, project = (child.name, child.project_id) if child else ("", "")
        holders.append(Holder(ref.kind, ref.id, name, project, child))
    return (*holders, *_foreign_rules(observed, around), *kept_content(observed, around))


def _is_no_more(volume: Ref, server: Observed, around: Surroundings) -> bool:
    """Whether the server had it at the scan, and our project did not: nothing to lose. What came later may live."""
    scanned = around.world.objects.get(server.ref)
    known = scanned is not None and volume.id in deleted_on_termination(scanned)
    return known and (volume.scope, "volume") in around.world.listed


def _foreign_rules(group: Observed, around: Surroundings) -> Iterator[Holder]:
    """Rules of others that name our group: Neutron deletes them together with it, without a word (seen live)."""
    if group.ref.kind != "security_group":
        return
    for rule in around.world.naming("security_group_rule", "remote_group_id", group.ref.id):
        if rule.ref.scope != group.ref.scope or rule.ref in around.ours:
            continue
        if not around.is_ours(rule, "security_group", rule.fact("security_group_id")):
            yield Holder(rule.ref.kind, rule.ref.id, rule.name, rule.project_id, rule)


def hold(verdict: Verdict, observed: Observed, around: Surroundings) -> Verdict:
    """The verdict with its collateral: still ours, but held while something foreign would go along."""
    return replace(verdict, held_by=held_by(observed, around)) if verdict.ours else verdict


def _collateral(observed: Observed) -> Iterator[Ref]:
    scope = observed.ref.scope
    if observed.ref.kind == "server":
        for volume in sorted(deleted_on_termination(observed)):
            yield Ref(scope, "volume", volume)
    for field, kind in CARRIED_CHILDREN.get(observed.ref.kind, {}).items():
        children = observed.facts.get(field)
        for child in children if isinstance(children, tuple) else (children,):
            identifier = child.get("id") if isinstance(child, Mapping) else child
            if identifier:
                yield Ref(scope, kind, str(identifier))


def _is_bare_link(step: Step) -> bool:
    """An attachment that no source knows and that goes with its end: not worth a line in any report."""
    attached = step.evidence == (Evidence.ATTACHED,) and not step.address
    return attached and step.action is Action.GOES_WITH and KINDS[step.ref.kind].is_relation


def _step(world: World, verdict: Verdict, verdicts: Mapping[Ref, Verdict]) -> Step:
    observed = world.objects[verdict.ref]
    kind = KINDS[observed.ref.kind]
    carrier = _carrier(observed, verdict, verdicts)
    action = Action.DELETE
    if carrier is not None:
        action = Action.GOES_WITH
    elif kind.undo:
        action = Action.UNDO
    return Step(
        ref=observed.ref,
        action=action,
        observed=observed,
        address=verdict.address,
        evidence=verdict.evidence,
        why=verdict.why,
        carrier=carrier,
        writer=_writer(observed, kind.parent, world),
    )


def _carrier(observed: Observed, verdict: Verdict, verdicts: Mapping[Ref, Verdict]) -> Ref | None:
    """The object of ours that this one goes with, where nothing has to be sent for it."""
    scope = observed.ref.scope
    carriers: list[Ref] = []
    if KINDS[observed.ref.kind].fate in {Fate.GOES_WITH, Fate.UNDONE}:
        carriers += [Ref(scope, link.kind, link.id) for link in observed.links if link.order is Order.WITH]
    if observed.ref.kind == "port" and observed.fact("device_owner") == "Octavia":
        carriers.append(Ref(scope, "load_balancer", observed.fact("device_id").removeprefix("lb-")))
    elif observed.ref.kind in {"port", "volume"} and verdict.evidence == (Evidence.ATTACHED,):
        # Nova deletes what it made; what a source knows by its id was made before, and stays.
        carriers += [Ref(scope, "server", server) for server in observed.linked("server")]
    return next((ref for ref in carriers if ref in verdicts and verdicts[ref].ours), None)


def _writer(observed: Observed, parent: str, world: World) -> Ref | None:
    """The object that a delete is an update of: named by this one, or by what it stands in."""
    if not parent:
        return None
    for identifier in observed.linked(parent):
        return Ref(observed.ref.scope, parent, identifier)
    above = [Ref(observed.ref.scope, link.kind, link.id) for link in observed.links if link.order is Order.WITH]
    found = (_writer(world.objects[ref], parent, world) for ref in above if ref in world.objects)
    return next((ref for ref in found if ref), None)


def _observed_edges(steps: Mapping[Ref, Step]) -> Iterator[Edge]:
    for ref, step in steps.items():
        for link in step.observed.links:
            target = Ref(ref.scope, link.kind, link.id)
            if target not in steps:
                continue
            if link.order is Order.HOLDS or (link.order is Order.WITH and step.action is not Action.GOES_WITH):
                yield Edge(ref, target, EdgeSource.OBSERVED)
            elif link.order is Order.HELD:
                yield Edge(target, ref, EdgeSource.OBSERVED)


def _increments(steps: Mapping[Ref, Step]) -> Iterator[Edge]:
    """Backups, youngest first: none says which one it stands on, and Cinder refuses every other order."""
    backups = [step.observed for ref, step in steps.items() if ref.kind == "volume_backup"]
    for backup in backups:
        yield from (Edge(other.ref, backup.ref, EdgeSource.OBSERVED) for other in increments.on(backup, backups))


def _named_edges(
    steps: Mapping[Ref, Step], pairs: Iterable[tuple[str, str]], source: EdgeSource, *, observed: Iterable[Edge]
) -> Iterator[Edge]:
    """Every instance before every one of what its resource depends on, unless the cloud shows which one stands on
    which: of three ports and three servers each port waits for its own server, and not for the others.
    """
    addresses = {ref: without_index(step.address) for ref, step in steps.items() if step.address}
    by_address: dict[str, list[Ref]] = defaultdict(list)
    for ref, address in addresses.items():
        if steps[ref].action is not Action.GOES_WITH:
            by_address[address].append(ref)
    shown = {(addresses.get(edge.dependent), addresses.get(edge.dependency)) for edge in observed}
    for dependent, dependency in sorted(set(pairs) - shown):
        for later in by_address.get(dependency, ()):
            if KINDS[later.kind].after or KINDS[later.kind].guarded:
                continue
            for sooner in by_address.get(dependent, ()):
                yield Edge(sooner, later, source)


def _kind_edges(steps: Mapping[Ref, Step]) -> Iterator[Edge]:
    """Kinds before kinds; of what is written into one object, only what is written into the same one."""
    by_kind: dict[str, list[Ref]] = defaultdict(list)
    by_parent: dict[tuple[str, str, str], list[Ref]] = defaultdict(list)
    for ref, step in steps.items():
        if step.action is not Action.GOES_WITH:
            by_kind[ref.kind].append(ref)
            for link in step.observed.links:
                by_parent[ref.kind, link.kind, link.id].append(ref)
    for ref, step in steps.items():
        parent = step.writer
        for kind in KINDS[ref.kind].after:
            found = by_parent[kind, parent.kind, parent.id] if parent and _names(kind, parent.kind) else by_kind[kind]
            yield from (Edge(sooner, ref, EdgeSource.KIND) for sooner in found if sooner.scope == ref.scope)
    makers = [ref for kind, refs in by_kind.items() if KINDS[kind].maker for ref in refs]
    nodes = by_kind["server"]
    for ref, step in steps.items():
        if step.action is not Action.GOES_WITH and Evidence.STATE not in step.evidence and not KINDS[ref.kind].maker:
            sooner = [*makers, *nodes] if is_made_again(step.observed) else makers
            yield from (Edge(other, ref, EdgeSource.KIND) for other in sooner if other.scope == ref.scope)


def _names(kind: str, other: str) -> bool:
    """Whether objects of the kind say which one of the other kind they stand in."""
    return any(reference.kind == other for reference in KINDS[kind].references)


def _absent(case: Case, world: World) -> Iterator[Verdict]:
    """Claims whose object a complete listing in its own scope does not hold, or that never had one."""
    for ref, claims in case.claims.items():
        kind, where = KINDS[ref.kind], (ref.scope, source_kind(ref.kind))
        if ref in world.objects or where in world.unseen:
            continue
        nothing = kind.fate is Fate.NOTHING
        if nothing or where in world.listed or ref in world.missing:
            evidence = tuple(dict.fromkeys(claim.evidence for claim in claims))
            address = next((claim.address for claim in claims if claim.address), "")
            why = f"{Fate.NOTHING}: {kind.why}" if nothing else "not in the cloud"
            yield Verdict(ref, evidence, why=why, address=address)


def unproved(case: Case, world: World, verdicts: Mapping[Ref, Verdict]) -> Iterator[Unproved]:
    """Configured instances that no source finds again, as long as the project holds something they could be.

    One whose object was seen to go is found by now, unless something was made since that could be a new one.
    """
    loose = _unaddressed(case, world, verdicts)
    went = {spent.address: spent.gone for ref, spent in case.spent.items() if ref not in world.objects}
    addressed = {v.address for v in verdicts.values() if v.address}
    addressed |= {claim.address for claims in case.claims.values() for claim in claims}
    pending: list[Declared] = []
    for instance in sorted(case.declared, key=lambda d: (not d.name, not d.pattern, d.address)):
        kind = kind_of_type(instance.type)
        if kind is None or kind.fate is not Fate.DELETED or instance.imported or instance.address in addressed:
            continue
        pool = loose.get(kind.name, [])
        match = next((name for name in pool if could_be_called(instance, name)), None)
        if match is not None:
            pool.remove(match)
        else:
            pending.append(instance)
    for instance in pending:
        kind = kind_of_type(instance.type)
        candidates = tuple(
            o
            for o in world.of_kind(kind.name if kind else "")
            if _candidate(case, o, instance, verdicts) and _is_later(o, went.get(instance.address))
        )
        told = any((v := verdicts.get(o.ref)) and v.denial in {Denial.UNPROVED, Denial.AMBIGUOUS} for o in candidates)
        if kind and candidates and not told:
            why = "no state, log, mark or link says which one it is"
            if instance.pattern:
                why = f"of its name only {'…'.join(instance.pattern)!r} is known, and {why}"
            yield Unproved(instance.address, kind.name, why, candidates)


def _is_later(observed: Observed, gone: float | None) -> bool:
    return gone is None or (observed.created_at is not None and observed.created_at >= gone)


def _unaddressed(case: Case, world: World, verdicts: Mapping[Ref, Verdict]) -> Mapping[str, list[str]]:
    """Kind → names of what is ours, or was ours and is gone, and has no address: each stands for one instance."""
    loose: dict[str, list[str]] = defaultdict(list)
    for ref, verdict in sorted(verdicts.items()):
        # Nova's ports and boot volumes stand for no configured instance.
        made = verdict.evidence == (Evidence.ATTACHED,) and ref.kind in {"port", "volume"}
        if verdict.ours and not verdict.address and not made:
            loose[ref.kind].append(world.objects[ref].name)
    for ref in sorted(set(case.claims) - set(world.objects)):
        claims = case.claims[ref]
        known = all(claim.evidence is Evidence.JOURNAL and not claim.address for claim in claims)
        if known and (claims[0].name or ref.kind not in {"port", "volume"}):
            loose[ref.kind].append(claims[0].name)
    for ref in sorted(case.spent.keys() - case.claims.keys() - world.objects.keys()):
        spent = case.spent[ref]
        if not spent.address and (spent.name or ref.kind not in {"port", "volume"}):
            loose[ref.kind].append(spent.name)
    return loose


def _candidate(case: Case, observed: Observed, instance: Declared, verdicts: Mapping[Ref, Verdict]) -> bool:
    """Whether an object could be this instance. What is explained otherwise cannot."""
    verdict = verdicts.get(observed.ref)
    if verdict is not None and (verdict.ours or verdict.denial not in {Denial.UNPROVED, Denial.AMBIGUOUS}):
        return False
    if observed.project_id and observed.project_id != observed.ref.scope.project_id:
        return False
    if runs_of(observed) - case.marks - instance.marks or observed.facts.get("shared") is True:
        return False
    if case.since is not None and observed.created_at is not None and observed.created_at < case.since:
        return False
    if instance.marks & case.marks and KINDS[observed.ref.kind].created_mark:
        return False  # the create call itself would have marked it
    if observed.ref.kind == "security_group" and observed.name == "default":
        return False
    if observed.ref.kind == "port" and not _could_be_declared(observed):
        return False
    return could_be_called(instance, observed.name)


def _could_be_declared(port: Observed) -> bool:
    """Ports that services make are never a configured instance."""
    return not port.fact("device_owner") or port.fact("device_owner").startswith("compute:")
