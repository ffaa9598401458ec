"""Needs against quotas: unknown is not zero, and no limit is enough for everything."""

from __future__ import annotations

import pytest
from asking import asks
from hypothesis import given
from hypothesis import strategies as st
from thorough import examples

from janitor.core.capacity import Allowance, Pool, pool_findings, quota_findings, subnet_findings
from janitor.core.fitness import Finding, Fit, Fitness, Topic
from janitor.core.needs import Need

amounts = st.integers(0, 500)
told = st.none() | amounts
allowances = st.builds(Allowance, st.none() | st.integers(-1, 500), told)
needed = st.builds(
    Need, st.just("compute"), st.just("instances"), amounts, st.just({"server": 1}), st.sampled_from([(), ("s",)])
)


def judged(need: Need, allowance: Allowance | None, **more: object) -> Finding:
    quotas = {} if allowance is None else {(need.service, need.key): allowance}
    (found,) = quota_findings([need], quotas, {}, more)  # type: ignore[arg-type]
    return found


def cores(amount: int, *unknown: str) -> Need:
    return Need("compute", "cores", amount, {"server": amount}, unknown)


@given(allowances)
@examples(200)
def test_what_is_free_is_never_negative_and_never_guessed(allowance: Allowance):
    free = allowance.free
    assert free is None or free >= 0
    if allowance.limit is None or allowance.used is None or allowance.limit < 0:
        assert free is None


@given(needed, allowances)
@examples(400)
def test_an_answer_follows_from_what_is_known_alone(need: Need, allowance: Allowance):
    found = judged(need, allowance)
    if allowance.limit == -1:
        assert found.fit is Fit.FIT
    elif found.fit is Fit.FIT:
        assert allowance.free is not None
        assert not need.unknown
        assert need.amount <= allowance.free
    elif found.fit is Fit.NOT_FIT:
        assert allowance.limit is not None
        assert need.amount + (allowance.used or 0) > allowance.limit
        assert found.remedy


@given(amounts, amounts, amounts)
@examples(200)
def test_one_more_than_is_free_is_one_too_many(limit: int, used: int, spare: int):
    allowance = Allowance(limit + used, used)
    assert judged(cores(limit), allowance).fit is Fit.FIT
    assert judged(cores(limit + 1 + spare), allowance).fit is Fit.NOT_FIT


def test_a_quota_that_nobody_tells_is_unknown():
    assert judged(cores(1), None).fit is Fit.UNKNOWN
    assert judged(cores(1), Allowance(10, None)).fit is Fit.UNKNOWN
    assert judged(cores(1), Allowance(None, 3)).fit is Fit.UNKNOWN


def test_a_limit_that_a_service_does_not_have_makes_no_exit_code():
    (found,) = quota_findings([cores(1)], {("compute", "instances"): Allowance(10, 0)}, {}, {})
    assert (found.fit, found.counts) == (Fit.UNKNOWN, False)
    assert judged(cores(1), None).counts, "one that tells none at all may have it"


def test_just_enough_ports_are_not_certain_where_dhcp_may_take_one():
    ports, key = Need("network", "port", 3, {"port": 3}), ("network", "port")

    def found(limit: int) -> Finding:
        return next(quota_findings([ports], {key: Allowance(limit, 1)}, {}, {}, besides={key: 1}))

    assert (found(4).fit, found(4).counts) == (Fit.UNKNOWN, False)
    assert (found(5).fit, found(3).fit) == (Fit.FIT, Fit.NOT_FIT)


def test_more_than_the_whole_limit_is_too_much_whatever_is_used():
    assert judged(cores(11), Allowance(10, None)).fit is Fit.NOT_FIT


def test_an_unknown_share_is_an_open_end_unless_the_rest_is_too_much():
    assert judged(cores(2, "s"), Allowance(10, 0)).fit is Fit.UNKNOWN
    assert judged(cores(11, "s"), Allowance(10, 0)).fit is Fit.NOT_FIT
    assert judged(cores(2, "s"), Allowance(-1, 0)).fit is Fit.FIT


def test_leftovers_that_hold_it_are_named_first():
    found = judged(cores(4), Allowance(4, 2), server=2)
    assert (
        found.remedy
        == "remove the leftovers (2 servers) first; else free 2 of them, or ask an administrator for a limit of 6"
    )


@pytest.mark.parametrize(
    ("used", "remedy"),
    [(1, "ask an administrator for a limit of 3"), (2, "free 2 of them, or ask an administrator for a limit of 4")],
)
def test_nobody_is_told_to_free_more_than_is_in_use(used: int, remedy: str):
    assert judged(cores(2), Allowance(used, used)).remedy == remedy


def test_a_project_that_was_never_used_gets_the_default_group_too():
    need = Need("network", "security_group", 1, {"security_group": 1})
    assert judged(need, Allowance(1, 0)).fit is Fit.NOT_FIT
    assert judged(need, Allowance(2, 1)).fit is Fit.FIT


def test_free_addresses_are_those_of_floating_ips_and_gateways():
    wanted = [asks("floating_ip", pool="public"), asks("router", external_network_id="id")]
    assert [f.fit for f in pool_findings(wanted, [Pool("id", "public", 2)])] == [Fit.FIT]
    (short,) = pool_findings(wanted, [Pool("id", "public", 1)])
    assert (short.fit, short.needed, short.free) == (Fit.NOT_FIT, 2, 1)


def test_addresses_that_only_an_operator_may_count_make_no_exit_code():
    (found,) = pool_findings([asks("floating_ip", pool="public")], [Pool("id", "public")])
    assert (found.fit, found.counts) == (Fit.UNKNOWN, False)
    assert Fitness("w", (), 0, 1, (found,)).exit_code == 0


def test_a_subnet_has_no_room_for_network_broadcast_and_gateway():
    subnet = asks("subnet", "subnet", cidr="10.0.0.0/29")
    ports = [asks("port", refers={"fixed_ip__subnet_id": "subnet"}) for _ in range(6)]
    assert list(subnet_findings([subnet, *ports[:5]])) == []
    (found,) = subnet_findings([subnet, *ports])
    assert (found.fit, found.needed, found.free) == (Fit.NOT_FIT, 6, 5)
    without = asks("subnet", "subnet", cidr="10.0.0.0/29", no_gateway=True)
    assert list(subnet_findings([without, *ports])) == []


def finding(fit: Fit, *, counts: bool = True) -> Finding:
    return Finding(Topic.NAME, str(fit), fit, "line", counts=counts)


def test_the_exit_code_is_the_worst_answer():
    def code(*findings: Finding, **more: bool) -> int:
        return Fitness("w", (), 0, 1, findings, **more).exit_code  # type: ignore[arg-type]

    assert code(finding(Fit.FIT)) == 0
    assert code(finding(Fit.FIT), finding(Fit.UNKNOWN)) == 4
    assert code(finding(Fit.UNKNOWN), finding(Fit.NOT_FIT)) == 1
    assert code(finding(Fit.NOT_FIT), interrupted=True) == 130
    assert code() == 4, "no answer is no fitness"
