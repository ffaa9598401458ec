"""Asked in the wrong order, and by a backend that takes its time: refusals are resolved, accepted is not gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import stock
from kinds.claims import PREFIX, Way, kind, parameters, stacks
from kinds.play import Play
from kinds.record import Witnessed

from ground.cloud import Project, gate
from janitor.cloud.live import LiveCloud
from janitor.core.case import Case, Claim, claims_by_ref, object_ids, state_claims
from janitor.core.graph import Graph
from janitor.core.model import Edge, EdgeSource, Evidence, Outcome, Ref
from janitor.core.plan import Action, Plan
from janitor.engine.crew import ThreadCrew
from janitor.engine.executor import Execution, run
from janitor.engine.protocols import Policy
from janitor.workflows.cleaning import Edges, judge_of, look

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

SHOWN_ALWAYS = frozenset({"network"})
SECONDS = 120.0
LONG_ENOUGH = 4.0

GATES = {
    "storage": ("cinder.delete_volume", "volume"),
    "compute": ("nova.destroy", "server"),
    "balancer": ("octavia.deallocate_vip", "balancer"),
    "shares": ("manila.delete_share", "flat"),
}
"""Stack → where its backend hangs, and the end of the name of what hangs there."""


def backwards(plan: Plan) -> Plan:
    """The plan as a state would have it that knows everything the wrong way round."""
    edges = (Edge(edge.dependency, edge.dependent, EdgeSource.CONFIG) for edge in plan.graph.listed())
    return replace(plan, graph=Graph.of(edges))


def carry_out(plan: Plan, cloud: LiveCloud, looked: object) -> Execution:
    crew = ThreadCrew(8)
    nothing: Callable[[object], None] = lambda _: None  # noqa: E731
    try:
        policy = Policy(deadline=crew.now() + SECONDS)
        return run(plan, cloud, crew, judge_of(looked), policy=policy, emit=nothing, record=nothing, stop=lambda: False)
    finally:
        crew.dismiss()


@pytest.mark.parametrize("stack", parameters(stacks(), ordinary=SHOWN_ALWAYS))
def test_what_is_asked_for_too_early_is_refused_and_resolved(
    enter: Callable[..., Play], project: Project, witnessed: Witnessed, stack: str
) -> None:
    """Every edge turned round: each parent is asked before its children, and what the cloud says is followed. What was
    shared goes with the next run, as it is nobody else's by then. A refusal counts for what the stack only needs, too.
    """
    play = enter(stack)
    before = play.look()
    play.apply()
    cloud = LiveCloud([stock.session(project)])
    (scope,) = cloud.scopes
    claims, _ = state_claims(play.resources.values(), dict.fromkeys(play.resources, scope))
    looked = look(Case(claims=claims_by_ref(claims)), Edges(), cloud.scan, cloud.lookup)
    plan = looked.plan
    of = {address: resource.type.removeprefix(PREFIX) for address, resource in play.resources.items()}
    there = {address: entry for address, name in of.items() if (entry := kind(name)) and entry.is_read}
    refs = {
        Ref(scope, entry.name, identifier): address
        for address, entry in there.items()
        for identifier in object_ids(play.resources[address])
    }
    about = play.made.keys()
    assert {r for r, at in refs.items() if at in about and not r.id.startswith("address:")} <= plan.steps.keys()
    held = {
        edge.dependency
        for edge in plan.graph.listed()
        if edge.source is EdgeSource.OBSERVED and plan.steps[edge.dependent].action is not Action.GOES_WITH
    }

    done = carry_out(backwards(plan), cloud, looked)
    assert {r.outcome for r in done.results.values()} <= {Outcome.DELETED, Outcome.ABSENT}, list(done.results.values())
    assert (rest := play.destroy("--expect-empty")).code == 0, rest.text
    assert play.look() == before
    refused = {edge.dependency for edge in done.graph.listed() if edge.source is EdgeSource.OBSERVED}
    shown = {address for ref, address in refs.items() if ref in refused}
    known = {of[address] for address in shown}
    others = {address for ref, address in refs.items() if ref in held and of[address] not in known}
    witnessed.demand(Way.ORDER, {address: of[address] for address in (shown | others) & about}, shown)
    witnessed.note(Way.ORDER, {address: of[address] for address in shown - about}, shown)
    assert witnessed.wrong == []


@pytest.mark.thorough
def test_groups_leave_one_port_one_after_the_other_and_none_comes_back(project: Project) -> None:
    """Each writes the whole list, and Neutron's compare-and-set lets two through at once now and then."""
    cloud, conn = LiveCloud([stock.session(project)]), stock.connection(project)
    groups = [conn.network.create_security_group(name=f"{project.name}-{n}").id for n in range(4)]
    port = conn.network.update_port(stock.port(conn, project.name), security_groups=groups)
    refs = [Ref(cloud.scopes[0], "port_security_group", f"{port.id}/{group}") for group in groups]
    claims = claims_by_ref(Claim(ref, Evidence.STATE) for ref in refs)
    looked = look(Case(claims=claims), Edges(), cloud.scan, cloud.lookup)
    assert looked.plan.steps.keys() == set(refs)
    done = carry_out(looked.plan, cloud, looked)
    assert {ref: result.outcome for ref, result in done.results.items()} == dict.fromkeys(refs, Outcome.DELETED)
    assert conn.network.get_port(port).security_group_ids == []


@pytest.mark.parametrize("stack", parameters(GATES, ordinary={"storage"}))
def test_what_was_accepted_is_waited_for(enter: Callable[..., Play], project: Project, stack: str) -> None:
    """The backend says yes and takes its time: nothing is told before it is gone."""
    place, ending = GATES[stack]
    play = enter(stack)
    before = play.look()
    play.apply()
    with gate(place, match=f"^{project.name}-{ending}$", action="hang") as hanging:
        janitor = play.stage.start("destroy", "-y", "--direct")
        assert hanging.reached(timeout=60)
        time.sleep(LONG_ENOUGH)
        assert janitor.process.poll() is None, "it said something while the object was there"
        assert f"{project.name}-{ending}" in {seen.name for seen in play.look().values()}
    ended = janitor.end()
    assert ended.code == 0, ended.text
    assert play.look() == before
