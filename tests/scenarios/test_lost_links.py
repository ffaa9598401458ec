"""Volumes that Nova and Cinder no longer agree on: what a server left goes, all else is told with what frees it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
import stock
from stage import Stage
from workspaces import Workspace

from ground.cloud import LocalCloud, gate

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

VERSION = "3.44"
LIES = ("reserved", "attaching", "detaching")
CONNECTOR = {"host": "gone", "platform": "x86_64", "os_type": "linux2"}


def attach(conn: Any, volume: str, server: str | None, **connector: Any) -> str:
    """An attachment; without a connector the volume is only reserved, without a server for nobody."""
    body = {"volume_uuid": volume, **({"instance_uuid": server} if server else {}), **connector}
    made = conn.block_storage.post("/attachments", json={"attachment": body}, microversion=VERSION)
    assert made.ok, made.text
    path = f"/attachments/{made.json()['attachment']['id']}"
    if connector:
        assert conn.block_storage.post(f"{path}/action", json={"os-complete": {}}, microversion=VERSION).ok
    return path


def written(stage: Stage, ours: Workspace) -> None:
    """The workspace as its files: a state, and little patience with volumes."""
    ours.write(stage.state)
    stage.patience("5s", "volume")


def test_what_a_server_left_on_our_volumes_is_let_go_by_janitor(make: Callable[..., Stage], tofu: str) -> None:
    """The volumes are all that the state knows; the server was deleted, and Cinder did not do its part."""
    stage, ours = make("terraform", tofu), Workspace()
    conn: Any = stock.connection(stage.project)
    server, used = stock.MAKERS["volume_attachment"](conn, stage.project.name).split("/")
    ours.add("blockstorage_volume_v3.used", used)
    with gate("cinder.terminate_connection", match=used, action="fail"):
        conn.compute.delete_server(server)
        stock.until(lambda: conn.compute.get(f"/servers/{server}").status_code == HTTPStatus.NOT_FOUND)
    assert conn.block_storage.get_volume(used).status == "in-use"
    begun = stock.volume(conn, f"{stage.project.name}-begun").id
    ours.add("blockstorage_volume_v3.begun", begun)
    attach(conn, begun, server)
    written(stage, ours)

    ended = stage.destroy("--direct")
    assert ended.code == 0, ended.text
    assert {(o["kind"], o["outcome"]) for o in ended.report["objects"]} == {
        ("volume", "deleted"), ("volume_attachment", "deleted")
    }  # fmt: skip
    assert stage.look() == {}


@pytest.mark.thorough
def test_volumes_in_a_status_that_lies_are_freed_or_told_with_what_frees_them(
    make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str
) -> None:
    """`attaching` and the like without any attachment are ended; one to a server that was never ours is not taken off,
    nor one that names nobody.
    """
    stage, ours, admin = make("terraform", tofu), Workspace(), local_cloud.admin
    conn: Any = stock.connection(stage.project)
    for each in ("left", "promised", *LIES):
        ours.add(f"blockstorage_volume_v3.{each}", stock.volume(conn, f"{stage.project.name}-{each}").id)
    left, promised, *lying = ours.ids.values()
    server = str(uuid.uuid4())
    attachment, promise = attach(conn, left, server, connector=CONNECTOR), attach(conn, promised, None)
    for status, volume in zip(LIES, lying, strict=True):
        reset = {"os-reset_status": {"status": status}}
        admin.service("block-storage", "POST", f"/volumes/{volume}/action", reset)
    written(stage, ours)

    ended = stage.destroy("--direct")
    assert ended.code == 1, ended.text
    told = {identifier: ended.objects(id=identifier)[0] for identifier in ours.ids.values()}
    assert {told[volume]["outcome"] for volume in lying} == {"deleted"}
    (held,) = told[left]["holders"]
    assert (told[left]["outcome"], held["kind"], held["id"]) == ("blocked", "volume_attachment", f"{server}/{left}")
    assert held["name"] == attachment.rpartition("/")[2], "what `openstack volume attachment delete` takes"
    (held,) = told[promised]["holders"]
    assert (told[promised]["outcome"], held["kind"]) == ("blocked", "host_attachment")
    assert held["name"] == promise.rpartition("/")[2]

    assert all(conn.block_storage.delete(path, microversion=VERSION).ok for path in (attachment, promise))
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
