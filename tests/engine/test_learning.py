"""What is learnt while it runs takes effect at once, not when nothing else moves any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import HOME
from engine.instant import InstantCrew
from engine.memory_cloud import Times
from engine.staging import Stage, left, ref, stage

from janitor.core.graph import Graph
from janitor.core.model import Edge, EdgeSource, Holder, Observed, Outcome, Ref
from janitor.core.plan import Action, Plan, Step
from janitor.engine.attempt import Listed
from janitor.engine.board import Board, lay_out
from janitor.engine.protocols import Answer, Policy, Reply
from janitor.engine.steps import Phase
from janitor.engine.waits import Finding, Watches, join, read_round

LATE = 1060.0  # a slow server keeps the run from coming to rest before that


@pytest.fixture
def here() -> Stage:
    made = stage(times=Times(server=LATE - 1000.0))
    made.make("server", "slow")
    return made


def gone_at(here: Stage, what: Ref) -> float:
    return next(e.at for e in here.events if e.what == "gone" and e.ref == what)


def test_a_kinds_order_is_free_as_soon_as_a_chain_ends_in_something_stuck(here: Stage):
    stuck = ref("volume", here.make("volume", "v", status="error_deleting"))
    held, free = (ref("keypair", here.make("keypair", name)) for name in ("held", "free"))
    edges = [Edge(stuck, held, EdgeSource.OBSERVED), Edge(held, free, EdgeSource.KIND)]
    done = here.run(edges=edges)
    assert done.results[held].outcome is Outcome.BLOCKED
    assert gone_at(here, free) < LATE


def test_what_would_go_along_goes_by_itself_when_it_holds_its_own_carrier(here: Stage):
    router = here.make("router", "r")
    subnet = here.make("subnet", "s", network=here.make("network", "n"))
    joint = here.make("router_interface", "", router=router, subnet=subnet)
    route = ref("router_route", here.make("router_route", "", router=router))
    plan = here.plan()
    carried = replace(plan.steps[route], action=Action.GOES_WITH, carrier=ref("router", router), writer=None)
    edges = [e for e in plan.graph.listed() if route not in {e.dependent, e.dependency}]
    done = here.run(Plan({**plan.steps, route: carried}, Graph.of(edges)))
    assert left(done) == {}
    assert gone_at(here, ref("router_interface", joint)) < LATE


def test_a_wrong_order_of_the_state_gives_way_to_what_the_cloud_says(here: Stage):
    group = ref("security_group", here.make("security_group", "g"))
    port = ref("port", here.make("port", "p", network=here.make("network", "n"), groups=[group.id]))
    plan = here.plan()
    edges = [e for e in plan.graph.listed() if {e.dependent, e.dependency} != {group, port}]
    wrong = Edge(group, port, EdgeSource.STATE)
    done = here.run(Plan(plan.steps, Graph.of([*edges, wrong])))
    assert left(done) == {}
    assert gone_at(here, group) < LATE


def test_a_circle_that_is_learnt_is_blocked_as_a_set_and_named(here: Stage):
    one, two = here.make("keypair", "one"), here.make("keypair", "two")
    other = {one: two, two: one}

    def refuse(asked: Ref, _: Observed) -> Answer:
        return Answer(Reply.REFUSED, 409, "InUse") if asked.kind == "keypair" else Answer(Reply.ACCEPTED, 204)

    def hold(observed: Observed, _: Answer) -> Sequence[Holder]:
        return [Holder("keypair", other[observed.ref.id])]

    here.cloud.ask, here.cloud.holders = refuse, hold  # type: ignore[method-assign]
    here.cloud.remove("server", next(iter(here.cloud.bodies["server"])))
    done = here.run()
    for name in (one, two):
        result = done.results[ref("keypair", name)]
        assert result.outcome is Outcome.BLOCKED
        assert "circle" in result.reason
        assert [h.id for h in result.holders] == [other[name]]


def waiting(here: Stage) -> tuple[Board, Watches, Ref]:
    """A server whose delete was accepted at 1010."""
    crew = InstantCrew(begin=1010.0)
    board = Board(crew, here.judge, Policy(), here.events.append, here.records.append, 1000.0)
    (observed,) = here.cloud.observed().values()
    lay_out(board, Plan({observed.ref: Step(observed.ref, Action.DELETE, observed)}))
    one, watches = board.steps[observed.ref], Watches()
    one.note(observed)
    one.answered_at = crew.now()
    join(watches, board, one=one, phase=Phase.ACCEPTED)
    return board, watches, observed.ref


def test_a_listing_that_began_before_our_request_was_answered_says_nothing(here: Stage):
    board, watches, server = waiting(here)
    watch = watches[HOME, "server"]
    stale = Listed(began=1009.9, took=0.2, objects=())
    assert read_round(watch, board, listed=stale) == []
    assert watch.waiting == {server}
    assert board.steps[server].unchanged == 0


def test_a_listing_that_began_afterwards_is_believed(here: Stage):
    board, watches, server = waiting(here)
    fresh = Listed(began=1010.1, took=0.2, objects=())
    findings = read_round(watches[HOME, "server"], board, listed=fresh)
    assert findings == [(board.steps[server], Finding.GONE)]
