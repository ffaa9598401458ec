"""What holds for every cloud, plan and fault: checked by a ledger that does not use janitor's judgement."""

from __future__ import annotations

from builders import HOME
from engine.memory_rules import DELETES
from engine.staging import Stage, left
from engine.worlds import worlds
from hypothesis import HealthCheck, given, settings

from janitor.core.catalogue import KINDS, Fate
from janitor.core.model import EdgeSource, Evidence, Outcome, Ref
from janitor.core.plan import Action, Plan, Step
from janitor.engine.executor import Execution
from janitor.engine.protocols import Policy, Reply

many = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
LONG = Policy(deadline=1000.0 + 7200.0)


def watched(here: Stage, plan: Plan) -> list[str]:
    """Note every delete that is sent while something observed to go first still lives."""
    early: list[str] = []
    first = [(e.dependent, e.dependency) for e in plan.graph.listed() if e.source is EdgeSource.OBSERVED]
    waits: dict[Ref, list[Ref]] = {}
    for dependent, dependency in first:
        if plan.steps[dependent].carrier != dependency:
            waits.setdefault(dependency, []).append(dependent)

    def look(ref: Ref) -> None:
        alive = here.cloud.observed(HOME) if ref in waits else {}
        early.extend(f"{ref} before {other}" for other in waits.get(ref, ()) if other in alive)

    here.cloud.before_delete.append(look)
    return early


def run(here: Stage, hidden: list[str]) -> tuple[Execution, list[str]]:
    plan = here.plan(hide=hidden)
    early = watched(here, plan)
    return here.run(plan, policy=LONG), early


@many
@given(worlds(foreign=False))
def test_everything_that_can_go_goes(made):
    here, hidden = made
    done, early = run(here, hidden)
    assert left(done) == {}
    assert [name for name in here.cloud.left() if name.split()[1] not in here.foreign] == []
    assert early == []


@many
@given(worlds(foreign=False, faulty=True))
def test_everything_goes_through_faults_that_pass(made):
    here, hidden = made
    done, early = run(here, hidden)
    assert left(done) == {}
    assert early == []


@many
@given(worlds(faulty=True))
def test_nothing_foreign_is_touched_and_nothing_goes_before_its_dependents(made):
    here, hidden = made
    done, early = run(here, hidden)
    assert [ref for ref in here.cloud.deleted if ref.id in here.foreign] == []
    assert [call for call in here.cloud.calls if call.op == "delete" and call.id in here.foreign] == []
    assert early == []
    assert all(result.outcome is not None for result in done.results.values())


@many
@given(worlds())
def test_what_is_left_cannot_go_by_force_either(made):
    """What the run calls held is refused by the services, too; a living balancer's port is not asked for at all."""
    here, hidden = made
    done, _ = run(here, hidden)
    stays = [ref for ref, result in done.results.items() if result.outcome in {Outcome.BLOCKED, Outcome.FAILED}]
    assert [str(ref) for ref in stays if _goes(here, ref)] == [], told(here)


def _goes(here: Stage, ref: Ref) -> bool:
    """By the service's own rules. Links between two things that stay, and what belongs to one, are left alone."""
    observed = here.cloud.observed().get(ref)
    part = KINDS[ref.kind].fate is not Fate.DELETED or ref.kind not in DELETES
    if observed is None or part or observed.fact("device_owner") == "Octavia":
        return False
    step = Step(ref, Action.DELETE, observed, evidence=(Evidence.STATE,))
    if here.cloud.delete(step, observed).reply is not Reply.ACCEPTED:
        return False
    here.crew.clock += 60.0
    here.cloud.advance()
    return ref not in here.cloud.observed()


@many
@given(worlds(faulty=True))
def test_a_dying_object_is_asked_at_most_once_more(made):
    here, hidden = made
    run(here, hidden)
    again = [call.id for call in here.cloud.calls if call.op == "delete" and call.dying]
    assert len(again) == len(set(again))


@many
@given(worlds(faulty=True))
def test_a_run_ends_well_before_its_deadline(made):
    here, hidden = made
    done, _ = run(here, hidden)
    assert done.cut == ""
    assert here.crew.clock < 1000.0 + 1200.0


@many
@given(worlds(faulty=True))
def test_requests_are_counted(made):
    here, hidden = made
    done, _ = run(here, hidden)
    assert done.requests == len(here.cloud.calls)


@many
@given(worlds(faulty=True))
def test_deleted_is_only_said_of_what_is_gone(made):
    here, hidden = made
    done, _ = run(here, hidden)
    here.cloud.advance()
    alive = here.cloud.observed()
    gone = {ref for ref, r in done.results.items() if r.outcome in {Outcome.DELETED, Outcome.ABSENT}}
    assert [str(ref) for ref in gone if ref in alive] == []


def told(here: Stage) -> str:
    return "\n".join(f"{e.at - 1000:.2f} {e.what} {e.ref} {e.text}" for e in here.events)
