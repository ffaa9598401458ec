"""Terraform's half: a destroy plan that is looked at, its apply that is watched, and the moment to take over.

Terraform is interrupted (one SIGINT, then it is waited for) as soon as a resource that it waits for has a holder which
its plan will not remove, or when nothing moves, or when its share of the time is over. Its failure is a value.
"""

from __future__ import annotations

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from janitor.core.case import without_deposed, without_index
from janitor.core.catalogue import Fate, kind_of_type, source_kind
from janitor.core.model import Denial, Holder, Order, Ref
from janitor.core.outcome import TerraformRun
from janitor.core.planning import held_by
from janitor.engine.protocols import Answer, CloudFault, Reply
from janitor.settings import Settings
from janitor.terraform.destruction import Delete, PlannedDestroy, apply_plan, plan_destroy
from janitor.terraform.events import ApplyEvent, What
from janitor.workflows.call import Call
from janitor.workflows.cleaning import Looked
from janitor.workflows.knowing import Knowledge

SHARE = 0.6
"""Of what is left of the deadline: the fallback has to fit in, too."""

PATIENCE = 0.2
"""Of the same: how long an interrupted terraform may take to end. The rest belongs to the fallback, whatever hangs."""

LEAST_PATIENCE = 10.0
"""Seconds; tofu needs 0.1 where its state is a file."""

LOOK_AFTER = 3.0
LOOK_EVERY = 4.0
"""Seconds that a delete is under way before its holders are asked for, and between two such looks."""


SHOWN = frozenset({What.START, What.PROGRESS, What.COMPLETE, What.ERRORED})

POLLED = frozenset({"security_group", "subnet", "network", "router", "router_interface", "port"})
"""Kinds whose delete the provider repeats on a conflict, for minutes, without a word about who is in the way."""


def has_work(knowledge: Knowledge, settings: Settings) -> bool:
    """Whether terraform is asked at all: it has a state with something in it, and nobody said --direct."""
    asked = not settings.direct and settings.state is None and knowledge.root.binary is not None
    possible = knowledge.workspace_known and not knowledge.lock.in_the_way
    return asked and possible and bool(knowledge.snapshot.managed)


@dataclass(slots=True)
class Watch:
    """What is under way in terraform's apply, as its events tell, and why it is to be interrupted, once it is."""

    call: Call
    knowledge: Knowledge
    looked: Looked
    plan: PlannedDestroy
    running: dict[str, tuple[ApplyEvent, float]] = field(default_factory=dict)
    moved: float = field(default_factory=time.monotonic)
    asked: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)  # ids that it could not delete: it will not try again
    reason: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def on_event(self, event: ApplyEvent) -> None:
        """Follow the stream; called from the thread that reads it."""
        now = time.monotonic()
        with self.lock:
            if event.moves:
                self.moved = now
            if event.what is What.START and event.action == "delete":
                self.running[event.address] = (event, now)
            elif event.what in {What.COMPLETE, What.ERRORED}:
                started = self.running.pop(event.address, None)
                if event.what is What.ERRORED and started is not None:
                    self.failed.add(started[0].id)
        if event.address and event.what in SHOWN:
            self.call.console.terraform(
                event.address, event.action, str(event.what).removeprefix("apply_"), elapsed=event.elapsed
            )

    def follow(self, halt: threading.Event) -> None:
        """Look again and again, and set `halt` when terraform is to be interrupted."""
        began = time.monotonic()
        share = SHARE * (self.call.deadline - began)
        try:
            while not halt.wait(0.3):
                self.reason = self._reason(began + share, share=share)
                if self.reason:
                    halt.set()
        except BaseException:
            self.reason = "nobody watches it any more"  # without a watch it has neither a share nor a deadline
            halt.set()
            raise

    def _reason(self, limit: float, *, share: float) -> str:
        now, settings = time.monotonic(), self.call.settings
        if self.call.stop():
            return "a signal"
        if now >= limit:
            return f"its share of the deadline ({share:.0f} s) is over"
        if now - self.moved >= settings.stall_after:
            return f"nothing moved for {settings.stall_after:.0f} s"
        held = (_held(self.knowledge, self.looked, event, self._doomed()) for event in self._waiting())
        return next((why for why in held if why), "")

    def _doomed(self) -> frozenset[str]:
        with self.lock:
            return frozenset(delete.id for delete in self.plan.deletes if delete.id) - self.failed

    def _waiting(self) -> list[ApplyEvent]:
        """Deletes that have been under way long enough to ask who holds them, each once in a while."""
        now = time.monotonic()
        with self.lock:
            due = [
                event
                for address, (event, since) in sorted(self.running.items())
                if now - since >= LOOK_AFTER and now - self.asked.get(address, 0.0) >= LOOK_EVERY
            ]
            self.asked.update({event.address: now for event in due})
        return due


def destroy(call: Call, knowledge: Knowledge, looked: Looked) -> TerraformRun:
    """Run terraform destroy over what is ours. Raises Interrupted for a signal, never for what terraform does."""
    began, root, console = time.monotonic(), knowledge.root, call.console
    with tempfile.TemporaryDirectory(prefix="janitor-plan-") as folder:
        planned = _acceptable(knowledge, looked, Path(folder), call=call)
        if planned.problem:
            console.warn(planned.problem)
            return TerraformRun(
                ran=True, exit_code=planned.exit_code, seconds=time.monotonic() - began, handed_over=planned.problem
            )
        if planned.plan is None or planned.plan.file is None or not (planned.plan.deletes or planned.plan.forgets):
            return TerraformRun(ran=True, exit_code=0, seconds=time.monotonic() - began)
        watch, halt = Watch(call, knowledge, looked, planned.plan), threading.Event()
        watcher = threading.Thread(target=watch.follow, args=(halt,), name="terraform-watch", daemon=True)
        watcher.start()
        try:
            result = apply_plan(
                root,
                planned.plan.file,
                on_event=watch.on_event,
                lock_timeout=call.settings.lock_timeout,
                patience=max(LEAST_PATIENCE, PATIENCE * (call.deadline - time.monotonic())),
                stop=halt,
            )
        finally:
            halt.set()
            watcher.join(timeout=5.0)
    call.go_on()
    if watch.reason:
        console.note(f"taking over from {root.flavour}: {watch.reason}")
    elif not result.ran.ok:
        console.note(result.ran.problem)
    return TerraformRun(
        ran=True,
        exit_code=result.ran.exit_code,
        seconds=time.monotonic() - began,
        handed_over=watch.reason or ("" if result.ran.ok else result.ran.problem),
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """A plan that deletes nothing but ours, or why there is none."""

    plan: PlannedDestroy | None = None
    problem: str = ""
    exit_code: int = 0


def _acceptable(knowledge: Knowledge, looked: Looked, folder: Path, *, call: Call) -> Accepted:
    """Plan; where the plan would delete something that is kept, once more without it; else leave it to the fallback."""
    root, lock_timeout, stop = knowledge.root, call.settings.lock_timeout, call.halted
    first = plan_destroy(root, folder / "destroy.tfplan", lock_timeout=lock_timeout, stop=stop)
    if not first.ran.ok:
        return Accepted(problem=first.ran.problem, exit_code=first.ran.exit_code)
    strangers = {d.address: why for d in first.deletes if (why := _objection(d, knowledge, looked))}
    if not strangers and not first.others:
        return Accepted(first)
    names = ", ".join(f"{address} ({why})" for address, why in sorted(strangers.items())[:3]) or ", ".join(first.others)
    second = (
        plan_destroy(root, folder / "rest.tfplan", exclude=sorted(strangers), lock_timeout=lock_timeout, stop=stop)
        if root.flavour == "tofu"
        else plan_destroy(
            root, folder / "rest.tfplan", target=_rest(first, strangers), lock_timeout=lock_timeout, stop=stop
        )
    )
    if second.ran.ok and not second.others and not any(_objection(d, knowledge, looked) for d in second.deletes):
        return Accepted(second)
    return Accepted(problem=f"{root.flavour} destroy would delete what is kept: {names}; it was not run")


def _rest(plan: PlannedDestroy, strangers: dict[str, str]) -> list[str]:
    return sorted(d.address for d in plan.deletes if d.address not in strangers and not d.deposed)


def _objection(delete: Delete, knowledge: Knowledge, looked: Looked) -> str:
    """Why this delete of terraform's plan must not happen; empty when it may."""
    case = looked.case
    if why := case.protection(delete.address):
        return why
    kind = kind_of_type(delete.type)
    if kind is None or not kind.is_read:
        return ""  # Terraform's alone, in its own state; no other source speaks of it
    if any((ref.kind, ref.id) == (kind.name, delete.id) for ref in knowledge.cloud.credentials):
        return "is the credential in use, and goes last"
    for ref, verdict in looked.verdicts.items():
        if ref.kind != kind.name or not _is_meant(ref, verdict.address, delete):
            continue
        if verdict.denial is Denial.ADMIN:
            return ""  # Terraform's to delete
        if not verdict.ours:
            return verdict.why
        if holders := held_by(looked.world.objects[ref], looked.around):
            return f"{holders[0]} would go along and is not ours"
    if kind.fate is Fate.REFUSED:
        return ""
    unseen = any(name == source_kind(kind.name) for _, name in looked.world.unseen)
    return f"{kind.name} objects could not be listed" if unseen else ""


def _is_meant(ref: Ref, address: str, delete: Delete) -> bool:
    """Whether an object is the instance that terraform would delete."""
    if without_index(address) != without_index(delete.address):
        return False
    return without_deposed(address) == delete.address or ref.id == delete.id


def _held(knowledge: Knowledge, looked: Looked, event: ApplyEvent, doomed: frozenset[str]) -> str:
    """Who holds what terraform waits for, if the plan will not remove that holder."""
    kind = kind_of_type(event.type)
    if kind is None or kind.name not in POLLED:
        return ""
    ref = next(
        (
            r
            for r in looked.plan.steps
            if r.kind == kind.name and (r.id == event.id or looked.plan.steps[r].address == event.address)
        ),
        None,
    )
    if ref is None:
        return ""
    try:
        holders = knowledge.cloud.holders(looked.world.objects[ref], Answer(Reply.REFUSED))
        strangers = [holder for holder in holders if not _removed(holder, ref, doomed, looked)]
        # What vanished since the plan was made holds nothing: look twice before terraform is interrupted.
        living = [h for h in strangers if h.observed is None or knowledge.cloud.read(h.observed.ref) is not None]
    except CloudFault:
        return ""
    return f"{ref.kind} {looked.world.objects[ref].name or ref.id} is held by {living[0]}" if living else ""


def _removed(holder: Holder, ref: Ref, doomed: frozenset[str], looked: Looked) -> bool:
    """Whether terraform's plan removes this holder, itself or with what it hangs on."""
    if holder.id in doomed:
        return True
    step = looked.plan.steps.get(Ref(ref.scope, holder.kind, holder.id))
    if step is not None and step.carrier is not None and step.carrier.id in doomed:
        return True
    return holder.observed is not None and any(
        # A floating IP names its router, and stays when that goes: it holds the router's interface.
        link.id in doomed and link.order is not Order.HOLDS
        for link in holder.observed.links
        if link.kind in {"server", "load_balancer", "router"}
    )
