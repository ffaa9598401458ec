"""How a run ends early: nothing new is started, what is known is said, "accepted" is never called gone."""

from __future__ import annotations

from engine.memory_cloud import Times
from engine.staging import kubespray, left, outcomes, ref, stage

from janitor.core.model import Edge, EdgeSource, Outcome, Ref
from janitor.engine.protocols import Policy


def test_a_signal_starts_nothing_more_and_tells_how_far_it_came():
    here = stage(times=Times(server=60.0))
    network = here.make("network", "n")
    server = here.make("server", "s", ports=[here.make("port", "p", network=network)])
    done = here.run(stop=lambda: here.crew.clock > 1005.0)
    assert done.cut == "interrupted"
    assert here.crew.clock < 1009.0
    assert done.results[ref("server", server)].outcome is Outcome.FAILED
    assert done.results[ref("server", server)].reason == "accepted, not proved gone (interrupted)"
    assert done.results[ref("network", network)].outcome is Outcome.PLANNED
    assert done.results[ref("network", network)].reason == "interrupted before its turn"
    assert here.deletes() == [server]


def test_a_signal_before_the_first_request_sends_none():
    here = stage()
    kubespray(here)
    done = here.run(stop=lambda: True)
    assert here.cloud.calls == []
    assert set(outcomes(done).values()) == {Outcome.PLANNED}


def test_the_deadline_ends_the_run_too():
    here = stage(times=Times(server=500.0))
    for n in range(3):
        here.make("server", f"s{n}")
    done = here.run(policy=Policy(deadline=1000.2))
    assert done.cut == "deadline"
    assert here.crew.clock < 1004.0
    assert {r.reason for r in done.results.values()} == {"accepted, not proved gone (deadline)"}


def test_a_second_run_finishes_what_the_first_began():
    here = stage(times=Times(server=3.0))
    kubespray(here)
    here.run(stop=lambda: here.crew.clock > 1001.0)
    assert here.cloud.left() != []
    done = here.run()
    assert here.cloud.left() == []
    assert set(outcomes(done).values()) <= {Outcome.DELETED, Outcome.ABSENT}


def test_what_waits_for_a_second_chance_waits_for_no_mere_preference_behind_it():
    """`waiting` goes once `late` has gone, which a stranger's port holds at first; the state's order holds nothing."""
    here = stage()
    late, never, waiting = here.make("network", "late"), here.make("network", "never"), here.make("keypair", "waiting")
    passing = here.foreigner("port", "p", network=late)
    here.foreigner("port", "q", network=never)
    tried: list[str] = []

    def look(asked: Ref) -> None:
        tried.append(asked.id)
        if tried.count(late) == 2:
            here.cloud.remove("port", passing)

    here.cloud.before_delete.append(look)
    key = ref("keypair", waiting)
    edges = [
        Edge(ref("network", late), key, EdgeSource.OBSERVED),
        Edge(ref("network", never), key, EdgeSource.STATE),
    ]
    assert left(here.run(edges=edges)) == {f"network {never}": Outcome.BLOCKED}


def test_an_empty_plan_asks_nothing():
    here = stage()
    done = here.run(stop=lambda: True)
    assert (done.results, done.cut, here.cloud.calls) == ({}, "", [])


def test_times_are_told_from_the_begin():
    here = stage(times=Times(server=10.0))
    server = here.make("server", "s")
    result = here.run().results[ref("server", server)]
    assert result.started < 1.0
    assert 10.0 < result.seconds < 14.0
    assert result.requests == 3  # read, deleted, and read again: the first one answers for all servers
