"""`janitor apply`: terraform's apply, with every id written down the moment it is known.

Terraform is asked to stop once, and then waited for, as long as it takes: what it saves is worth more than our haste.
What it says goes into a file beside the journal, so that nothing is lost where janitor itself does not live to read it.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from janitor import journal as entries
from janitor.cloud.session import Session
from janitor.console import Console
from janitor.core.case import state_claims
from janitor.core.catalogue import OUTSIDE_NOTHING
from janitor.core.errors import Interrupted, JanitorError, Refused
from janitor.core.model import Declared, Health, Resource, Scope, Snapshot
from janitor.core.outcome import RunReport
from janitor.core.text import clean, counted, some
from janitor.core.times import spell
from janitor.journal import Intended
from janitor.settings import Settings
from janitor.terraform import backends, hcl
from janitor.terraform.application import PlannedApply, plan_apply
from janitor.terraform.backend import backend_of, state_path
from janitor.terraform.destruction import ApplyResult, apply_plan
from janitor.terraform.events import ApplyEvent
from janitor.terraform.providers import ProviderCloud, provider_clouds
from janitor.terraform.root import RootModule
from janitor.workflows import opening, recounting, rollback, scoping
from janitor.workflows.booking import Book
from janitor.workflows.call import Call
from janitor.workflows.handover import SHOWN
from janitor.workflows.knowing import IN_CLUSTER
from janitor.workflows.recording import Recorder

WITHOUT_OBJECTS = OUTSIDE_NOTHING | IN_CLUSTER
"""Providers whose resources are no objects of any cloud: the journal does not need them."""


@dataclass(frozen=True, slots=True)
class Applied:
    """How it went: the exit code, one sentence, and the report of a rollback where there was one."""

    exit_code: int
    sentence: str
    rollback: RunReport | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything that has to be known before terraform changes anything."""

    root: RootModule
    session: Session
    sessions: tuple[Session, ...]
    snapshot: Snapshot
    book: Book
    plan: PlannedApply
    intended: tuple[Intended, ...]
    stated: tuple[entries.Entry, ...]
    whole: bool
    since: float


def run(settings: Settings, console: Console, *, stop: Callable[[], bool], again: Callable[[], bool]) -> Applied:
    """Run it. `again`: whether somebody asked us to stop a second time. Raises JanitorError before terraform begins."""
    call = Call(settings, console, stop)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="janitor-plan-")))
        ready = call.patiently(lambda: _ready(call, stack, folder))
        if not ready.plan.ran.ok or ready.plan.file is None:
            return Applied(1, ready.plan.ran.problem)
        _agreed(settings, console, ready)
        result, recorder = _applied(call, ready, ready.plan.file)
        if recorder.problem is not None:
            raise recorder.problem
        code = Interrupted.exit_code if stop() else 0 if result.ran.ok else 1
        done = Applied(code, _sentence(ready, result, recorder))
        wanted = settings.rollback_on_signal if stop() else settings.rollback_on_failure and not result.ran.ok
        return replace(done, rollback=_rolled_back(call, ready, again)) if wanted else done


def _ready(call: Call, stack: ExitStack, folder: Path) -> Ready:
    settings, console = call.settings, call.console
    with console.phase("Reading the state"):
        root = opening.root_of(settings)
        root.need_binary()
        prepared = opening.initialised(root, call)
        if prepared.ran is not None and not prepared.ran.ok:
            console.warn(prepared.ran.problem)  # the plan may be possible all the same
        known = opening.workspaces(root, settings, prepared)
        opening.break_lock(root, call)
        lock = opening.lock(root, call, known)
        snapshot = backends.read_state(root)
    call.go_on()
    with console.phase("Signing in"):
        session = scoping.sign_in(settings, settings.os_cloud)
        opening.warn_of_expiry(call, session)
    book = stack.enter_context(opening.book(root, settings, session))
    since = float(math.floor(time.time() + session.clock_offset))
    book.begin(settings, root, snapshot, scope=session.scope, since=since)
    with console.phase(f"{root.flavour} plan"):
        left, written = max(1.0, call.deadline - time.monotonic()), hcl.read(root)
        plan = plan_apply(
            root,
            folder / "apply.tfplan",
            written=written,
            lock_timeout=settings.lock_timeout,
            timeout=left,
            stop=call.halted,
        )
    call.go_on()
    where = provider_clouds(root, written)
    sessions, intended = _intended(plan, session, settings, where)
    witnessed = recounting.is_witnessed(book.recollection, snapshot, lock, settings.journal_folder)
    accounted = recounting.is_accounted(book.recollection, witnessed=witnessed)
    return Ready(
        root=root,
        session=session,
        sessions=sessions,
        snapshot=snapshot,
        book=book,
        plan=plan,
        intended=intended,
        stated=tuple(_stated(snapshot, session, settings, where)),
        whole=snapshot.health is Health.WHOLE or accounted or _never_was(root, snapshot),
        since=since,
    )


def _never_was(root: RootModule, snapshot: Snapshot) -> bool:
    """Whether there is no state because nothing was ever applied, as far as the backend can tell."""
    if snapshot.health is not Health.LOST or snapshot.raw or snapshot.sealed:
        return False
    backend = backend_of(root)
    path = state_path(root, backend)
    beside = (path, path.with_name(f"{path.name}.backup"), root.path / backends.ERRORED)
    return backend.type != "local" or not any(file.exists() for file in beside)


def _intended(
    plan: PlannedApply, session: Session, settings: Settings, where: Mapping[str, ProviderCloud]
) -> tuple[tuple[Session, ...], tuple[Intended, ...]]:
    """What will be created, each with the scope it belongs to, and a session for each scope that can be looked at."""
    creates = tuple(one for one in plan.creates if one.provider_name not in WITHOUT_OBJECTS)
    scoped = scoping.scopes(Snapshot(Health.WHOLE, "plan", resources=creates), session, settings, where)
    declared = {one.address: one for one in plan.configuration.instances}
    return scoped.sessions, tuple(_one(create, scoped.scope_of.get(create.label), declared) for create in creates)


def _one(create: Resource, scope: Scope | None, declared: dict[str, Declared]) -> Intended:
    known = declared.get(create.address, Declared(create.address, create.type))
    parts = tuple(recounting.within(create).items())
    return Intended(create.address, create.type, known.name or "", known.marks, known.run_bound, scope, parts)


def _stated(
    snapshot: Snapshot, session: Session, settings: Settings, where: Mapping[str, ProviderCloud]
) -> list[entries.Entry]:
    """What the state knows now: an apply that is killed may leave nothing of it (OpenTofu empties the file first)."""
    scoped = scoping.scopes(snapshot, session, settings, where)
    claims, _ = state_claims(snapshot.resources, scoped.scope_of)
    return [
        entries.stated(claim.ref, address=claim.address, name=claim.name, match=claim.match)
        for claim in claims
        if not claim.protected
    ]


def _agreed(settings: Settings, console: Console, ready: Ready) -> None:
    """Refuse what a rollback could not undo; ask, unless --yes. Raises Refused."""
    others, root = ready.plan.others, ready.root
    if others and (settings.rollback_on_failure or settings.rollback_on_signal):
        raise Refused(
            f"Nothing was applied: the plan changes, replaces or destroys {some(others, most=3)}, and a rollback only "
            "removes what an apply created. Leave --rollback-on-failure and --rollback-on-signal out for this apply."
        )
    if settings.rollback_on_signal:
        console.warn("--rollback-on-signal: a CI may kill the rollback; `janitor destroy` then finds the rest")
    if settings.yes:
        return
    also = f", and change or replace {len(others)}: {some(others, most=3)}" if others else ""
    asked = f"{root.flavour} would create {counted(len(ready.plan.creates), 'resource')} in workspace {root.workspace}"
    if not console.ask([f"{clean(asked)}{clean(also)}."], 'Apply it? Only "yes" is a yes: '):
        raise Refused("Nothing was applied: the question was not answered with yes.")


def _applied(call: Call, ready: Ready, plan: Path) -> tuple[ApplyResult, Recorder]:
    """Let terraform apply the plan, to its own end whatever happens to us."""
    settings, console, book, root = call.settings, call.console, ready.book, ready.root
    log = book.new_log()
    entry = {**entries.applying(log, whole=ready.whole), "at": round(time.time() + ready.session.clock_offset, 3)}
    book.write(entry, *ready.stated, *(_entry(one) for one in ready.intended))
    recorder = Recorder(
        book.write,
        lambda event: _show(console, event),
        {one.address: one for one in ready.intended},
        call.stop,
        offset=ready.session.clock_offset,
    )
    with console.phase(f"{root.flavour} apply"):
        console.expect(len(ready.plan.creates) + len(ready.plan.others))
        result = apply_plan(
            root,
            plan,
            on_event=recorder.on_event,
            what="apply",
            log=log,
            parallelism=ready.plan.parallelism,
            lock_timeout=settings.lock_timeout,
            timeout=max(1.0, call.deadline - time.monotonic()),
            stop=recorder,
        )
    for text in result.errors:
        console.warn(text)
    console.detail(f"the journal took {recorder.spent:.3f} s of {result.ran.seconds:.1f} s")
    if result.ended:
        with suppress(JanitorError):  # a journal or a state that cannot be had now has been told of, or will be
            book.write(entries.applied(result.ran.exit_code))
            book.keep(backends.read_state(root).raw)
    return result, recorder


def _entry(one: Intended) -> entries.Entry:
    return entries.intended(
        one.address,
        one.type,
        one.name,
        one.marks,
        run_bound=one.run_bound,
        scope=one.scope,
        within=dict(one.within),
    )


def _show(console: Console, event: ApplyEvent) -> None:
    if event.address and event.what in SHOWN:
        word = str(event.what).removeprefix("apply_")
        console.terraform(event.address, event.action, word, elapsed=event.elapsed)


def _sentence(ready: Ready, result: ApplyResult, recorder: Recorder) -> str:
    made = f"{counted(recorder.created, 'resource')} created in {spell(result.ran.seconds)}"
    where = f"workspace {clean(ready.root.workspace)}"
    if result.ran.ok:
        return f"{where}: applied, {made}"
    return f"{where}: {clean(result.ran.problem)}; {made}, `janitor destroy` finds them by the journal"


def _rolled_back(call: Call, ready: Ready, again: Callable[[], bool]) -> RunReport | None:
    """The report of the rollback; None where it could not even begin, which is said."""
    try:
        return rollback.run(
            Call(rollback.settings_of(call.settings), call.console, again),
            root=ready.root,
            sessions=ready.sessions,
            book=ready.book,
            snapshot=backends.read_state(ready.root),
            configuration=ready.plan.configuration,
            since=ready.since,
        )
    except Interrupted:
        raise
    except JanitorError as error:
        call.console.warn(f"the rollback could not be made: {error}")
        return None
