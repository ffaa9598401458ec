"""Servers in every state that their owner can bring them into, and volumes that something but a server holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import stock
import stock_compute

from ground.cloud import LocalCloud, Project
from janitor.cloud.live import LiveCloud
from janitor.engine.protocols import Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

Change = Callable[[Any, Any], Any]

STATES: dict[str, tuple[str, Change]] = {
    "SHUTOFF": ("stopped", lambda conn, server: conn.compute.stop_server(server)),
    "PAUSED": ("paused", lambda conn, server: conn.compute.pause_server(server)),
    "SUSPENDED": ("suspended", lambda conn, server: conn.compute.suspend_server(server)),
    "RESCUE": ("rescued", lambda conn, server: conn.compute.rescue_server(server)),
    "SHELVED_OFFLOADED": ("shelved", lambda conn, server: conn.compute.shelve_server(server)),
}


def _goes(live: LiveCloud, server: Any) -> None:
    observed, answer = stock.ask(live, "server", server.id)
    assert answer.reply is Reply.ACCEPTED, answer
    stock.until(lambda: live.read(observed.ref) is None)


@pytest.mark.parametrize("status", sorted(STATES))
def test_a_server_goes_in_whatever_state_it_is(project: Project, conn: Any, live: LiveCloud, status: str) -> None:
    made = stock.server(conn, project.name)
    STATES[status][1](conn, made)
    conn.compute.wait_for_server(conn.compute.get_server(made.id), status=status, interval=0.3, wait=60)
    _goes(live, made)


def test_a_locked_server_is_unlocked_first(project: Project, conn: Any, live: LiveCloud) -> None:
    made = stock.server(conn, project.name)
    conn.compute.lock_server(made)
    _goes(live, made)


def test_a_server_in_error_goes(project: Project, conn: Any, live: LiveCloud, local_cloud: LocalCloud) -> None:
    made = stock.server(conn, project.name)
    admin = stock_compute.administrators_connection(local_cloud)
    admin.compute.reset_server_state(made, "error")
    assert conn.compute.get_server(made.id).status == "ERROR"
    _goes(live, made)


def test_a_volume_is_held_by_its_group(project: Project, conn: Any, live: LiveCloud, local_cloud: LocalCloud) -> None:
    with stock_compute.volume_group(local_cloud, conn, project.name) as (group, volume):
        observed, answer = stock.ask(live, "volume", volume)
        assert (answer.reply, answer.status) == (Reply.REFUSED, 400)
        (holder,) = live.holders(observed, answer)
        assert (holder.kind, holder.id, holder.name) == ("volume_group", group, project.name)


def test_a_volume_is_held_by_the_offer_to_give_it_away(project: Project, conn: Any, live: LiveCloud) -> None:
    volume = stock.volume(conn, project.name)
    offer = conn.block_storage.create_transfer(volume_id=volume.id, name="offered")
    observed, answer = stock.ask(live, "volume", volume.id)
    assert (answer.reply, answer.status) == (Reply.REFUSED, 400)
    (holder,) = live.holders(observed, answer)
    assert (holder.kind, holder.id, holder.name) == ("volume_transfer", offer.id, "offered")
    conn.block_storage.delete_transfer(offer)


@pytest.mark.parametrize("state", ["queued", "uploading", "hidden", "protected"])
def test_an_image_goes_in_whatever_state_it_is(project: Project, conn: Any, live: LiveCloud, state: str) -> None:
    more: dict[str, Any] = {"disk_format": "raw", "container_format": "bare"}
    more |= {"os_hidden": True} if state == "hidden" else {}
    made = stock_compute.answered(conn.image.post("/images", json={"name": project.name, **more}))
    if state == "uploading":
        kind = {"Content-Type": "application/octet-stream"}
        stock_compute.answered(conn.image.put(f"/images/{made['id']}/stage", data=b"0" * 512, headers=kind))
    if state == "protected":
        conn.image.update_image(made["id"], is_protected=True)
    observed, answer = stock.ask(live, "image", made["id"])
    assert answer.reply is Reply.ACCEPTED, answer
    stock.until(lambda: live.read(observed.ref) is None)
