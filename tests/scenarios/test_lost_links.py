"""Volumes that Nova and Cinder no longer agree on: each is told with what frees it, and that does free it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import stock
from stage import Stage
from workspaces import Workspace

from ground.cloud import LocalCloud

pytestmark = [pytest.mark.scenario, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

VERSION = "3.44"
CONNECTOR = {"host": "gone", "platform": "x86_64", "os_type": "linux2"}


def attach(conn: Any, volume: str, server: str, **connector: Any) -> str:
    """An attachment to a server that nobody has; without a connector the volume is only reserved."""
    body = {"volume_uuid": volume, "instance_uuid": server, **connector}
    made = conn.block_storage.post("/attachments", json={"attachment": body}, microversion=VERSION)
    assert made.ok, made.text
    path = f"/attachments/{made.json()['attachment']['id']}"
    if connector:
        assert conn.block_storage.post(f"{path}/action", json={"os-complete": {}}, microversion=VERSION).ok
    return path


@pytest.mark.thorough
def test_volumes_in_a_status_that_lies_are_told_with_what_frees_them(
    make: Callable[..., Stage], local_cloud: LocalCloud, tofu: str
) -> None:
    """`in-use` by a server that is gone: its owner deletes the attachment. `reserved`, `detaching`: an admin."""
    stage, ours, admin = make("terraform", tofu), Workspace(), local_cloud.admin
    conn: Any = stock.connection(stage.project)
    for each in "left", "reserved", "detaching":
        ours.add(f"blockstorage_volume_v3.{each}", stock.volume(conn, f"{stage.project.name}-{each}").id)
    left, reserved, detaching = ours.ids.values()
    server = str(uuid.uuid4())
    attachment = attach(conn, left, server, connector=CONNECTOR)
    attach(conn, reserved, server)
    reset = {"os-reset_status": {"status": "detaching"}}
    admin.service("block-storage", "POST", f"/volumes/{detaching}/action", reset)
    ours.write(stage.state)
    (stage.root / "tf-janitor.toml").write_text('[timeouts]\nvolume = "5s"\n', encoding="utf-8")

    ended = stage.destroy("--direct")
    assert ended.code == 1, ended.text
    (told,) = ended.objects(id=left)
    assert (told["outcome"], [(h["kind"], h["id"]) for h in told["holders"]]) == ("blocked", [("server", server)])
    for volume, status in (reserved, "reserved"), (detaching, "detaching"):
        (told,) = ended.objects(id=volume)
        assert told["outcome"] == "failed"
        assert told["reason"].startswith(f"is {status} and does not change")
        assert told["reason"].endswith(f"; as admin: openstack volume delete --force {volume}")

    assert conn.block_storage.delete(attachment, microversion=VERSION).ok
    for volume in reserved, detaching:
        admin.service("block-storage", "POST", f"/volumes/{volume}/action", {"os-force_delete": {}})
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
