"""Quotas of services that run nowhere here, or are older, or have another policy: by their API references."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from edge.stub import PROJECT, Stub, stub

from janitor.cloud.quotas import Told, told
from janitor.core.capacity import Allowance

DENIED = {"forbidden": {"code": 403, "message": "Policy doesn't allow it"}}


@pytest.fixture
def cloud() -> Iterator[Stub]:
    with stub(
        network="", block_storage="/v3", load_balancer="", image="", container_infra="/v1", database="/v1.0/" + PROJECT
    ) as made:
        for path in ("/v2.0/networks", "/v3/volumes", "/v2/lbaas/loadbalancers", "/v2/images", "/v1/clusters"):
            made.says("GET", path, 200, {"none": []})
        made.says("GET", f"/v1.0/{PROJECT}/instances", 200, {"instances": []})
        yield made


def of(cloud: Stub, service: str) -> Told:
    (found,) = told(cloud.session(), [service], threads=1)
    return found


def test_magnum_tells_a_hard_limit(cloud: Stub) -> None:
    cloud.says("GET", f"/v1/quotas/{PROJECT}/Cluster", 200, {"hard_limit": 20, "resource": "Cluster", "id": 26})
    assert of(cloud, "container-infra").allowances == {"Cluster": Allowance(20)}


def test_trove_tells_limits_among_rates(cloud: Stub) -> None:
    limits = [{"verb": "POST", "unit": "MINUTE"}, {"verb": "ABSOLUTE", "max_instances": 55, "max_volumes": 100}]
    cloud.says("GET", f"/v1.0/{PROJECT}/limits", 200, {"limits": limits})
    assert of(cloud, "database").allowances == {"instances": Allowance(55), "volumes": Allowance(100)}


def test_a_neutron_that_tells_no_usage_tells_its_limits(cloud: Stub) -> None:
    cloud.says("GET", f"/v2.0/quotas/{PROJECT}", 200, {"quota": {"port": 50, "network": -1}})
    assert of(cloud, "network").allowances == {"port": Allowance(50), "network": Allowance(-1)}


def test_what_is_reserved_for_requests_under_way_is_in_use(cloud: Stub) -> None:
    port = {"limit": 50, "used": 7, "reserved": 2}
    cloud.says("GET", f"/v2.0/quotas/{PROJECT}/details.json", 200, {"quota": {"port": port}})
    assert of(cloud, "network").allowances["port"].free == 41


def test_who_may_not_see_cinders_quotas_is_told_the_sums(cloud: Stub) -> None:
    cloud.says("GET", f"/v3/os-quota-sets/{PROJECT}", 403, DENIED)
    absolute = {"maxTotalVolumes": 10, "totalVolumesUsed": 4}
    cloud.says("GET", "/v3/limits", 200, {"limits": {"rate": [], "absolute": absolute}})
    assert of(cloud, "block-storage").allowances == {"volumes": Allowance(10, 4)}


def test_octavias_former_words_are_understood(cloud: Stub) -> None:
    cloud.says("GET", f"/v2/lbaas/quotas/{PROJECT}", 200, {"quota": {"loadbalancer": 2, "pool": None}})
    assert of(cloud, "load-balancer").allowances == {"load_balancer": Allowance(2)}


def test_quotas_that_are_not_told_are_a_problem_and_no_denial(cloud: Stub) -> None:
    found = of(cloud, "image")
    assert (found.allowances, found.denied, found.silent) == ({}, False, False)
    assert found.problem.startswith("its quotas are not told")


def test_a_service_that_lets_nobody_in_is_a_denial(cloud: Stub) -> None:
    cloud.says("GET", "/v2/lbaas/loadbalancers", 403, DENIED)
    found = of(cloud, "load-balancer")
    assert (found.denied, found.silent) == (True, False)
    assert found.problem.startswith("not allowed (403)")
