"""The real hands: tasks run beside each other, errors are handed over, the clock is honoured, nobody is waited for."""

from __future__ import annotations

import threading
import time

from builders import HOME
from engine.memory_cloud import MemoryCloud, Times
from engine.staging import kubespray, stage

from janitor.core.model import Outcome
from janitor.engine.crew import ThreadCrew
from janitor.engine.executor import run
from janitor.engine.protocols import Policy

SOON = 5.0


def test_tasks_run_beside_each_other():
    crew, meeting = ThreadCrew(3), threading.Barrier(3, timeout=SOON)
    for key in range(3):
        crew.start(key, meeting.wait)
    done = [crew.next(crew.now() + SOON) for _ in range(3)]
    assert sorted(d.key for d in done if d) == [0, 1, 2]
    assert {d.error for d in done if d} == {None}
    crew.dismiss()


def test_an_error_is_handed_over():
    crew = ThreadCrew(1)
    crew.start("key", lambda: 1 // 0)
    done = crew.next(crew.now() + SOON)
    assert done is not None
    assert isinstance(done.error, ZeroDivisionError)
    crew.dismiss()


def test_nothing_in_time_is_none():
    crew = ThreadCrew(1)
    begin = crew.now()
    assert crew.next(begin + 0.05) is None
    assert 0.04 < crew.now() - begin < SOON
    assert crew.next(begin) is None


def test_a_hand_is_used_again():
    crew = ThreadCrew(2)
    names = set()
    for _ in range(5):
        crew.start("key", threading.current_thread)
        done = crew.next(crew.now() + SOON)
        assert done is not None
        names.add(done.value.name)
    assert len(names) == 1
    crew.dismiss()


def test_more_tasks_than_hands_all_get_done():
    crew = ThreadCrew(2)
    for key in range(20):
        crew.start(key, lambda: time.sleep(0.001))
    assert {crew.next(crew.now() + SOON).key for _ in range(20)} == set(range(20))
    crew.dismiss()


def test_a_stack_goes_with_real_threads():
    here = stage()
    crew = ThreadCrew(8)
    here.cloud = MemoryCloud(crew.now, times=Times(server=0.05, load_balancer=0.05, volume=0.05))
    kubespray(here)
    plan, lock = here.plan(), threading.Lock()
    for name in ("read", "delete", "listing", "holders"):
        setattr(here.cloud, name, _one_at_a_time(getattr(here.cloud, name), lock))
    done = run(
        plan,
        here.cloud,
        crew,
        here.judge,
        policy=Policy(poll=0.02),
        emit=here.events.append,
        record=here.records.append,
        stop=lambda: False,
    )
    crew.dismiss()
    assert {result.outcome for result in done.results.values()} == {Outcome.DELETED}
    assert here.cloud.left() == []
    assert {scope for scope, _ in done.unseen} <= {HOME}


def _one_at_a_time(call, lock):
    def guarded(*args):
        with lock:
            return call(*args)

    return guarded
