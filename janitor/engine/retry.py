"""How long to wait before asking again. Pure: the caller brings the clock and the dice.

Decides delays, and when trouble has lasted too long; what may be asked again is the executor's matter.
"""

from __future__ import annotations

from random import Random

from janitor.engine.protocols import Answer, Policy

GROWTH = 1.25  # a wait is noticed late by at most a quarter of its length
LARGEST_SHARE = 0.5


def pause(policy: Policy, tried: int, *, answer: Answer | None, dice: Random) -> float:
    """Full jitter below an exponentially growing bound; never sooner than the service asked for."""
    bound = min(policy.backoff_max, policy.backoff * 2.0 ** min(tried, 30))
    jittered = dice.uniform(0.0, bound)
    asked = answer.retry_after if answer is not None and answer.retry_after is not None else 0.0
    return max(asked, jittered)


def is_over(policy: Policy, since: float, *, now: float) -> bool:
    """Whether trouble that began then has had its share of the run, however often was asked in it."""
    return now - since > share(policy.trouble, left=policy.deadline - since)


def calmer(policy: Policy, interval: float) -> float:
    """The next interval between two listings when nothing changed."""
    return min(policy.poll_max, interval * GROWTH)


def share(timeout: float, *, left: float) -> float:
    """How long one step may wait: its kind's own patience, and never more than half of what the run has left."""
    return min(timeout, max(0.0, left) * LARGEST_SHARE)
