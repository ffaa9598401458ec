"""`janitor destroy` and `janitor plan`: the main run as a list of steps, in the order the documentation gives.

Read what is known before anything can change it; look; let terraform do what it can; delete what is left; prove it by
listing again; make the state agree. Every way out has a report.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from janitor.console import Console
from janitor.core import proof
from janitor.core.case import Case
from janitor.core.errors import Interrupted, NothingProves, Refused
from janitor.core.model import Health, World
from janitor.core.outcome import Agreement, Command, Result, RunReport, TerraformRun
from janitor.settings import Settings
from janitor.terraform.lockinfo import Hold
from janitor.workflows import agreeing, handover, knowing, opening, parting, remaining
from janitor.workflows.call import Call
from janitor.workflows.cleaning import (
    Looked,
    Record,
    conclude,
    hides_something,
    look,
    refuse_wrong_cloud,
    remember,
)
from janitor.workflows.knowing import Knowledge

SECOND_LOOK = 10.0
"""Seconds until the cloud is listed once more after an apply that was interrupted minutes ago: its last create may
still be arriving."""


@dataclass(slots=True)
class Run:
    """What one run has so far; the report is made of it, however the run ends."""

    call: Call
    knowledge: Knowledge
    first: Looked
    last: Looked
    began: float
    record: Record = field(default_factory=Record)
    terraform: TerraformRun = field(default_factory=TerraformRun)
    agreement: Agreement = field(default_factory=Agreement)
    lock: Hold = field(default_factory=lambda: Hold(held=False))
    notes: tuple[str, ...] = ()


def run(settings: Settings, console: Console, stop: Callable[[], bool]) -> RunReport:
    """Run it. Raises JanitorError where there is nothing to report on; everything else is in the report."""
    call, began = Call(settings, console, stop), time.time()
    with ExitStack() as stack:
        knowledge = call.patiently(lambda: knowing.gather(call, stack))
        return carry_out(call, knowledge, began=began)


def carry_out(call: Call, knowledge: Knowledge, *, began: float) -> RunReport:
    """Look, ask, delete and prove, with what is known. Raises JanitorError where there is nothing to report on."""
    knowledge.cloud.end_by(call.deadline)
    first = call.patiently(lambda: _first_look(call, knowledge))
    this = Run(call, knowledge, first, first, began)
    if call.settings.dry_run:
        return _planned(this)
    asked = bool(first.plan.steps) and not call.settings.yes
    if asked and not call.console.confirm(first.plan, whose=f"of workspace {knowledge.root.workspace}"):
        raise Refused("Nothing was deleted: the question was not answered with yes.")
    try:
        call.patiently(lambda: _work(this))
    except Interrupted:
        this.lock.give_back()  # whoever works on may be left behind, and a server never learns that he ended
        return _report(this, interrupted=True)
    if not first.matched and not call.settings.expect_empty:
        _refuse_empty_hands(this.last, knowledge)  # what could have been meant may have gone meanwhile
    return _report(this)


def _first_look(call: Call, knowledge: Knowledge) -> Looked:
    with call.console.phase("Looking at the cloud"):
        first = _look(knowledge, knowledge.case)
    if not call.settings.expect_empty:
        refuse_wrong_cloud(first, knowledge.scope, met=knowledge.recollection.met)
        _refuse_empty_hands(first, knowledge)
    return first


def _look(knowledge: Knowledge, case: Case, *, before: World | None = None) -> Looked:
    return look(case, knowledge.edges, knowledge.scan, knowledge.cloud.lookup, before=before)


def _refuse_empty_hands(looked: Looked, knowledge: Knowledge) -> None:
    """Refuse to call a workspace proved of which no source knows anything."""
    if knowledge.snapshot.health is not Health.LOST or looked.matched or knowledge.has_witness:
        return
    veiled = knowledge.snapshot.veiled
    told = knowledge.configuration.complete or looked.plan.unproved  # what may be meant is named, and never proved
    if knowledge.workspace_known and told and not veiled:
        return
    known = ", ".join(knowledge.workspaces) or "none"
    hint = f"The backend knows the workspaces {known}: is the name spelt right?"
    if veiled:
        hint = "Check the address, the name of the state in it, and the credentials."
    elif knowledge.workspace_known:
        problem = next(iter(knowledge.configuration.problems), "it cannot be evaluated in full")
        hint = f"The configuration does not say it either: {problem.rstrip('.')}."
    raise NothingProves(
        f"Nothing says what belonged to workspace {knowledge.root.workspace!r}: its state is lost "
        f"({knowledge.snapshot.problem.rstrip('.')}), there is no journal, and nothing with its names or marks exists. "
        f"{hint} Give --mark or --from-log, or --expect-empty if there is nothing to find."
    )


def _work(this: Run) -> None:
    call, knowledge = this.call, this.knowledge
    knowledge.book.planned(this.first.plan)
    case = remember(this.first.case, this.first.plan)
    if handover.has_work(knowledge, call.settings):
        with call.console.phase(f"{knowledge.root.flavour} destroy"):
            after = time.monotonic() - call.began
            this.terraform = replace(handover.destroy(call, knowledge, this.first), started=after)
        call.go_on()
        this.last = _look(knowledge, case, before=this.first.world)
    with opening.holding(knowledge.root, call) as this.lock:
        _clean(this)
        this.last, told = parting.part(call, knowledge, this.first, this.last, this.record)
        this.notes += (told,) if told else ()
        results = _results(this)
        this.agreement = agreeing.agree(call, knowledge, results, lock=this.lock)
    this.agreement = agreeing.delete_workspace(call, knowledge, results, this.agreement)


def _clean(this: Run) -> None:
    call, knowledge = this.call, this.knowledge

    def prove(case: Case, number: int) -> Looked:
        if number == 0 and knowledge.interrupted_lately:
            call.console.note(f"an apply was interrupted lately: looking again in {SECOND_LOOK:.0f} s")
            call.sleep(SECOND_LOOK)
        this.last = _look(knowledge, case, before=this.first.world)
        if knowledge.cloud.is_silent and hides_something(this.last):
            call.console.note("a service does not answer: asking it again for a share of the time that is left")
            with knowledge.cloud.insisting():
                this.last = _look(knowledge, case, before=this.first.world)
        return this.last

    remaining.clean(
        call,
        this.last,
        this.record,
        doing="Deleting what is left",
        delete=lambda left: remaining.delete(call, knowledge, left, this.record),
        prove=prove,
        apart=knowledge.cloud.credentials,
    )


def _results(this: Run) -> tuple[Result, ...]:
    return (*conclude(this.first.plan, this.record, this.last), *_unread(this))


def _unread(this: Run) -> tuple[Result, ...]:
    """What names alone cannot prove: that a configuration of which a part is not known declared no more."""
    known, configuration = this.knowledge, this.knowledge.configuration
    if configuration.complete or known.tells_all or this.call.settings.expect_empty or not known.case.names_prove:
        return ()
    return (proof.unread(known.scope, next(iter(configuration.problems), "").rstrip(".")),)


def _planned(this: Run) -> RunReport:
    knowledge = this.knowledge
    to_come = handover.has_work(knowledge, this.call.settings)
    alone = proof.unknown_types(knowledge.unknown, knowledge.scope, to_come=to_come)
    return _base(this, results=(*proof.planned(this.first.plan), *_unread(this), *alone))


def _report(this: Run, *, interrupted: bool = False) -> RunReport:
    knowledge = this.knowledge
    results = remaining.unfinished(this.first.plan, this.record) if interrupted else _results(this)
    unknown = agreeing.still_unknown(knowledge, this.terraform)
    report = _base(this, results=(*results, *proof.unknown_types(unknown, knowledge.scope)), interrupted=interrupted)
    if report.exit_code in PROVED and not knowledge.only_this_apply:
        knowledge.book.proved(len(this.last.world.listed))
    return report


PROVED = frozenset({0, 5})


def _base(this: Run, *, results: tuple[Result, ...], interrupted: bool = False) -> RunReport:
    knowledge = this.knowledge
    return RunReport(
        command=Command.PLAN if this.call.settings.dry_run else Command.DESTROY,
        workspace=knowledge.root.workspace,
        scopes=knowledge.cloud.scopes,
        started=this.began,
        finished=time.time(),
        results=results,
        edges=tuple(dict.fromkeys((*this.first.plan.graph.listed(), *this.record.edges))),
        sources=knowledge.sources,
        unseen=this.last.world.unseen,
        unseen_counts=hides_something(this.last),
        terraform=this.terraform,
        state=this.agreement,
        requests=knowledge.cloud.requests,
        interrupted=interrupted,
        notes=(*knowledge.notes, *knowledge.cloud.notes, *this.notes),
    )
