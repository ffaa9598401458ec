"""The local cloud is what the other tests take it for: real answers, gates, regions with faults, projects apart."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import keystoneauth1.exceptions
import pytest
from openstack import exceptions

from ground.cloud import Fault, LocalCloud, Project, accounts, fault_region, gate
from ground.connections import connect

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.filterwarnings("ignore::PendingDeprecationWarning"),  # the SDK warns of its own insides
]


@pytest.fixture
def connection(project: Project) -> Any:
    return connect(project.clouds_yaml, project.cloud_name)


def a_network(connection: Any, name: str) -> Any:
    network = connection.network.create_network(name=name)
    connection.network.create_subnet(name=name, network_id=network.id, ip_version=4, cidr="10.0.0.0/24")
    return network


def wait_gone(connection: Any, volume: Any) -> None:
    connection.block_storage.wait_for_delete(volume, interval=0.1, wait=20)


def test_the_wrong_order_is_refused_by_the_service_itself(project: Project, connection: Any) -> None:
    network = a_network(connection, project.name)
    port = connection.network.create_port(network_id=network.id)
    with pytest.raises(exceptions.ConflictException, match="one or more ports still in use"):
        connection.network.delete_network(network)
    connection.network.delete_port(port)
    connection.network.delete_network(network)


def test_the_cloud_is_furnished(connection: Any) -> None:
    assert connection.network.find_network("public").is_router_external
    assert connection.image.find_image("cirros").status == "active"
    assert {flavor.name for flavor in connection.compute.flavors()} >= {"tiny", "small"}
    assert connection.block_storage.find_type("sparse")


def test_no_quota_stands_in_the_way(project: Project, connection: Any) -> None:
    assert connection.compute.get_quota_set(project.id).instances == -1
    assert connection.block_storage.get_quota_set(project.id).volumes == -1
    assert connection.network.get_quota(project.id).ports == -1


def test_a_gate_holds_its_object_until_the_block_ends(project: Project, connection: Any) -> None:
    held, free = (
        connection.block_storage.create_volume(size=1, name=f"{project.name}-{name}") for name in ("held", "free")
    )
    for volume in held, free:
        connection.block_storage.wait_for_status(volume, "available", interval=0.1)
    with gate("cinder.delete_volume", match=f"^{held.name}$", action="hang") as hanging:
        for volume in held, free:
            connection.block_storage.delete_volume(volume)
        assert hanging.reached(10)
        wait_gone(connection, free)
        assert connection.block_storage.get_volume(held).status == "deleting"
    wait_gone(connection, held)


def test_a_gate_fails_as_often_as_it_is_told(local_cloud: LocalCloud, project: Project, connection: Any) -> None:
    volume = connection.block_storage.create_volume(size=1, name=project.name)
    connection.block_storage.wait_for_status(volume, "available", interval=0.1)
    with gate("cinder.delete_volume", match=project.name, action="fail", times=1):
        connection.block_storage.delete_volume(volume)
        connection.block_storage.wait_for_status(volume, "error_deleting", failures=[], interval=0.1)
        with pytest.raises(exceptions.BadRequestException, match="must be available or error"):
            connection.block_storage.delete_volume(volume)
        path, reset = f"/volumes/{volume.id}/action", {"os-reset_status": {"status": "error"}}
        local_cloud.admin.service("block-storage", "POST", path, reset)
        connection.block_storage.delete_volume(volume)
        wait_gone(connection, volume)


def test_gates_of_many_tests_stand_side_by_side(local_cloud: LocalCloud, project: Project) -> None:
    def open_and_close(number: int) -> None:
        with gate("cinder.delete_volume", match=f"{project.name}-{number}", action="fail"):
            time.sleep(0.01)

    with gate("cinder.delete_volume", match=f"{project.name}-stays", action="fail"):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(open_and_close, range(40)))
        rules = (local_cloud.slot.gates / "cinder.delete_volume.json").read_text(encoding="utf-8")
        assert f"{project.name}-stays" in rules
    assert project.name not in (local_cloud.slot.gates / "cinder.delete_volume.json").read_text(encoding="utf-8")


def test_a_region_records_what_is_asked_and_breaks_what_it_is_told(project: Project, tmp_path: Path) -> None:
    with fault_region("broken") as region:
        env = region.env(project, tmp_path)
        connection = connect(Path(env["OS_CLIENT_CONFIG_FILE"]), project.cloud_name)
        network = a_network(connection, project.name)
        assert [call.status for call in region.calls("network", "POST", "/networks$")] == [201]
        assert region.calls("identity", "POST", "/auth/tokens")

        region.rules = [Fault(service="network", method="DELETE", drop="after")]
        with pytest.raises(keystoneauth1.exceptions.ConnectFailure):
            connection.network.delete_network(network)
        region.rules = []
        assert connection.network.find_network(network.id) is None, "the call was done, though its answer was lost"
        assert [call.status for call in region.calls("network", "DELETE")][:1] == [0]

        assert list(connection.image.images())
        with region.down("image"), pytest.raises(keystoneauth1.exceptions.ConnectFailure):
            list(connection.image.images())
        assert list(connection.image.images())
    with pytest.raises(keystoneauth1.exceptions.ConnectFailure):
        list(connection.network.networks())


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param(Fault(status=503, retry_after=1), 503, id="503"),
        pytest.param(Fault(status=429, retry_after=30, retry_after_form="date"), 429, id="429 until a date"),
        pytest.param(Fault(reset=True), 0, id="connection reset"),
        pytest.param(Fault(drop="before"), 0, id="no answer, nothing done"),
        pytest.param(Fault(hang=True), 0, id="no answer for ever"),
        pytest.param(Fault(latency=0.3), 200, id="late"),
    ],
)
def test_every_kind_of_fault_shows(project: Project, tmp_path: Path, fault: Fault, status: int) -> None:
    with fault_region("faults") as region:
        env = region.env(project, tmp_path)
        session = connect(Path(env["OS_CLIENT_CONFIG_FILE"]), project.cloud_name).session
        url = session.get_endpoint(service_type="network", region_name=region.region)
        region.rules = [fault]
        if status:
            answer = session.get(f"{url}/v2.0/networks", raise_exc=False, status_code_retries=0)
            assert answer.status_code == status
            assert ("Retry-After" in answer.headers) == (fault.retry_after is not None)
        else:
            with pytest.raises(keystoneauth1.exceptions.ConnectionError):
                session.get(f"{url}/v2.0/networks", connect_retries=0, timeout=2)
        region.rules = []
        deadline = time.monotonic() + 5
        while not region.calls("network", path="/v2.0/networks") and time.monotonic() < deadline:
            time.sleep(0.02)
        call = region.calls("network", path="/v2.0/networks")[0]
        assert (call.status, call.fault) == (status, fault)
        assert call.seconds >= fault.latency


def test_projects_do_not_see_each_other(
    local_cloud: LocalCloud, project: Project, connection: Any, tmp_path: Path
) -> None:
    network = a_network(connection, project.name)
    with local_cloud.project(f"other-{secrets.token_hex(4)}", tmp_path / "other") as other:
        assert (other.clouds_yaml.stat().st_mode & 0o777) == 0o600
        stranger = connect(other.clouds_yaml, other.cloud_name)
        assert stranger.network.find_network(network.id) is None
        assert [found.name for found in stranger.network.networks()] == ["public"]


def test_without_accounts_in_stock_keystone_makes_them_and_they_end_with_their_block(
    local_cloud: LocalCloud, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "COUNT", 0)
    with local_cloud.project(f"made-{secrets.token_hex(4)}", tmp_path / "made") as made:
        assert (project.stocked, made.stocked) == (True, False)
        assert connect(made.clouds_yaml, made.cloud_name).current_project_id == made.id
    with pytest.raises(exceptions.SDKException):
        connect(made.clouds_yaml, made.cloud_name).authorize()
