"""Looking at a cloud in trouble, on the virtual clock: how long a listing is asked for again, and when not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.memory_cloud import Faults, MemoryCloud, Times
from ledger import troubles
from ledger.live import MemoryLive, connect
from ledger.play import SETTLED, ground, run, staged
from ledger.virtual import Hands, living

from janitor.cloud.wire import Response, classify

NETWORK = ("network", "subnet", "port", "router", "floating_ip", "security_group", "trunk")
BUSY = classify(Response(429, {"x-openstack-request-id": "req-1", "retry-after": "2"}))


def looked(faults: Faults, *, limit: float | None, kinds: tuple[str, ...] = NETWORK) -> tuple[set[str], float]:
    """What a scan leaves unseen, and its seconds; `limit`: the run's."""
    hands = Hands()
    live = MemoryLive([connect(None)], {"RegionOne": MemoryCloud(hands.now, faults=faults)}, hands, lambda: None)
    if limit is not None:
        live.end_by(hands.clock + limit)
    with living(hands):
        world = live.scan(kinds)
    return {kind for _, kind in world.unseen}, hands.clock - hands.begun


def test_a_scan_outlasts_a_service_that_is_down_for_half_a_minute() -> None:
    unseen, seconds = looked(Faults(services=frozenset({"network"}), until=1030.0), limit=3300.0)
    assert unseen == set()
    assert 30.0 <= seconds < 40.0


def test_a_listing_that_is_throttled_is_asked_for_again_however_often() -> None:
    """Each of 30 answers but the last few is 429."""
    unseen, _ = looked(Faults(share=0.85, seed=4, answers=(BUSY,)), limit=3300.0)
    assert unseen == set()


def test_a_service_that_is_silent_is_waited_for_once_and_not_for_each_of_its_kinds() -> None:
    unseen, seconds = looked(Faults(services=frozenset({"network"})), limit=3300.0)
    assert unseen == set(NETWORK)
    assert 45.0 <= seconds < 50.0


def test_a_short_run_waits_a_tenth_of_its_time() -> None:
    unseen, seconds = looked(Faults(services=frozenset({"network"})), limit=60.0)
    assert unseen == set(NETWORK)
    assert 6.0 <= seconds < 8.0


def test_a_run_that_has_time_left_looks_again_for_what_a_silent_service_hides() -> None:
    """The first look and the proof have given up long before it answers again."""
    with ground() as folder:
        here = staged(16, folder, size=50, way="state", calm=True, whole=True, timeout=120.0)
        here.settings = replace(here.settings, direct=True)
        for cloud in here.site.clouds.values():
            cloud.faults = Faults(services=frozenset({"network"}), until=here.site.hands.clock + 50.0)
        assert run(here).exit_code == 0
        here.site.hands.clock += SETTLED
        assert here.site.ledger.violations(0) == []


def test_no_round_begins_in_the_time_that_is_kept_for_the_proof() -> None:
    """Answers hang, and the proof finds something new seconds before the deadline."""
    assert troubles.play(422)["violations"] == []


@pytest.mark.parametrize(("timeouts", "code"), [({}, 1), ({"server": 1800.0}, 0)])
def test_what_the_configuration_says_may_take_long_is_waited_for(timeouts: dict[str, float], code: int) -> None:
    with ground() as folder:
        here = staged(22, folder, size=50, way="state", calm=True, whole=True)
        here.settings = replace(here.settings, direct=True)
        here.configuration = replace(here.configuration, timeouts=timeouts)
        for cloud in here.site.clouds.values():
            cloud.times = Times(server=1500.0)
        assert run(here).exit_code == code


def test_who_set_no_limit_is_answered_soon() -> None:
    unseen, seconds = looked(Faults(services=frozenset({"network"})), limit=None)
    assert unseen == set(NETWORK)
    assert seconds < 6.0
