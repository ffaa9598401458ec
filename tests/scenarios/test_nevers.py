"""What must never happen, tried: neither janitor nor the terraform that it starts deletes what is not the run's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from stage import Ran, Stage
from ways import ways

from ground.cloud import LocalCloud

pytestmark = pytest.mark.scenario


def names(stage: Stage) -> set[str]:
    return {seen.name.removeprefix(stage.project.name + "-") for seen in stage.look().values()}


def reasons(ended: Ran, stage: Stage) -> dict[str, str]:
    kept = ended.objects(outcome="kept")
    return {o["name"].removeprefix(stage.project.name + "-"): o["reason"] for o in kept if o["name"]}


@contextmanager
def everybodys(cloud: LocalCloud, network: str) -> Iterator[None]:
    """Shared with every project, which other tests must not see."""

    def share(*, shared: bool) -> None:
        cloud.admin.service("network", "PUT", f"/v2.0/networks/{network}", {"network": {"shared": shared}})

    share(shared=True)
    try:
        yield
    finally:
        share(shared=False)


@ways("terraform first", "direct", rarely=("tofu first",))
def test_marks_sharing_and_data_sources_protect(
    make: Callable[..., Stage], local_cloud: LocalCloud, binary: str, mode: list[str]
) -> None:
    stage = make("guarded", binary)
    cloud, name = stage.connection(), stage.project.name
    cloud.network.create_network(name=f"{name}-read")
    stage.apply()
    tagged = cloud.network.find_security_group(f"{name}-tagged", ignore_missing=False)
    cloud.network.set_tags(tagged, ["janitor:keep"])
    volume = cloud.block_storage.find_volume(f"{name}-other-run", ignore_missing=False)
    cloud.block_storage.set_volume_metadata(volume, **{"janitor-run": "somebody-else"})
    shared = cloud.network.find_network(f"{name}-shared", ignore_missing=False)
    with everybodys(local_cloud, shared.id):
        ended = stage.destroy(*mode)
    assert names(stage) == {"read", "tagged", "other-run", "shared"}, ended.text
    told = reasons(ended, stage)
    assert "janitor:keep" in told["tagged"]
    assert "another run: somebody-else" in told["other-run"]
    assert "shared" in told["shared"]
    assert ended.code == 0, "what is protected or foreign is not left over"
    left = [address.rpartition(".")[2] for address in stage.listed() if not address.startswith("data.")]
    assert left == ["other_run", "shared", "tagged"]


@ways("tofu first", rarely=("direct",))
def test_prevent_destroy_protects(make: Callable[..., Stage], binary: str, mode: list[str]) -> None:
    """A plan to destroy is refused as a whole for it; everything else goes nevertheless."""
    stage = make("protected", binary)
    stage.apply()
    ended = stage.destroy(*mode)
    assert names(stage) == {"kept"}, ended.text
    assert "prevent_destroy" in reasons(ended, stage)["kept"]
    assert ended.code == 0, ended.text
    assert stage.listed() == ["openstack_networking_network_v2.kept"]


@ways("tofu first", "direct")
def test_destroy_false_protects(make: Callable[..., Stage], binary: str, mode: list[str]) -> None:
    stage = make("forgotten", binary)
    stage.apply()
    ended = stage.destroy(*mode)
    assert names(stage) == {"kept"}, ended.text
    assert ended.code == 0, ended.text


@ways("tofu first", rarely=("direct",))
def test_skip_destroy_in_the_state_protects_when_the_configuration_forgot_it(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """The binary writes `skip_destroy` beside an instance that was applied with `destroy = false`."""
    stage = make("forgotten", binary)
    stage.apply()
    written = stage.root / "forgotten.tf"
    written.write_text(written.read_text(encoding="utf-8").replace("destroy = false", ""), encoding="utf-8")
    ended = stage.destroy(*mode)
    assert names(stage) == {"kept"}, ended.text
    assert "skip_destroy" in reasons(ended, stage)["kept"]
    assert ended.code == 0, ended.text


LETTING = """
resource "openstack_networking_network_v2" "now" {
  name = "${var.name}-moved"

  lifecycle {
    prevent_destroy = true
  }
}

moved {
  from = openstack_networking_network_v2.before
  to   = openstack_networking_network_v2.now
}

removed {
  from = openstack_networking_network_v2.let_go

  lifecycle {
    destroy = false
  }
}

resource "openstack_networking_network_v2" "plain" {
  name = "${var.name}-plain"
}
"""


@ways("tofu first", "direct", rarely=("terraform first",))
def test_what_moved_under_protection_or_was_let_go_stays(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """The state has the addresses from before: nobody has applied since. Both binaries would delete what was let go."""
    stage = make("letting", binary)
    stage.apply()
    (stage.root / "letting.tf").write_text(LETTING, encoding="utf-8")
    ended = stage.destroy(*mode)
    assert names(stage) == {"moved", "let-go"}, ended.text
    assert "prevent_destroy" in reasons(ended, stage)["moved"]
    assert "removed block" in reasons(ended, stage)["let-go"]
    assert ended.code == 0, ended.text


@ways("direct", rarely=("tofu first",))
def test_neither_age_nor_idleness_makes_anything_ours(make: Callable[..., Stage], binary: str, mode: list[str]) -> None:
    """Made during the run, in its project, in nobody's use, and named in no source."""
    stage = make("net", binary)
    stage.apply()
    cloud = stage.connection()
    cloud.network.create_ip(floating_network_id=cloud.network.find_network("public").id)
    cloud.network.create_security_group(name="their-group")
    cloud.network.create_port(name="their-port", network_id=cloud.network.create_network(name="their-net").id)
    cloud.block_storage.create_volume(name="their-volume", size=1)
    theirs = set(stage.look()) - {ref for ref, seen in stage.look().items() if stage.project.name in seen.name}
    ended = stage.destroy("--since", stage.since, *mode)
    assert set(stage.look()) == theirs, ended.text
    assert ended.code == 0, ended.text


@ways("direct", rarely=("tofu first",))
def test_the_vip_of_a_foreign_load_balancer_is_not_pulled(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """Older Neutron lets its owner delete it: the load balancer would go on without an address."""
    stage = make("net", binary)
    stage.apply()
    cloud = stage.connection()
    subnet = cloud.network.find_subnet(f"{stage.project.name}-subnet", ignore_missing=False)
    theirs = cloud.load_balancer.create_load_balancer(name="theirs", vip_subnet_id=subnet.id)
    cloud.load_balancer.wait_for_load_balancer(theirs.id, interval=0.2, wait=60)

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    assert cloud.network.get_port(theirs.vip_port_id).fixed_ips
    assert {"theirs", "subnet", "net"} <= names(stage)
    assert "group" not in names(stage)
    (held,) = ended.objects(kind="subnet")
    assert held["outcome"] == "blocked"
    assert theirs.id in str(held["holders"])

    cloud.load_balancer.delete_load_balancer(theirs.id, cascade=True)
    cloud.load_balancer.wait_for_delete(theirs, interval=0.2, wait=60)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert names(stage) == set()


@ways("tofu first", rarely=("direct",))
def test_a_configuration_that_cannot_be_read_may_hide_protection(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    stage = make("protected", binary)
    stage.apply()
    with (stage.root / "protected.tf").open("a", encoding="utf-8") as file:
        file.write("\nresource {\n")
    ended = stage.destroy(*mode)
    assert names(stage) == {"kept", "on-kept", "plain"}, ended.text
    assert ended.code == 1, "nothing was deleted, and nothing says that all of it should stay"
    assert "protected.tf" in ended.text
    assert "--ignore-config" in ended.text


@ways("direct", rarely=("tofu first",))
def test_a_module_that_is_not_here_may_hide_protection(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    stage = make("protected", binary)
    away = stage.root / "away"
    away.mkdir()
    shutil.move(stage.root / "protected.tf", away)
    own = (
        stage.root.joinpath("terraform.tf")
        .read_text(encoding="utf-8")
        .replace('provider "openstack" {\n', "locals {\n")
    )
    (away / "terraform.tf").write_text(own, encoding="utf-8")
    call = 'module "away" {\n  source = "./away"\n  name   = var.name\n}\n'
    (stage.root / "main.tf").write_text(call, encoding="utf-8")
    stage.terraform("init", "-input=false")
    stage.apply()
    shutil.rmtree(away)
    ended = stage.destroy(*mode)
    assert names(stage) == {"kept", "on-kept", "plain"}, ended.text
    assert ended.code == 1, "nothing was deleted, and nothing says that all of it should stay"
    assert "module.away is not on this disk" in ended.text
    lifted = stage.destroy("--direct", "--ignore-config")
    assert names(stage) == set(), lifted.text


@ways("direct")
def test_what_is_known_to_be_protected_stays_though_something_else_cannot_be_read(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    stage = make("protected", binary)
    stage.apply()
    (stage.root / "broken.tf").write_text("resource {\n", encoding="utf-8")
    ended = stage.destroy("--ignore-config", *mode)
    assert "kept" in names(stage), ended.text
    assert "plain" not in names(stage), ended.text


@ways("tofu first", rarely=("direct",))
def test_a_foreign_listener_keeps_our_load_balancer(make: Callable[..., Stage], binary: str, mode: list[str]) -> None:
    """It would go along with a cascade."""
    stage = make("balanced", binary)
    stage.apply()
    cloud = stage.connection().load_balancer
    balancer = cloud.find_load_balancer(f"{stage.project.name}-balancer", ignore_missing=False)
    listener = cloud.create_listener(name="theirs", load_balancer_id=balancer.id, protocol="TCP", protocol_port=443)
    cloud.wait_for_load_balancer(balancer.id, interval=0.2, wait=30)

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    assert {"theirs", "balancer", "subnet", "net"} <= names(stage)
    (held,) = ended.objects(kind="load_balancer")
    assert held["outcome"] == "blocked"
    assert [(h["kind"], h["id"], h["name"]) for h in held["holders"]] == [("listener", listener.id, "theirs")]

    cloud.delete_listener(listener)
    cloud.wait_for_load_balancer(balancer.id, interval=0.2, wait=30)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert names(stage) == set()


@ways("direct", rarely=("tofu first",))
def test_a_foreign_volume_does_not_go_along_with_our_server(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """Somebody attached their own, and said that Nova may delete it together with the server."""
    stage = make("server", binary)
    stage.apply()
    cloud = stage.connection()
    volume = cloud.block_storage.create_volume(name="their-data", size=1)
    cloud.block_storage.wait_for_status(volume, status="available", interval=0.2, wait=60)
    server = cloud.compute.find_server(f"{stage.project.name}-server", ignore_missing=False)
    cloud.compute.default_microversion = "2.79"
    cloud.compute.create_volume_attachment(server, volume_id=volume.id, delete_on_termination=True)
    cloud.block_storage.wait_for_status(volume, status="in-use", interval=0.2, wait=60)

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    assert cloud.block_storage.get_volume(volume).status == "in-use"
    (held,) = ended.objects(kind="server")
    assert held["outcome"] == "blocked"
    assert [(holder["id"], holder["name"]) for holder in held["holders"]] == [(volume.id, "their-data")]

    cloud.compute.delete_volume_attachment(server, volume)
    cloud.block_storage.wait_for_status(volume, status="available", interval=0.2, wait=60)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert names(stage) == {"their-data"}
