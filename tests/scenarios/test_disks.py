"""A server's volumes: what Nova made goes with it, and is looked for when Nova leaves it behind without a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stage import Stage
from ways import ways

pytestmark = pytest.mark.scenario


def boot_volume(stage: Stage) -> Any:
    conn: Any = stage.connection()
    (found,) = (v for v in conn.block_storage.volumes() if v.is_bootable and not v.name)
    return found


@ways("direct", rarely=("tofu first",))
def test_the_volumes_that_nova_made_go_with_their_server(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    stage = make("boot", binary)
    stage.apply()
    conn: Any = stage.connection()
    assert len(list(conn.block_storage.volumes())) == 3

    ended = stage.destroy(*mode)
    assert ended.code == 0, ended.text
    evidence = sorted((o["outcome"], *o["evidence"]) for o in ended.objects(kind="volume"))
    assert evidence == [("deleted", "attached"), ("deleted", "attached"), ("deleted", "state")]
    assert stage.look() == {}


@ways("direct", rarely=("tofu first", "terraform first"))
def test_a_snapshot_of_somebody_elses_keeps_the_boot_volume_and_is_named(
    make: Callable[..., Stage], binary: str, mode: list[str]
) -> None:
    """Nova deletes the server, meets Cinder's refusal, and says nothing of the volume that it leaves."""
    stage = make("boot", binary)
    stage.apply()
    conn: Any = stage.connection()
    volume = boot_volume(stage)
    snapshot = conn.block_storage.create_snapshot(name="theirs", volume_id=volume.id, is_forced=True)
    conn.block_storage.wait_for_status(snapshot, "available", interval=0.2, wait=60)

    ended = stage.destroy(*mode)
    assert ended.code == 1, ended.text
    (held,) = [o for o in ended.report["objects"] if o["outcome"] not in ("deleted", "absent", "kept")]
    assert (held["kind"], held["id"], held["outcome"]) == ("volume", volume.id, "blocked")
    assert [(h["kind"], h["name"]) for h in held["holders"]] == [("volume_snapshot", "theirs")]
    assert {seen.kind for seen in stage.look().values()} == {"volume", "volume_snapshot"}

    conn.block_storage.delete_snapshot(snapshot)
    conn.block_storage.wait_for_delete(snapshot, interval=0.2, wait=60)
    again = stage.destroy("--direct")
    assert again.code == 0, again.text
    assert stage.look() == {}
