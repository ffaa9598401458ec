"""Neutron's extensions and L7 policies in any order: every refusal is followed to who stands behind it."""

from __future__ import annotations

import pytest
from conformance import resolved
from conformance_network import FIREWALL, FORWARDED, POOLED_SUBNET, SENT_AWAY, SITE
from engine.staging import Stage, left, ref, stage

from janitor.core.model import Outcome

STACKS = {"site": SITE, "firewall": FIREWALL, "forwarding": FORWARDED, "prefixes": POOLED_SUBNET, "l7": SENT_AWAY}


def built(name: str) -> tuple[Stage, dict[str, str]]:
    here, ids = stage(), {}
    for made in STACKS[name]:
        ids[made.name] = here.make(made.kind, made.name, **resolved(made.values, ids))
    return here, ids


@pytest.mark.parametrize("name", STACKS)
def test_along_the_edges_everything_goes_and_nothing_is_refused(name: str):
    here, _ = built(name)
    assert left(here.run()) == {}
    assert here.cloud.left() == []
    refusals = [c for c in here.cloud.calls if c.op == "delete" and c.answer.status in {400, 409}]
    assert [c for c in refusals if c.answer.code != "Client"] == []  # a load balancer in an update is waited for


@pytest.mark.parametrize("name", STACKS)
def test_without_an_edge_the_refusals_teach_the_order(name: str):
    here, _ = built(name)
    plan = here.plan()
    done = here.run(type(plan)(plan.steps))
    assert left(done) == {}
    assert here.cloud.left() == []


@pytest.mark.parametrize(
    ("name", "foreign", "held"),
    [("site", "site", ("vpn", "ike", "ipsec", "here", "there")), ("firewall", "guard", ("policy", "rule"))],
)
def test_what_a_foreign_one_uses_stays_and_names_it(name: str, foreign: str, held: tuple[str, ...]):
    here, ids = built(name)
    here.foreign.add(ids[foreign])
    done = here.run()
    kinds = {made.name: made.kind for made in STACKS[name]}
    results = {one: done.results[ref(kinds[one], ids[one])] for one in held}
    assert {one: result.outcome for one, result in results.items()} == dict.fromkeys(held, Outcome.BLOCKED)
    assert ids[foreign] in {holder.id for holder in results[held[0]].holders}
    assert here.deletes(kinds[foreign]) == []
