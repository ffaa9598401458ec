"""Delays and limits: bounded, jittered, never sooner than the service asked for."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from janitor.engine.limits import LEAST, limit
from janitor.engine.protocols import Answer, Policy, Reply
from janitor.engine.retry import calmer, pause, share

POLICY = Policy()


def dice(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - jitter, not a secret


@given(st.integers(0, 10_000), st.integers())
def test_a_pause_is_bounded(tried, seed):
    assert 0.0 <= pause(POLICY, tried, answer=None, dice=dice(seed)) <= POLICY.backoff_max


@given(st.integers(0, 50), st.floats(0, 600), st.integers())
def test_a_pause_is_never_shorter_than_asked_for(tried, asked, seed):
    answer = Answer(Reply.THROTTLED, 429, retry_after=asked)
    assert pause(POLICY, tried, answer=answer, dice=dice(seed)) >= asked


def test_the_bound_of_a_pause_grows():
    def longest(tried: int) -> float:
        return max(pause(POLICY, tried, answer=None, dice=dice(seed)) for seed in range(200))

    assert longest(0) < longest(2) < longest(4)


def test_an_interval_grows_to_its_bound():
    interval = POLICY.poll
    for _ in range(50):
        assert calmer(POLICY, interval) >= interval
        interval = calmer(POLICY, interval)
    assert interval == POLICY.poll_max


def test_no_step_gets_more_than_half_of_what_is_left():
    assert share(300.0, left=float("inf")) == 300.0
    assert share(300.0, left=100.0) == 50.0
    assert share(300.0, left=-1.0) == 0.0


def test_a_limit_halves_once_for_refusals_that_come_together_and_never_below_one():
    one = limit(8)
    assert one.halve(0.0)
    assert not one.halve(0.5)
    assert one.allowed == 4.0
    for now in range(2, 20, 2):
        one.halve(float(now))
    assert one.allowed == LEAST
    assert one.free


def test_a_limit_recovers_slowly_and_not_beyond_its_begin():
    one = limit(4)
    one.halve(0.0)
    one.recover()
    assert 2.0 < one.allowed < 3.0
    for _ in range(100):
        one.recover()
    assert one.allowed == 4.0
