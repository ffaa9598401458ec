"""Everything a run knows before it does anything: state, configuration, logs, journal, mark, and a signed-in cloud.

The state is read first, and its copy kept, because everything after may change it. What came from where, and what was
wrong with it, is said in the report's sources.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial

from janitor.cloud.live import LiveCloud
from janitor.cloud.session import Session
from janitor.core.case import Case, claims_by_ref, log_begins, log_claims, state_claims, without_index
from janitor.core.catalogue import OUTSIDE_NOTHING, kind_of_type
from janitor.core.model import ApplyLog, Configuration, Health, Ref, Resource, Scope, Snapshot, World
from janitor.core.outcome import Source
from janitor.core.text import some
from janitor.journal import Recollection
from janitor.settings import Settings
from janitor.terraform import backends, hcl, locks
from janitor.terraform.backend import backend_of, state_path
from janitor.terraform.evaluate import evaluate, read_configuration
from janitor.terraform.providers import ProviderCloud, provider_clouds
from janitor.terraform.root import RootModule
from janitor.terraform.runner import Initialised
from janitor.workflows import opening, recounting, scoping
from janitor.workflows.booking import Book
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Edges
from janitor.workflows.sourcing import sources

LATELY = 900.0
"""An apply that was interrupted fewer seconds ago than this may still have a create on its way."""

IN_CLUSTER = frozenset({"kubernetes", "helm", "kubectl"})
"""Providers whose resources live inside a cluster on our servers, and are gone with them."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known, and the open hands to act on it."""

    root: RootModule
    cloud: LiveCloud
    scope: Scope
    book: Book
    snapshot: Snapshot
    configuration: Configuration
    recollection: Recollection
    case: Case
    edges: Edges
    workspaces: tuple[str, ...] = ()
    unknown: tuple[Resource, ...] = ()  # Terraform's alone, or in a scope that nobody signed in to
    sources: tuple[Source, ...] = ()
    notes: tuple[str, ...] = ()
    interrupted_lately: bool = False
    logs: tuple[ApplyLog, ...] = ()
    lock: locks.LockState = field(default_factory=locks.LockState)  # before this run began
    accounted: bool = False  # the journal knows all that the workspace ever had
    witnessed: bool = False  # … or had when its last apply ended, and nobody is known to have worked on it since
    only_this_apply: bool = False  # a rollback: what else the workspace has stays, and the journal open

    def scan(self, kinds: frozenset[str]) -> World:
        """List these kinds; one that a source names and the catalog lacks is unseen."""
        return self.cloud.scan(kinds, claimed={ref.kind for ref in self.case.claims})

    @property
    def workspace_known(self) -> bool:
        """Whether the backend has heard of the workspace."""
        return self.root.workspace in self.workspaces

    @property
    def has_witness(self) -> bool:
        """Whether anything but a state and names could say what belonged to the workspace."""
        logged = any(log.created for log in self.logs)
        journalled = self.recollection.closed or bool(self.recollection.met)
        return bool(self.case.marks) or logged or journalled or self.accounted

    @property
    def tells_all(self) -> bool:
        """Whether a source beside state and names knows all that there was, and not only what we saw of it."""
        logged = any(log.created for log in self.logs)
        return bool(self.case.marks) or logged or self.recollection.closed or self.accounted or self.witnessed


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, before it is put together."""

    root: RootModule
    prepared: Initialised
    workspaces: tuple[str, ...]
    snapshot: Snapshot
    logs: tuple[ApplyLog, ...]
    session: Session
    recollection: Recollection
    lock: locks.LockState
    signs: tuple[str, ...]  # that an apply was interrupted
    since: float | None  # the run's begin, on the cloud's clock
    configuration: Configuration
    places: Mapping[str, ProviderCloud]
    accounted: bool
    witnessed: bool


def gather(call: Call, stack: ExitStack, *, configured: Callable[[], Configuration] | None = None) -> Knowledge:
    """Read it all; what stays open is closed with the stack. Raises JanitorError with one sentence.

    `configured` gives the evaluated configuration, where somebody is at it already.
    """
    settings, console = call.settings, call.console
    signed_in = call.beside(partial(scoping.sign_in, settings, settings.os_cloud))
    with console.phase("Reading the state"):
        root = opening.root_of(settings)
        prepared = opening.initialised(root, call)
        stack.callback(prepared.tidy)
        known = opening.workspaces(root, settings, prepared)
        opening.break_lock(root, call)
        lock = opening.lock(root, call, known)
        snapshot = backends.read_state(root, state_file=settings.state)
        logs = tuple(opening.log(path) for path in settings.from_log)
        written = hcl.read(root)  # while keystone thinks
    call.go_on()
    with console.phase("Signing in"):
        session = signed_in()
        opening.warn_of_expiry(call, session)
    book = stack.enter_context(opening.book(root, settings, session))
    since = _begin(settings, book.recollection, lock, offset=session.clock_offset)
    book.begin(settings, root, snapshot, scope=session.scope, since=since)
    signs = _interrupted(lock, book.recollection, logs)
    with console.phase("Reading the configuration"):
        wanted = snapshot.health is not Health.WHOLE or bool(signs or logs)
        configuration = configured() if configured else _configuration(root, call, written, wanted=wanted)
    call.go_on()
    witnessed = recounting.is_witnessed(book.recollection, snapshot, lock, settings.journal_folder)
    reading = Reading(
        root=root,
        prepared=prepared,
        workspaces=known,
        snapshot=snapshot,
        logs=logs,
        session=session,
        recollection=book.recollection,
        lock=lock,
        signs=signs,
        since=since,
        configuration=configuration,
        places=provider_clouds(root, written),
        accounted=recounting.is_accounted(book.recollection, witnessed=witnessed),
        witnessed=witnessed,
    )
    return _known(settings, book, reading)


def _begin(settings: Settings, recollection: Recollection, lock: locks.LockState, *, offset: float) -> float | None:
    """The run's begin: asked for, or from the journal, or the pipeline's; else that of the apply which died.

    An apply that was killed leaves its lock's description behind, with the time it began by the clock of its machine.
    """
    since = settings.begin(recollection.began)
    if since is None and lock.left_behind and lock.holder is not None and lock.holder.is_apply:
        since = lock.holder.created + offset - 1.0 if lock.holder.created is not None else None
    return math.floor(since) if since is not None else None  # the services cut their time stamps to seconds


def _interrupted(lock: locks.LockState, recollection: Recollection, logs: tuple[ApplyLog, ...]) -> tuple[str, ...]:
    """What says that an apply was interrupted."""
    signs = []
    if lock.left_behind and lock.holder is not None and not lock.holder.operation.startswith(locks.OURS):
        signs.append(f"a dead command left its lock behind: {lock.holder}")
    if recollection.open_apply:
        signs.append("the journal has an apply without an end")
    elif recollection.in_flight:
        signs.append(f"the journal does not tell how these creations ended: {some(recollection.in_flight)}")
    for log in logs:
        if not log.finished:
            signs.append(f"the log {log.path} has no end")
        elif log.in_flight:  # an answer that was lost: the object may be there, and no state knows it
            begun = some(address for address, _ in log.in_flight)
            signs.append(f"the log {log.path} does not tell how these creations ended: {begun}")
    return tuple(signs)


def _configuration(root: RootModule, call: Call, written: hcl.Written, *, wanted: bool) -> Configuration:
    """The evaluated configuration where names may be needed, else only what protects."""
    if wanted:
        return evaluate(root, written=written, how=call.settings.evaluate.value, stop=call.halted)
    return read_configuration(root, written=written)


def _known(settings: Settings, book: Book, read: Reading) -> Knowledge:
    configuration, recollection, session = read.configuration, read.recollection, read.session
    snapshot = _judged_health(read.snapshot, configuration, read.signs)
    scoped = scoping.scopes(snapshot, session, settings, read.places)
    scope_of = scoped.scope_of
    claims, strange = state_claims(snapshot.resources, scope_of)
    claims += recounting.claims(recollection)
    claims += log_claims(read.logs, configuration, session.scope, since=read.since)
    addresses = {*(resource.address for resource in snapshot.managed), *(claim.address for claim in claims)} - {""}
    doubtful = {} if settings.ignore_config else _doubtful(addresses, configuration)
    case = Case(
        claims=claims_by_ref(claims),
        borrowed=_borrowed(snapshot, scope_of, session.scope),
        marks=frozenset(settings.mark),
        spent=recollection.spent,
        in_flight={**log_begins(read.logs), **recounting.in_flight(recollection)},
        instances=recounting.instances(configuration, recollection, accounted=read.accounted),
        names_prove=snapshot.health is not Health.WHOLE or bool(read.signs),
        protected={**doubtful, **configuration.protected},
        doubtful=frozenset(doubtful.keys() - configuration.protected.keys()),
        since=read.since,
        by_name=settings.by_name,
        admin_kinds=settings.admin_kinds,
    )
    return Knowledge(
        root=read.root,
        cloud=LiveCloud(scoped.sessions, threads=settings.concurrency),
        scope=session.scope,
        book=book,
        snapshot=snapshot,
        configuration=configuration,
        recollection=recollection,
        case=case,
        edges=Edges(state=_state_edges(snapshot), config=configuration.edges),
        workspaces=read.workspaces,
        unknown=(
            *_terraforms_alone(snapshot, settings),
            *strange,
            *scoped.unreachable,
            *recounting.beyond_the_state(recollection, snapshot),
        ),
        accounted=read.accounted,
        witnessed=read.witnessed,
        sources=sources(snapshot, configuration, recollection, read.logs, settings),
        notes=(*read.signs, *settings.notes, *recollection.notes, *_init_note(read.prepared)),
        interrupted_lately=bool(read.signs or snapshot.health is not Health.WHOLE) and _lately(read),
        logs=read.logs,
        lock=read.lock,
    )


def _judged_health(snapshot: Snapshot, configuration: Configuration, signs: tuple[str, ...]) -> Snapshot:
    """A state that knows less than was declared is partial, where something says that an apply was interrupted."""
    if snapshot.health is not Health.WHOLE or not signs or not configuration.complete:
        return snapshot
    known = {resource.address for resource in snapshot.managed}
    missing = [i.address for i in configuration.instances if i.address not in known]
    if not missing:
        return snapshot
    return replace(
        snapshot, health=Health.PARTIAL, problem=f"knows {len(known)} instances, {len(missing)} less than declared"
    )


def _borrowed(snapshot: Snapshot, scope_of: Mapping[str, Scope], default: Scope) -> frozenset[Ref]:
    """What data sources read: `openstack_networking_network_v2` names the same kind as a data source and a resource."""
    return frozenset(
        Ref(scope_of.get(resource.label, default), kind.name, resource.id)
        for resource in snapshot.resources
        if resource.mode == "data" and resource.id and (kind := kind_of_type(resource.type))
    )


def _doubtful(addresses: Iterable[str], configuration: Configuration) -> Mapping[str, str]:
    """What a file that could not be parsed may protect: everything that no other file declares. And all that is in a
    module which is not here.
    """
    files, found = ", ".join(configuration.may_hide_protection), {}
    declared = {without_index(instance.address) for instance in configuration.instances}
    for address in addresses:
        resource = without_index(address)
        away = next((module for module in configuration.missing if resource.startswith(f"{module}.")), "")
        if away:
            found[address] = f"{away} is not on this disk and may protect it: run init, or give --ignore-config"
        elif files and resource not in declared:
            found[address] = f"{files} could not be parsed and may protect it: repair it, or give --ignore-config"
    return found


def _state_edges(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    return tuple(
        (without_index(resource.address), dependency)
        for resource in snapshot.managed
        for dependency in resource.dependencies
    )


def _terraforms_alone(snapshot: Snapshot, settings: Settings) -> Iterator[Resource]:
    for resource in snapshot.managed:
        name = resource.provider_name
        if name == "openstack" or name in OUTSIDE_NOTHING or name in IN_CLUSTER or name in settings.ignore_provider:
            continue
        yield resource


def _init_note(prepared: Initialised) -> Iterator[str]:
    if prepared.ran is not None and not prepared.ran.ok:
        yield prepared.ran.problem


def _lately(read: Reading) -> bool:
    """Whether the state, its lock's leftovers or a log were written to a few minutes ago."""
    path = state_path(read.root, backend_of(read.root))
    files = (path, path.with_name(f".{path.name}.lock.info"))
    times = [file.stat().st_mtime for file in files if file.exists()]
    times += [log.modified for log in read.logs if log.modified is not None]
    times += [apply.at for apply in read.recollection.applies]
    return any(time.time() - moment < LATELY for moment in times)
