"""What could not be found again: each reason, what takes it away, and what never needs a word."""

from __future__ import annotations

import pytest

from janitor.core.catalogue import KINDS, Fate
from janitor.core.findability import REACHED, Rule, findings
from janitor.core.model import Declared

RUN = frozenset({"ci-1"})


def declared(resource_type: str, label: str = "x", **more: object) -> Declared:
    full = f"openstack_{resource_type}"
    return Declared(f"{full}.{label}", full, **more)  # type: ignore[arg-type]


def several(resource_type: str, count: int, **more: object) -> list[Declared]:
    return [declared(resource_type, f"x[{number}]", **more) for number in range(count)]


def rules(*instances: Declared) -> list[Rule]:
    return [finding.rule for finding in findings(instances)]


@pytest.mark.parametrize(
    ("instance", "rule"),
    [
        (declared("networking_network_v2", name="net"), Rule.NO_MARK),
        (declared("networking_floatingip_v2"), Rule.NO_MARK),
        (declared("compute_keypair_v2", name="key"), Rule.NAME_WITHOUT_RUN),
        (declared("compute_keypair_v2"), Rule.NO_NAME),
        (declared("compute_servergroup_v2", name="ci-1-group", run_bound=True), Rule.NO_TIME),
        (declared("brand_new_v9", name="ci-1-x", run_bound=True), Rule.UNKNOWN_TYPE),
        (declared("networking_network_v2", attributes={"tags": ("janitor:run=ci-1",)}), Rule.LATE_MARK),
    ],
    ids=lambda value: str(getattr(value, "address", value)),
)
def test_each_reason(instance: Declared, rule: Rule) -> None:
    (finding,) = findings([instance])
    assert (finding.rule, finding.address) == (rule, instance.address)
    assert finding.why
    assert finding.change


@pytest.mark.parametrize(
    "instance",
    [
        declared("networking_network_v2", name="net", marks=RUN),
        declared("networking_floatingip_v2", marks=RUN),
        declared("compute_keypair_v2", name="ci-1-key", run_bound=True),
        declared("networking_network_v2", name="ci-1-net", run_bound=True),
        declared("networking_router_interface_v2"),
        declared("lb_pool_v2", name="pool"),
        declared("networking_network_v2", name="net", imported=True),
        declared("networking_network_v2", name="net", protected="prevent_destroy"),
        declared("identity_project_v3", name="p"),
        Declared("random_id.x", "random_id"),
    ],
    ids=lambda value: value.address,
)
def test_what_can_be_found_again_or_needs_not(instance: Declared) -> None:
    assert findings([instance]) == ()


def test_what_hangs_on_something_that_is_found_is_found() -> None:
    net = declared("networking_network_v2", marks=RUN)
    port = declared("networking_port_v2", refers=(("network_id", net.address),))
    address = declared("networking_floatingip_v2", refers=(("port_id", port.address),))
    assert rules(net, port, address) == []
    assert rules(Declared(net.address, net.type), port, address) == [Rule.NO_MARK] * 3


def test_a_port_of_one_instance_of_many_hangs_on_it() -> None:
    nets = several("networking_network_v2", 2, marks=RUN)
    port = declared("networking_port_v2", refers=(("network_id", nets[1].address),))
    assert rules(*nets, port) == []


def test_instances_of_one_resource_are_one_finding() -> None:
    (finding,) = findings(several("compute_keypair_v2", 3, name="k"))
    assert (finding.address, finding.instances) == ("openstack_compute_keypair_v2.x", 3)


@pytest.mark.parametrize("kind", sorted(kind.name for kind in KINDS.values() if kind.types))
def test_every_kind_is_found_by_a_mark_where_its_creation_can_carry_one(kind: str) -> None:
    entry = KINDS[kind]
    bare, marked = declared(entry.types[0]), declared(entry.types[0], marks=RUN)
    assert rules(marked) == [] or not entry.created_mark
    assert bool(rules(bare)) is (entry.fate is Fate.DELETED)


def test_the_table_of_what_hangs_on_what_names_kinds() -> None:
    assert {*REACHED, *REACHED.values()} <= KINDS.keys()
