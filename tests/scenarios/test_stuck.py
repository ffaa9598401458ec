"""Objects that the cloud itself will not let go: all else goes, and the run ends by itself and says what helps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from stage import Stage

from ground.cloud import LocalCloud, gate

pytestmark = pytest.mark.scenario

STUCK = {"server": "server", "volume": "volume", "load_balancer": "balancer"}
HELD = {"network": "net", "subnet": "subnet", "port": "port"}


def test_the_rest_goes_and_the_stuck_are_named_with_what_would_free_them(
    make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str
) -> None:
    """A server that falls into ERROR, a volume in `error_deleting`, a load balancer in PENDING_UPDATE."""
    stage = make("stuck", tofu)
    stage.apply()
    name = stage.variables["name"]
    with all_three_stuck(stage):
        ended = stage.destroy("--direct", "--timeout", "10m")
        assert ended.code == 1, ended.text
        assert ended.seconds < 150
        left = {(o["kind"], o["name"].removeprefix(f"{name}-")): o for o in ended.report["objects"] if still_there(o)}
        assert set(STUCK.items()) <= left.keys()
        assert left.keys() - STUCK.items() - HELD.items() <= {("port", o) for _, o in left if o.startswith("octavia")}
        assert {left[each]["outcome"] for each in STUCK.items()} == {"failed"}, [left[each] for each in STUCK.items()]
        assert "ERROR" in left["server", "server"]["reason"]
        volume = left["volume", "volume"]
        assert f"openstack volume delete --force {volume['id']}" in volume["reason"]
        assert "PENDING_UPDATE" in left["load_balancer", "balancer"]["reason"]
        assert all(o["name"] in ended.text for o in left.values())
        assert f"to free it: free server {name}-server (" in ended.text  # who is at the end of the port's chain
        assert {s.name for s in stage.look().values() if "other" in s.name or s.kind == "security_group"} == set()

    force = {"os-force_delete": {}}
    local_cloud.admin.service("block-storage", "POST", f"/volumes/{volume['id']}/action", force)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}


def still_there(row: dict[str, str]) -> bool:
    return row["outcome"] not in ("deleted", "absent")


@contextmanager
def all_three_stuck(stage: Stage) -> Iterator[None]:
    name, cloud = stage.variables["name"], stage.connection()
    balancer = cloud.load_balancer.find_load_balancer(f"{name}-balancer", ignore_missing=False)
    with (
        gate("nova.destroy", match=f"^{name}-server$", action="fail"),
        gate("cinder.delete_volume", match=f"^{name}-volume$", action="fail"),
        gate("octavia.update", match=f"^{name}-balancer$", action="hang") as hanging,
    ):
        cloud.load_balancer.update_load_balancer(balancer, description="an update that never ends")
        assert hanging.reached(20)
        yield
    cloud.load_balancer.wait_for_load_balancer(balancer.id, interval=0.2, wait=30)
