"""What a configuration takes of each quota, also what the services make by themselves."""

from __future__ import annotations

import pytest
from asking import FLAVORS, asks, reads

from janitor.core.needs import Need, besides, needs
from janitor.core.wanted import Wanted


def taken(*wanted: Wanted) -> dict[str, int]:
    return {need.key: need.amount for need in needs(wanted, FLAVORS)}


def of(key: str, *wanted: Wanted) -> Need:
    (found,) = (need for need in needs(wanted, FLAVORS) if need.key == key)
    return found


def test_servers_take_cores_and_ram_through_their_flavor():
    found = taken(asks("server", flavor_name="large"), asks("server", flavor_id="1"))
    assert {key: found[key] for key in ("instances", "cores", "ram")} == {"instances": 2, "cores": 5, "ram": 8704}


def test_a_flavor_that_a_data_source_reads_after_the_plan_is_known_by_its_name():
    server = asks("server", refers={"flavor_id": "data.openstack_compute_flavor_v2.f"})
    assert taken(server, reads("flavor", "data.openstack_compute_flavor_v2.f", name="large"))["cores"] == 4


def test_what_a_server_of_an_unknown_flavor_takes_is_unknown_and_not_nothing():
    need = of("cores", asks("server", flavor_name="large"), asks("server", "s", flavor_name="nobody-has-it"))
    assert (need.amount, need.unknown) == (4, ("s",))


@pytest.mark.parametrize(
    ("networks", "refers", "ports"),
    [
        ([], {}, 1),
        ([{"uuid": "n"}], {}, 1),
        ([{"name": "n"}, {"name": "m"}], {}, 2),
        ([{"port": "p"}], {}, 0),
        ([{}], {"network__port": "openstack_networking_port_v2.p"}, 0),
        ([{}], {"network__uuid": "openstack_networking_network_v2.n"}, 1),
        ([{}], {"dynamic__network__port": "openstack_networking_port_v2.p"}, 0),
        ([{}, {}], {"network__port": "openstack_networking_port_v2.p", "network__uuid": "x.n"}, 1),
    ],
)
def test_nova_makes_a_port_for_each_network_without_one(networks: list[object], refers: dict[str, str], ports: int):
    found = taken(asks("server", flavor_name="tiny", network=networks, refers=refers))
    assert found.get("port", 0) == ports


def test_a_server_without_network_gets_no_port():
    assert "port" not in taken(asks("server", flavor_name="tiny", network_mode="none"))


def test_a_disk_that_nova_makes_is_a_volume_and_one_that_is_there_is_not():
    made = {"source_type": "image", "destination_type": "volume", "volume_size": 20, "volume_type": "ssd"}
    there = {"source_type": "volume", "destination_type": "volume", "uuid": "v"}
    found = taken(asks("server", flavor_name="tiny", block_device=[made, there]))
    assert (found["volumes"], found["gigabytes"], found["gigabytes_ssd"]) == (1, 20, 20)


def test_gigabytes_count_in_sum_by_type_and_each():
    found = taken(asks("volume", size=5, volume_type="ssd"), asks("volume", size="7"))
    wanted = {"volumes": 2, "gigabytes": 12, "volumes_ssd": 1, "gigabytes_ssd": 5, "per_volume_gigabytes": 7}
    assert found == wanted


def test_quotas_of_a_type_go_by_its_name_and_a_type_that_is_not_there_has_none():
    found = needs([asks("volume", size=5, volume_type="id")], {}, types={"id": "ssd", "ssd": "ssd"})
    assert "gigabytes_ssd" in {need.key for need in found}
    assert {need.key for need in needs([asks("volume", size=5, volume_type="no")], {}, types={})} == {
        "volumes", "gigabytes", "per_volume_gigabytes",
    }  # fmt: skip


def test_what_barbican_makes_of_an_order_counts():
    assert taken(asks("secret_order", type="key")) == {"orders": 1, "secrets": 1}
    assert taken(asks("secret_order", type="asymmetric")) == {"orders": 1, "secrets": 2, "containers": 1}


def test_the_size_of_a_volume_that_takes_its_source_s_size_is_unknown():
    assert of("gigabytes", asks("volume", "v", snapshot_id="s")).unknown == ("v",)


def test_octavia_makes_the_vips_port_and_neutron_the_interfaces():
    found = taken(asks("load_balancer", vip_subnet_id="s"), asks("router_interface", subnet_id="s"))
    assert found == {"load_balancer": 1, "port": 2}
    assert "port" not in taken(asks("load_balancer", vip_port_id="p"), asks("router_interface", port_id="p"))


def test_a_group_brings_two_rules_unless_they_are_deleted():
    assert taken(asks("security_group"))["security_group_rule"] == 2
    assert "security_group_rule" not in taken(asks("security_group", delete_default_rules=True))


def test_dhcp_may_take_a_port_in_each_network_that_it_serves():
    def subnet(network: str, **more: object) -> Wanted:
        return asks("subnet", refers={"network_id": network}, **more)

    wanted = [subnet("a"), subnet("a"), subnet("b", enable_dhcp=False), subnet("c", enable_dhcp=True)]
    assert besides(wanted) == {("network", "port"): 2}


def test_limits_of_one_object_take_the_largest():
    def member(group: str) -> Wanted:
        return asks("server", flavor_name="tiny", refers={"scheduler_hints__group": group})

    assert of("server_group_members", member("a"), member("a"), member("b")).amount == 2


def test_troves_volumes_are_counted_in_gibibytes():
    need = of("volumes", asks("database_instance", size=50), asks("database_instance", "d", size=5))
    assert need.amount == 55
