"""`terraform destroy` as its two halves: a plan that can be looked at, and the apply of that very plan.

A failing terraform is a value. Decides nothing about what may go: that is asked between the two halves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from janitor.core.errors import Refused
from janitor.terraform.events import ApplyEvent, What, event_of
from janitor.terraform.messages import masked
from janitor.terraform.process import LAST_RESORT, Finished, Flag, Process
from janitor.terraform.root import RootModule
from janitor.terraform.runner import FLAG, Ran, command, environment, outcome, plan_into
from janitor.terraform.shapes import Object, elements, mapping, mappings

PLAN_TIMEOUT = 600.0
PARALLELISM = 10


@dataclass(frozen=True, slots=True)
class Delete:
    """One resource instance that a plan would delete."""

    address: str
    type: str
    id: str
    deposed: str = ""


@dataclass(frozen=True, slots=True)
class PlannedDestroy:
    """What `terraform destroy` would do. Applied only after somebody has looked at `deletes` and `others`."""

    ran: Ran
    file: Path | None = None
    deletes: tuple[Delete, ...] = ()
    forgets: tuple[Delete, ...] = ()  # leave the state, stay in the cloud
    others: tuple[str, ...] = ()  # addresses with any other action: none is expected in a destroy


@dataclass(frozen=True, slots=True)
class ApplyResult:
    """How the apply of a plan ended, whatever it left."""

    ran: Ran
    handed_over: bool = False  # we interrupted it
    destroyed: tuple[tuple[str, str], ...] = ()  # (address, id) it reports as destroyed
    errored: tuple[str, ...] = ()  # addresses whose action failed
    errors: tuple[str, ...] = ()  # sentences of its diagnostics

    @property
    def ended(self) -> bool:
        """Whether it came to its own end, and so has saved its state: a killed one has a negative code."""
        return self.ran.exit_code >= 0


def plan_destroy(
    root: RootModule,
    out: Path,
    *,
    exclude: Sequence[str] = (),
    target: Sequence[str] = (),
    parallelism: int = PARALLELISM,
    lock_timeout: float = 0,
    timeout: float = PLAN_TIMEOUT,
    stop: Event | None = None,
) -> PlannedDestroy:
    """`plan -destroy` into `out` (it holds secrets: 0600) and what stands in it. `exclude` is tofu's alone."""
    line = command(
        root,
        "plan",
        destroy=FLAG,
        json=FLAG,
        input=False,
        out=str(out),
        lock_timeout=f"{lock_timeout:g}s",
        parallelism=parallelism,
        exclude=list(exclude),
        target=list(target),
    )
    env = environment(root, variables="plan")
    # A plan of a destroy saves nothing, but it holds the state's lock: it gets the chance to give it back.
    ran, shown = plan_into(root, out, line, env, what="plan -destroy", timeout=timeout, stop=stop)
    return PlannedDestroy(ran) if shown is None else _planned(ran, out, shown)


def apply_plan(
    root: RootModule,
    plan: Path,
    *,
    on_event: Callable[[ApplyEvent], None],
    what: str = "destroy",
    log: Path | None = None,
    parallelism: int | None = None,
    lock_timeout: float = 0,
    timeout: float = float("inf"),
    patience: float = LAST_RESORT,
    stop: Flag | None = None,
) -> ApplyResult:
    """Apply exactly that plan, handing each event on as it comes. `log`: a new file that keeps its whole output.

    When `stop` is set or the time is over it gets one SIGINT, and is waited for: it is saving the state. What has not
    ended after `patience` seconds more is killed with its children. An exception of the caller interrupts it, too, and
    leaves it to end by itself. Raises Refused when it cannot be started.
    """
    line = command(
        root,
        "apply",
        str(plan),
        json=FLAG,
        input=False,
        lock_timeout=f"{lock_timeout:g}s",
        parallelism=parallelism or PARALLELISM,
    )
    env = environment(root)
    env.pop("TF_CLI_ARGS_apply", None)  # -var and -target of the user are in the plan, and refused beside one
    try:
        process = Process(line, folder=root.path, environment=env, log=log)
    except OSError as error:
        raise Refused(f"{root.flavour} cannot be started: {error.strerror}. Nothing was changed.") from error
    events: list[ApplyEvent] = []
    try:
        for text in process.lines():
            event = event_of(text) if text else None
            if event is not None:
                events.append(event)
                on_event(event)
            if process.seconds >= timeout or (stop is not None and stop.is_set()):
                process.interrupt()
            if process.stopping >= patience:
                process.kill()
        done = process.finished()
    except BaseException:
        process.interrupt()
        raise
    finally:
        process.close()
    return _applied(root, done, events, what=what)


def _planned(ran: Ran, file: Path, shown: Object) -> PlannedDestroy:
    deletes: list[Delete] = []
    forgets: list[Delete] = []
    others: list[str] = []
    for entry in mappings(shown.get("resource_changes")):
        change = mapping(entry.get("change"))
        actions, before = set(map(str, elements(change.get("actions")))), mapping(change.get("before"))
        address, resource_type = str(entry.get("address")), str(entry.get("type"))
        item = Delete(address, resource_type, str(before.get("id") or ""), str(entry.get("deposed") or ""))
        if actions == {"delete"}:
            deletes.append(item)
        elif actions == {"forget"}:
            forgets.append(item)
        elif not actions or not actions <= {"no-op", "read"}:
            others.append(item.address)
    return PlannedDestroy(ran, file, tuple(deletes), tuple(forgets), tuple(others))


def _applied(root: RootModule, done: Finished, events: Sequence[ApplyEvent], *, what: str) -> ApplyResult:
    started = {e.address: e.id for e in events if e.what is What.START and e.action == "delete"}
    completed = [e for e in events if e.what is What.COMPLETE and e.action == "delete"]
    errors = [e.text for e in events if e.what is What.DIAGNOSTIC and e.severity == "error"]
    return ApplyResult(
        ran=outcome(root, done, f"{root.flavour} {what}"),
        handed_over=done.interrupted,
        destroyed=tuple((e.address, e.id or started.get(e.address, "")) for e in completed),
        errored=tuple(sorted({e.address for e in events if e.what is What.ERRORED})),
        errors=tuple(dict.fromkeys(masked(text, root) for text in errors)),
    )
