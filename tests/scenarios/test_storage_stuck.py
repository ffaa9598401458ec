"""Deletes that Cinder accepted and could not carry out: told with Cinder's own remark, and with what frees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import stock
from stage import Stage
from workspaces import RUN, Workspace

from ground.cloud import LocalCloud, gate

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

DROPPED = "accepted, then dropped"
REMARK = "the service notes: delete snapshot:"


@contextmanager
def a_backend_that_lets_nothing_go(name: str) -> Iterator[None]:
    with (
        gate("cinder.delete_volume", match=f"^{name}-busy$", action="busy"),
        gate("cinder.delete_volume", match=f"^{name}-slow$", action="hang"),
        gate("cinder.delete_snapshot", match=f"^{name}-needed$", action="busy"),
        gate("cinder.delete_snapshot", match=f"^{name}-broken$", action="fail"),
    ):
        yield


@pytest.mark.thorough
def test_what_comes_back_fails_or_never_ends_is_told_with_what_the_service_says_of_it(
    make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str
) -> None:
    stage, ours = make("terraform", tofu), Workspace()
    conn: Any = stock.connection(stage.project)
    name = stage.project.name
    for each in "busy", "slow", "base":
        ours.add(f"blockstorage_volume_v3.{each}", stock.volume(conn, f"{name}-{each}").id)
    base = conn.block_storage.get_volume(ours["blockstorage_volume_v3.base"])
    for each in "needed", "broken":
        ours.ids[each] = stock.snapshot(conn, f"{name}-{each}", base, description=f"janitor:run={RUN}").id
    ours.write(stage.state)
    stage.patience("8s", "volume", "volume_snapshot")

    with a_backend_that_lets_nothing_go(name):
        ended = stage.destroy("--direct", "--mark", RUN, "--timeout", "5m")
        assert ended.code == 1, ended.text
        assert ended.seconds < 120
        told = {o["name"].removeprefix(f"{name}-"): (o["outcome"], o["reason"]) for o in ended.report["objects"]}
    assert {each: outcome for each, (outcome, _) in told.items()} == {
        "base": "blocked", **dict.fromkeys(("busy", "slow", "needed", "broken"), "failed")
    }  # fmt: skip
    assert told["busy"][1].startswith("is available and does not change")
    assert DROPPED in told["busy"][1]
    assert told["slow"][1].startswith("is deleting and does not change")
    assert f"as admin: openstack volume delete --force {ours['blockstorage_volume_v3.slow']}" in told["slow"][1]
    assert REMARK in told["needed"][1]
    assert DROPPED in told["needed"][1]
    assert told["broken"][1].startswith(f"is error_deleting; {REMARK}")
    assert f"as admin: openstack volume snapshot delete --force {ours['broken']}" in told["broken"][1]

    local_cloud.admin.service("block-storage", "POST", f"/snapshots/{ours['broken']}/action", {"os-force_delete": {}})
    again = stage.destroy("--direct", "--mark", RUN)
    assert again.code == 0, again.text
    assert stage.look() == {}
