"""`janitor check`: is this environment fit for the tests? Writes nothing, except with --clean.

The plan on an empty state takes the longest: state, sign-in and the text are read beside it. What nobody could ask is
unknown, and never fit.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

from janitor.cloud import offering, quotas
from janitor.cloud.live import LiveCloud
from janitor.cloud.quotas import Told
from janitor.cloud.session import Session
from janitor.console import Console
from janitor.core import needs as n
from janitor.core.capacity import Allowance, Quotas, pool_findings, quota_findings, subnet_findings
from janitor.core.catalogue import KINDS, source_kind
from janitor.core.errors import Interrupted, LockHeld
from janitor.core.fitness import Finding, Fit, Fitness, Topic, in_order
from janitor.core.model import Denial, Ref, Resource, World
from janitor.core.offers import (
    EXTERNAL,
    FLAVOR,
    VOLUME_TYPE,
    Asked,
    Offer,
    Offers,
    asked_for,
    boot_findings,
    collision_findings,
    name_findings,
)
from janitor.core.outcome import Command
from janitor.core.proof import COUNTED_DENIALS
from janitor.core.standing import Account, Heard, account_findings, leftover_findings, service_findings
from janitor.core.text import some
from janitor.settings import Settings
from janitor.terraform import locks
from janitor.terraform.locks import LockState
from janitor.terraform.root import RootModule
from janitor.terraform.wanting import Evaluated, evaluate_all
from janitor.workflows import destroy, knowing, opening, scoping
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Looked, hides_something, look, refuse_wrong_cloud


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of everything, before it is judged. `looked` is None where somebody holds the state's lock."""

    root: RootModule
    session: Session
    evaluated: Evaluated
    lock: LockState
    world: World
    looked: Looked | None = None
    unknown: tuple[Resource, ...] = ()  # of the state: what janitor cannot look for

    @property
    def leftovers(self) -> frozenset[Ref]:
        """What `janitor destroy` would delete."""
        return frozenset(self.looked.plan.steps) if self.looked else frozenset()


def run(settings: Settings, console: Console, *, clean: bool, stop: Callable[[], bool]) -> Fitness:
    """Check; with `clean`, remove what is left over and check again. Raises JanitorError where nobody can say."""
    began = time.time()
    found, held = _checked(settings, console, stop, began)
    if not (clean and held):
        return found
    cleaning = replace(settings, command=Command.DESTROY, dry_run=False)
    cleaned = destroy.run(cleaning, console, stop)
    if cleaned.interrupted:
        raise Interrupted("Interrupted while the leftovers were removed; run it again to go on.")
    again, _ = _checked(settings, console, stop, began)
    note = f"--clean: janitor destroy ended with exit code {cleaned.exit_code} ({cleaned.verdict})"
    return replace(again, requests=found.requests + cleaned.requests + again.requests, notes=(note, *again.notes))


def _checked(
    settings: Settings, console: Console, stop: Callable[[], bool], began: float
) -> tuple[Fitness, frozenset[Ref]]:
    """One check, and what is left over of ours."""
    looking = replace(settings, command=Command.PLAN, dry_run=True, lock_timeout=0.0)
    call = Call(looking, console, stop)
    with ExitStack() as stack:
        return call.patiently(lambda: _check(call, stack, began))


def _check(call: Call, stack: ExitStack, began: float) -> tuple[Fitness, frozenset[Ref]]:
    seen, requests, notes = _see(call, stack)
    with call.console.phase("Asking for quotas and names"):
        asked = asked_for(seen.evaluated.wanted)
        threads = call.settings.concurrency
        users = n.services(seen.evaluated.wanted)
        there = [service for service in users if seen.session.endpoint(service) is not None]
        telling = call.beside(partial(quotas.told, seen.session, there, threads=threads))
        offers = offering.offers(seen.session, asked, threads=threads)
        pools = offering.pools(seen.session, _pools(asked, offers)) if EXTERNAL in offers.found else ()
        told = telling()
    findings = (
        *account_findings(_account(seen.session), now=time.time(), until=time.time() + call.settings.timeout),
        *_lock_findings(seen),
        *_leftovers(seen),
        *_configuration(seen.evaluated),
        *service_findings(_heard(users, told), users),
        *name_findings(asked, offers),
        *boot_findings(seen.evaluated.wanted, offers),
        *collision_findings(seen.evaluated.wanted, seen.world.objects.values(), seen.leftovers),
        *_quotas(seen, offers, told),
        *pool_findings(seen.evaluated.wanted, pools),
        *subnet_findings(seen.evaluated.wanted),
    )
    fitness = Fitness(
        workspace=seen.root.workspace,
        scopes=(seen.session.scope,),
        started=began,
        finished=time.time(),
        findings=in_order(findings),
        requests=requests(),
        notes=notes,
    )
    return fitness, seen.leftovers


def _see(call: Call, stack: ExitStack) -> tuple[Seen, Callable[[], int], tuple[str, ...]]:
    """Read state, configuration and cloud; where the lock is held, nothing is said of what is left over."""
    settings = call.settings
    root = opening.root_of(settings)
    with call.console.phase("Preparing"):
        stack.callback(opening.initialised(root, call).tidy)
    lock = locks.lock_state(root)
    evaluating = call.beside(partial(evaluate_all, root, how=settings.evaluate.value, stop=call.halted))
    try:
        knowledge = knowing.gather(call, stack, configured=lambda: evaluating().configuration)
    except LockHeld:
        return _locked(call, root, lock, evaluating())
    evaluated = evaluating()
    planned = frozenset(source_kind(kind) for kind in n.kinds(evaluated.wanted) if KINDS[kind].is_listed)
    with call.console.phase("Looking at the cloud"):
        looked = look(
            knowledge.case, knowledge.edges, lambda kinds: knowledge.scan(kinds | planned), knowledge.cloud.lookup
        )
    if not settings.expect_empty:
        refuse_wrong_cloud(looked, knowledge.scope, met=knowledge.recollection.met)
    session = knowledge.cloud.session(knowledge.scope)
    seen = Seen(knowledge.root, session, evaluated, lock, looked.world, looked, knowledge.unknown)
    return seen, lambda: knowledge.cloud.requests, (*knowledge.notes, *knowledge.cloud.notes)


def _locked(
    call: Call, root: RootModule, lock: LockState, evaluated: Evaluated
) -> tuple[Seen, Callable[[], int], tuple[str, ...]]:
    session = scoping.sign_in(call.settings, call.settings.os_cloud)
    cloud = LiveCloud([session], threads=call.settings.concurrency)
    with call.console.phase("Looking at the cloud"):
        world = cloud.scan(frozenset(kind for kind in n.kinds(evaluated.wanted) if KINDS[kind].is_listed))
    held = lock if lock.alive else locks.ask(root)
    return Seen(root, session, evaluated, held, world), lambda: cloud.requests, cloud.notes


def _account(session: Session) -> Account:
    ends = None if session.renewable else session.token_expires
    return Account(session.scope, session.roles, ends, offering.lifetime(session))


def _lock_findings(seen: Seen) -> Iterator[Finding]:
    lock, holder = seen.lock, str(seen.lock.holder or "somebody who left no name")
    if seen.looked is None:
        process = f", process {lock.pid}" if lock.pid else ""
        line = f"the state of workspace {seen.root.workspace!r} is locked by {holder}{process}"
        remedy = "wait until it has ended, then check again"
        yield Finding(Topic.LOCK, "state", Fit.NOT_FIT, line, "somebody works on this workspace right now", remedy)
    elif not lock.known:
        line = "who holds the state's lock is not known: this backend is not asked without taking it"
        yield Finding(Topic.LOCK, "state", Fit.UNKNOWN, line, counts=False)
    elif lock.left_behind:
        line = f"nobody holds the state's lock; a dead command left its description behind: {holder}"
        remedy = "look at the leftovers; the next apply writes it anew"
        yield Finding(Topic.LOCK, "state", Fit.FIT, line, "an apply was interrupted", remedy)
    else:
        yield Finding(Topic.LOCK, "state", Fit.FIT, "nobody holds the state's lock")


def _leftovers(seen: Seen) -> Iterator[Finding]:
    if seen.looked is None:
        line = "what is left over is not looked for while somebody holds the state's lock"
        yield Finding(Topic.LEFTOVERS, "workspace", Fit.UNKNOWN, line, remedy="check again when the lock is free")
        return
    found = [step.observed for step in seen.looked.plan.steps.values()]
    unseen = seen.world.unseen if hides_something(seen.looked) else {}
    name = f"workspace {seen.root.workspace}"
    yield from leftover_findings(found, seen.looked.verdicts, unseen, name=name, doubts=tuple(_doubts(seen)))


def _doubts(seen: Seen) -> Iterator[tuple[str, str]]:
    """What `janitor destroy` would not call gone, although it would not delete it: each with why."""
    if seen.looked is None:
        return
    for verdict in seen.looked.plan.kept:
        if verdict.denial in COUNTED_DENIALS | {Denial.UNPROVED}:
            observed = seen.world.objects.get(verdict.ref)
            name = observed.name if observed and observed.name else verdict.ref.id
            yield f"{verdict.ref.kind} {name}", verdict.why
    for one in seen.looked.plan.unproved:
        yield one.address, one.why
    for resource in seen.unknown:
        yield resource.address, "it is in the state, and janitor cannot look for it here"


def _configuration(evaluated: Evaluated) -> Iterator[Finding]:
    configuration = evaluated.configuration
    if not evaluated.problem and configuration.complete:
        line = f"{len([one for one in evaluated.wanted if one.managed])} instances, as {configuration.evaluator} says"
        yield Finding(Topic.CONFIGURATION, "plan", Fit.FIT, line)
        return
    problem = evaluated.problem or some(configuration.problems, most=2) or "it cannot be evaluated in full"
    line = "what it needs is not known in full" if not configuration.complete else "there is no plan of it"
    remedy = "repair it, or see below what it names and does not find"
    yield Finding(Topic.CONFIGURATION, "plan", Fit.UNKNOWN, line, problem, remedy)


def _heard(users: Mapping[str, tuple[str, ...]], told: Iterable[Told]) -> Iterator[Heard]:
    answers = {one.service: one for one in told}
    for service in users:
        one = answers.get(service)
        if one is None:
            yield Heard(service, missing=True)
        else:
            problem = one.problem if one.denied or one.silent else ""
            yield Heard(service, one.seconds, problem, denied=one.denied)


def _pools(asked: Iterable[Asked], offers: Offers) -> list[Offer]:
    return [offer for one in asked if one.kind == EXTERNAL for offer in offers.of(one) if not offer.unfit]


def _quotas(seen: Seen, offers: Offers, told: Iterable[Told]) -> Iterator[Finding]:
    flavors = {
        key: n.Flavor(offer.vcpus, offer.ram, offer.disk)
        for offer in offers.found.get(FLAVOR, ())
        for key in (offer.id, offer.name)
    }
    types = {key: t.name for t in offers.found.get(VOLUME_TYPE, ()) for key in (t.id, t.name)}
    needed = n.needs(seen.evaluated.wanted, flavors, types=types if VOLUME_TYPE in offers.found else None)
    told = tuple(told)
    silent = {one.service: one.problem for one in told if one.problem}
    held = Counter(ref.kind for ref in seen.leftovers)
    found = _counted(seen, {(t.service, key): value for t in told for key, value in t.allowances.items()})
    yield from quota_findings(needed, found, silent, held, besides=n.besides(seen.evaluated.wanted))


def _counted(seen: Seen, told: Quotas) -> Quotas:
    """Usage that a service does not tell, counted in what was listed; a kind that was not seen stays unknown."""
    counts: Counter[tuple[str, str]] = Counter()
    listed: set[tuple[str, str]] = set()
    for kind in KINDS.values():
        if (seen.session.scope, kind.name) in seen.world.listed:
            for key in kind.quota:
                listed.add((kind.service, key))
                counts[kind.service, key] += len(seen.world.of_kind(kind.name))
    listed = {where for where in listed if where[1] not in n.LARGEST}  # a limit of each one is none of all together
    return {
        where: Allowance(one.limit, counts[where]) if one.used is None and where in listed else one
        for where, one in told.items()
    }
