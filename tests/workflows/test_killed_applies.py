"""An apply killed at every one of its steps, janitor with it: what the journal and the marks know is enough.

No state is left. The run that follows ends with 0 and nothing of the apply left, or with 4 naming exactly what was in
flight and can carry neither mark nor name that proves; never with 0 while anything is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from builders import EARLIER, HOME, NOW, world
from engine.instant import InstantCrew
from engine.memory_cloud import MemoryCloud
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples
from workflows.memory_terraform import MARKED, STACK, STEPS, MemoryTerraform

from janitor import journal
from janitor.core.case import Case, claims_by_ref
from janitor.core.catalogue.reading import epoch
from janitor.core.errors import Refused
from janitor.core.model import Configuration, Outcome, Ref, Scope, World
from janitor.core.outcome import Command, RunReport
from janitor.engine.executor import run
from janitor.engine.protocols import Policy
from janitor.journal import Intended, Recalled, Recollection, recall
from janitor.terraform.events import event_of
from janitor.workflows import recounting
from janitor.workflows.cleaning import Edges, Looked, Record, conclude, judge_of, look, remember
from janitor.workflows.recording import Recorder

RUN = "ci-1"
BEGAN = epoch(NOW) or 0.0
KEYPAIR, GROUP, ADDRESS = "keypair", "server_group", "floating_ip"


@dataclass
class Wreck:
    """What a kill has left: a cloud, and what is on the disk."""

    cloud: MemoryCloud
    crew: InstantCrew
    terraform: MemoryTerraform
    known: Recollection
    neighbours: dict[str, set[str]]
    told: set[str]  # labels of the creations whose end stands whole on the disk

    def left(self) -> dict[str, set[str]]:
        """What the project holds besides its neighbours' objects, by kind."""
        found = {kind: set(bodies) - self.neighbours.get(kind, set()) for kind, bodies in self.cloud.bodies.items()}
        return {kind: ids for kind, ids in found.items() if ids}


def wreck(folder: Path, *, step: int, heard: float, seed: int, marks: bool, torn: bool) -> Wreck:
    """Kill terraform after that step, and janitor when it has heard that share of what was said."""
    crew = InstantCrew(seed)
    cloud = MemoryCloud(crew.now)
    neighbours = settle(cloud)
    terraform = MemoryTerraform(cloud, RUN, Random(seed), marks)  # noqa: S311 - a seeded order
    written: list[journal.Entry] = [{"v": 1, "at": BEGAN, **begin()}]
    log = folder / f"{seed}-{step}-{heard}.apply.jsonl"
    written.append({"v": 1, "at": BEGAN, **journal.applying(log, whole=True)})
    plan = [intended(terraform, label) for label in range(len(STACK))]
    entries = [
        journal.intended(p.address, p.type, p.name, p.marks, run_bound=p.run_bound, scope=p.scope, within={})
        for p in plan
    ]
    written += [{"v": 1, "at": BEGAN, **entry} for entry in entries]
    recorder = Recorder(
        lambda entry: written.append({**entry, "at": BEGAN}),
        lambda _: None,
        {one.address: one for one in plan},
        lambda: False,
    )
    lines = 0
    for _ in range(step):
        lines = len(terraform.log)
        terraform.step()
    torn = torn and len(terraform.log) > lines  # only what was being said when it was killed; nothing came after
    for line in terraform.log[: round(heard * len(terraform.log))]:
        event = event_of(line)
        assert event is not None
        recorder.on_event(event)
    text = "".join(f"{line}\n" for line in terraform.log)
    log.write_text(text[: -len(terraform.log[-1]) // 2] if torn else text, encoding="utf-8")
    known = recall(written)
    rest = recounting.tail(known, folder)
    told = set(terraform.said)
    if torn and "apply_complete" in terraform.log[-1] and heard < 1:
        told.discard(list(terraform.said)[-1])
    return Wreck(cloud, crew, terraform, recall([*written, *rest]), neighbours, told)


def begin() -> journal.Entry:
    return journal.run_begin(command="apply", workspace=RUN, scopes=[HOME], since=BEGAN)


def intended(terraform: MemoryTerraform, number: int) -> Intended:
    resource = STACK[number]
    marks = frozenset({RUN}) if terraform.marks and resource.kind in MARKED else frozenset()
    name = terraform.name(resource)
    return Intended(resource.address, f"openstack_{resource.type}", name, marks, bool(name), HOME)


def settle(cloud: MemoryCloud) -> dict[str, set[str]]:
    """Somebody else's objects, older than the apply; some of them have the names that it will give."""
    for kind in (KEYPAIR, GROUP, ADDRESS, "volume", "security_group"):
        made = cloud.make(kind, f"other-{kind}")
        cloud.bodies[kind][made]["created_at"] = EARLIER
    made = cloud.make("network", f"{RUN}-net")
    cloud.bodies["network"][made]["created_at"] = EARLIER
    return {kind: set(bodies) for kind, bodies in cloud.bodies.items()}


def clean(here: Wreck) -> RunReport:
    """What `janitor destroy` does, with the journal and, where there are some, the marks."""
    case = Case(
        claims=claims_by_ref(recounting.claims(here.known)),
        marks=frozenset({RUN}) if here.terraform.marks else frozenset(),
        in_flight=recounting.in_flight(here.known),
        instances=recounting.instances(Configuration(), here.known, accounted=here.known.accounted),
        names_prove=True,
        since=here.known.began,
    )
    first = last = looking(here, case)
    record = Record()
    for _ in range(3):
        case = remember(last.case, last.plan)
        done = run(
            last.plan,
            here.cloud,
            here.crew,
            judge_of(last),
            policy=Policy(),
            emit=lambda _: None,
            record=lambda _: None,
            stop=lambda: False,
        )
        record.results.update(done.results)
        last = looking(here, case, before=first.world)
        if not set(last.plan.steps) - set(record.results):
            break
    results = conclude(first.plan, record, last)
    return RunReport(Command.DESTROY, RUN, (HOME,), BEGAN, BEGAN, results=results, unseen=last.world.unseen)


def looking(here: Wreck, case: Case, before: World | None = None) -> Looked:
    def lookup(refs: Iterable[Ref]) -> World:
        found = {ref: here.cloud.read(ref) for ref in refs}
        return World(
            objects={ref: seen for ref, seen in found.items() if seen is not None},
            missing=frozenset(ref for ref, seen in found.items() if seen is None),
        )

    scan = world(*here.cloud.observed().values())
    return look(case, Edges(), lambda _: scan, lookup, before=before)


def check(here: Wreck) -> None:
    """The promise."""
    in_flight = {here.terraform.ids[label] for label in here.terraform.ids.keys() - here.told}
    report = clean(here)
    left, told = here.left(), [(row.outcome, str(row.ref), row.reason) for row in report.results]
    assert all(here.neighbours[kind] <= set(here.cloud.bodies[kind]) for kind in here.neighbours), told
    assert report.exit_code in {0, 4}, told
    if report.exit_code == 0:
        assert left == {}, told
        return
    unsaid = {GROUP} if here.terraform.marks else {GROUP, ADDRESS}
    assert set(left) <= unsaid, told
    assert {i for ids in left.values() for i in ids} <= in_flight, told
    rows = [row for row in report.results if row.outcome is Outcome.UNVERIFIED]
    named = {holder.id for row in rows for holder in row.holders}
    assert {i for ids in left.values() for i in ids} <= named, told
    begun = [one.address for one in STACK if one.kind in unsaid and one.label in here.terraform.begun]
    assert {row.address for row in rows} <= set(begun), told


@pytest.mark.parametrize("marks", [True, False], ids=["marks", "bare"])
@pytest.mark.parametrize("step", range(STEPS + 1))
def test_killed_after_each_step(step: int, *, marks: bool, tmp_path: Path) -> None:
    for heard in (0.0, 1.0):
        check(wreck(tmp_path, step=step, heard=heard, seed=step, marks=marks, torn=False))


@given(
    step=st.integers(0, STEPS), heard=st.floats(0, 1), seed=st.integers(0, 999), marks=st.booleans(), torn=st.booleans()
)
@examples(60)
def test_killed_anywhere(
    tmp_path_factory: pytest.TempPathFactory, *, step: int, heard: float, seed: int, marks: bool, torn: bool
) -> None:
    check(wreck(tmp_path_factory.mktemp("killed"), step=step, heard=heard, seed=seed, marks=marks, torn=torn))


def test_a_kind_that_only_a_newer_janitor_knows_is_refused() -> None:
    """It is ours, and would go unseen."""
    ref = Ref(Scope("c", "r", "p"), "dragon", "x")
    with pytest.raises(Refused, match="dragon"):
        recounting.claims(Recollection(ours={ref: Recalled((), "", "", None)}))
