"""Faults: backed off from, asked again after a reading, bounded; unseen is never empty; bugs do not end the run."""

from __future__ import annotations

import pytest
from engine.memory_cloud import Faults
from engine.staging import kubespray, left, outcomes, ref, stage

from janitor.core.model import Outcome
from janitor.engine.protocols import Answer, Policy, Reply

BUSY = Answer(Reply.THROTTLED, 429, "tooMany", retry_after=3.0)
DENIED = (Answer(Reply.DENIED, 401, "Unauthorized"),)


@pytest.mark.parametrize("seed", range(20))
def test_a_fifth_of_all_answers_may_fail(seed):
    here = stage(seed, faults=Faults(share=0.2, lost=0.1, seed=seed))
    kubespray(here)
    assert left(here.run()) == {}
    assert here.cloud.left() == []


def test_a_delete_whose_answer_was_lost_is_read_before_it_is_sent_again():
    here = stage(faults=Faults(lost=1.0))
    key = here.make("keypair", "k")
    done = here.run()
    result = done.results[ref("keypair", key)]
    assert result.outcome is Outcome.DELETED
    assert "lost" in result.reason
    assert here.deletes() == [key]


def test_retry_after_is_honoured():
    slow = Answer(Reply.THROTTLED, 429, "tooMany", retry_after=30.0)
    here = stage(faults=Faults(share=1.0, until=1000.1, answers=(slow,)))
    here.make("keypair", "k")
    assert left(here.run()) == {}
    assert here.crew.clock >= 1030.0


def test_a_service_that_throttles_is_asked_for_less_and_it_is_said():
    here = stage(faults=Faults(share=0.6, until=1004.0))
    for n in range(40):
        here.make("security_group", f"g{n}")
    assert left(here.run()) == {}
    said = [event.text for event in here.events if event.what == "slower"]
    assert said
    assert "at most 3 at once" in said[0]


def test_a_service_that_takes_ever_longer_is_asked_for_less_and_it_is_said(monkeypatch):
    """Before it refuses anything."""
    here = stage()
    for n in range(40):
        here.make("security_group", f"g{n}")
    read, quick = here.cloud.read, iter([0.2] * 10)

    def slowly(ref):
        here.crew.hang(next(quick, 12.0))
        return read(ref)

    monkeypatch.setattr(here.cloud, "read", slowly)
    assert left(here.run()) == {}
    said = [event.text for event in here.events if event.what == "slower"]
    assert "network takes 12 s for an answer: at most 3 at once" in said[0]


def test_a_service_that_always_takes_its_time_is_asked_as_before(monkeypatch):
    here = stage()
    for n in range(20):
        here.make("security_group", f"g{n}")
    read = here.cloud.read
    monkeypatch.setattr(here.cloud, "read", lambda ref: (here.crew.hang(12.0), read(ref))[1])
    assert left(here.run()) == {}
    assert [event for event in here.events if event.what == "slower"] == []


def test_a_service_that_is_down_for_half_a_minute_loses_nothing():
    here = stage(faults=Faults(services=frozenset({"network"}), until=1030.0))
    kubespray(here)
    assert left(here.run()) == {}


def test_a_service_that_is_down_for_the_whole_run_is_unseen_and_the_rest_goes():
    here = stage(faults=Faults(services=frozenset({"block-storage"})))
    volume, key = here.make("volume", "v"), here.make("keypair", "k")
    done = here.run()
    assert outcomes(done) == {f"volume {volume}": Outcome.UNVERIFIED, f"keypair {key}": Outcome.DELETED}
    assert [kind for _, kind in done.unseen] == ["volume"]
    assert here.crew.clock < 1360.0


def test_a_listing_that_never_answers_leaves_accepted_unproved():
    here = stage()
    server = here.make("server", "s")
    listing = here.cloud.listing

    def broken(scope, kind):
        here.cloud.faults.share = 1.0
        try:
            return listing(scope, kind)
        finally:
            here.cloud.faults.share = 0.0

    here.cloud.times.never.add(server)
    here.cloud.listing = broken  # type: ignore[method-assign]
    done = here.run()
    assert outcomes(done) == {f"server {server}": Outcome.UNVERIFIED}
    assert "listing" in done.results[ref("server", server)].reason


def test_a_401_makes_the_kind_unseen():
    here = stage(faults=Faults(share=1.0, answers=DENIED))
    key = here.make("keypair", "k")
    done = here.run()
    assert outcomes(done) == {f"keypair {key}": Outcome.UNVERIFIED}
    assert "401" in next(iter(done.unseen.values()))
    assert len(here.cloud.calls) == 1


def test_a_403_fails_the_step_with_the_services_word():
    here = stage()
    image = here.make("image", "i")
    here.cloud.ask = lambda *_: Answer(Reply.DENIED, 403, "Forbidden")  # type: ignore[method-assign]
    done = here.run()
    result = done.results[ref("image", image)]
    assert result.outcome is Outcome.FAILED
    assert "403 Forbidden" in result.reason


@pytest.mark.parametrize("answer", [BUSY, Answer(Reply.BROKEN, 500), Answer(Reply.BROKEN, text="refused")])
def test_a_service_in_trouble_is_asked_again_for_as_long_as_the_steps_share_lasts(answer):
    """Half of the three minutes is its share; twelve answers in a row are no reason to leave it."""
    here = stage(faults=Faults(share=1.0, until=1060.0, answers=(answer,)))
    here.make("keypair", "k")
    assert left(here.run(policy=Policy(deadline=1180.0))) == {}
    assert 1060.0 <= here.crew.clock < 1085.0


def test_one_object_that_is_never_answered_costs_its_share_and_no_more():
    """Its service answers all the others: what is wrong is said of this object alone, and well before the deadline."""
    here = stage()
    bad, others = here.make("keypair", "bad"), [here.make("keypair", f"k{n}") for n in range(5)]
    ask = here.cloud.ask
    here.cloud.ask = lambda ref, seen: Answer(Reply.BROKEN, 500) if ref.id == bad else ask(ref, seen)  # type: ignore[method-assign]
    done = here.run(policy=Policy(deadline=1180.0))
    assert left(done) == {f"keypair {bad}": Outcome.FAILED}
    assert 1080.0 < here.crew.clock < 1180.0
    assert {other for other in here.deletes() if other != bad} == set(others)


def test_a_service_that_is_silent_costs_one_share_however_many_wait_for_it():
    """The later ones need not wait for what the first ones have waited for already."""
    here = stage(faults=Faults(services=frozenset({"network"})))
    kubespray(here)
    done = here.run(policy=Policy(deadline=1000.0 + 3300.0))
    assert {kind for _, kind in done.unseen} >= {"floating_ip", "port"}
    assert here.crew.clock < 1000.0 + Policy().trouble + 60.0


def test_who_is_to_come_back_after_the_deadline_is_not_waited_for():
    here = stage(faults=Faults(share=1.0, answers=(Answer(Reply.THROTTLED, 429, retry_after=600.0),)))
    key = here.make("keypair", "k")
    done = here.run(policy=Policy(deadline=1180.0))
    assert left(done) == {f"keypair {key}": Outcome.UNVERIFIED}
    assert here.crew.clock < 1030.0


def test_a_bug_in_one_call_fails_one_step():
    here = stage()
    one, two = here.make("keypair", "one"), here.make("keypair", "two")
    read = here.cloud.read

    def odd(ref):
        if ref.id == one:
            raise ValueError("what?")
        return read(ref)

    here.cloud.read = odd  # type: ignore[method-assign]
    done = here.run()
    assert outcomes(done) == {"keypair one": Outcome.UNVERIFIED, f"keypair {two}": Outcome.DELETED}
    assert "ValueError" in done.results[ref("keypair", one)].reason


def test_a_kind_that_answers_again_is_no_longer_unseen():
    here = stage(faults=Faults(services=frozenset({"compute"}), until=1008.0))
    here.make("keypair", "k")
    done = here.run(policy=Policy(trouble=4.0))
    assert left(done) == {}
    assert done.unseen == {}
