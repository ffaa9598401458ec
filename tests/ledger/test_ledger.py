"""Nothing foreign, ever: small random clouds, every way of knowing a run, and a ledger that asks nobody's judgement.

More of them, and larger ones: `ci/soak clouds`; a failing seed is played again by `ci/soak clouds --seed N --count 1`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from ledger import deaths, troubles
from ledger.ledger import Whose
from ledger.play import ground, play, run, staged
from ledger.site import Site, build
from ledger.virtual import Hands
from thorough import FACTOR

from janitor.workflows import remaining

SMALL = 50


@pytest.mark.parametrize("seed", range(max(30, round(30 * FACTOR))))
def test_nothing_foreign_goes_and_nothing_of_the_run_is_proved_away(seed: int) -> None:
    played = play(seed, size=SMALL)
    assert played["violations"] == [], f"ci/soak clouds --seed {seed} --count 1 --size {SMALL}"


def test_a_round_is_its_seed() -> None:
    one, two = play(7, size=SMALL), play(7, size=SMALL)
    assert {**one, "seconds": 0} == {**two, "seconds": 0}


@pytest.mark.parametrize("seed", range(max(3, round(3 * FACTOR))))
def test_the_run_after_a_killed_one_ends_with_0(seed: int) -> None:
    assert deaths.play(seed, size=SMALL)["violations"] == [], f"ci/soak deaths --seed {seed} --count 1 --size {SMALL}"


@pytest.mark.parametrize("seed", [2, 4, 6, 14])
def test_a_clock_that_jumps_by_hours_does_no_harm(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall's clock is set while janitor runs, and between a death and the next run: what waits has another one."""
    jumps, wall = Random(seed), Hands.wall  # noqa: S311 - seeded
    monkeypatch.setattr(Hands, "wall", lambda hands: wall(hands) + jumps.choice((-7200.0, 0.0, 0.0, 7200.0)))
    assert deaths.play(seed, size=SMALL)["violations"] == []


@pytest.mark.parametrize("trouble", ["of every sort", "hung", "lost replies", "network is down"])
def test_in_trouble_all_goes_that_can_go_and_in_time(trouble: str) -> None:
    seed = troubles.KINDS_OF_TROUBLE.index(trouble)
    assert troubles.play(seed, size=SMALL)["violations"] == [], (
        f"ci/soak troubles --seed {seed} --count 1 --size {SMALL}"
    )


def test_what_was_held_by_something_that_went_along_with_another_one_goes_after_all() -> None:
    """The rule that names the address group stays with its own group at first, and goes with the one that it names."""
    assert troubles.play(930)["violations"] == []


def test_a_link_that_somebody_writes_back_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two updates in one moment Neutron lets the later one write what it had read: a route is there again."""
    with ground() as folder:
        here = staged(107, folder, way="state", calm=True, mixing=0.4, whole=True, size=60)
        ours = {line.key[2] for line in here.site.ledger.of(Whose.RUN) if line.key[1] == "router_route"}
        routers = here.site.clouds["RegionOne"].bodies["router"].values()
        (borrowed,) = (one for one in routers for r in one["routes"] if _route_id(one, r) in ours)
        taken = [deepcopy(route) for route in borrowed["routes"] if _route_id(borrowed, route) in ours]
        through = remaining.through

        def through_and_back(*given: Any, **more: Any) -> None:
            through(*given, **more)
            while taken:
                borrowed["routes"].append(taken.pop())

        monkeypatch.setattr(remaining, "through", through_and_back)
        assert run(here).exit_code == 0, here.report
        assert taken == []
        assert here.site.ledger.violations(0) == []


def _route_id(router: Mapping[str, Any], route: Mapping[str, str]) -> str:
    return f"{router['id']}-route-{route['destination']}-{route['nexthop']}"


class TestTheLedger:
    """It must see what it is there for."""

    def site(self) -> Site:
        return build(Site(3, SMALL, mixing=0.1))

    def test_a_deletion_of_what_is_others(self) -> None:
        site = self.site()
        lost = next(line for line in site.ledger.of(Whose.OTHERS) if line.body is not None)
        site.clouds["RegionOne"].remove(lost.key[1], lost.key[2])
        assert site.ledger.violations(1) == [f"deleted, and somebody else's: {lost}"]

    def test_another_object_under_the_same_id(self) -> None:
        site = self.site()
        lost = next(line for line in site.ledger.of(Whose.OTHERS) if line.body is not None)
        site.clouds["RegionOne"].bodies[lost.key[1]][lost.key[2]] = dict(lost.body or {})
        assert site.ledger.violations(1) == [f"deleted, and somebody else's: {lost}"]

    def test_a_change_of_what_is_others(self) -> None:
        site = self.site()
        group = next(line for line in site.ledger.of(Whose.OTHERS) if line.key[1] == "security_group" and line.body)
        assert group.body is not None
        group.body["description"] = "edited"
        assert [text.split(":")[0] for text in site.ledger.violations(1)] == ["changed, and somebody else's"]

    def test_the_end_of_what_the_run_has_hung_on_it_is_none(self) -> None:
        site = self.site()
        owner = site.lots[0].owners[1]
        router = owner.any("router") or owner.make("router")
        site.ledger.remember()
        site.lots[0].owners[0].make("router_route", router=router)
        assert site.ledger.violations(1) == []
        owner.cloud.bodies["router"][router]["routes"].clear()
        assert site.ledger.violations(1) == []

    def test_what_is_left_of_the_run_is_no_proof(self) -> None:
        with ground() as folder:
            here = staged(3, folder, size=SMALL, way="state")
            assert [text for text in here.site.ledger.violations(1) if text.startswith("proved")] == []
            assert [text for text in here.site.ledger.violations(0) if text.startswith("proved")]
