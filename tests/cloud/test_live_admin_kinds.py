"""What only an administrator makes: read by its id, deleted when named; to a member it is unknown, not absent."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import stock
import stock_compute

from ground.cloud import LocalCloud, Project
from janitor.cloud.live import LiveCloud
from janitor.core.catalogue import KINDS, Fate
from janitor.core.model import Ref
from janitor.engine.protocols import Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

SERVICES = {"compute", "block-storage", "identity"}


@pytest.fixture
def name(local_cloud: LocalCloud) -> Iterator[str]:
    made = f"admins-{secrets.token_hex(4)}"
    with stock_compute.tidied(stock_compute.administrators_connection(local_cloud), made):
        yield made


def test_there_is_a_maker_for_every_one() -> None:
    refused = {kind.name for kind in KINDS.values() if kind.fate is Fate.REFUSED and kind.service in SERVICES}
    assert refused == set(stock_compute.ADMINISTRATORS)


@pytest.mark.parametrize("kind", sorted(stock_compute.ADMINISTRATORS))
def test_an_administrators_kind_is_read_and_deleted(
    local_cloud: LocalCloud, project: Project, kind: str, name: str
) -> None:
    conn: Any = stock_compute.administrators_connection(local_cloud)
    identifier = stock_compute.ADMINISTRATORS[kind](conn, name)
    live = LiveCloud([stock_compute.administrator(local_cloud)])
    ref = Ref(live.scopes[0], kind, identifier)

    members = LiveCloud([stock.session(project)])
    seen = members.lookup([Ref(members.scopes[0], kind, identifier)])
    assert seen.missing == frozenset(), "who may not see it must not call it gone"

    read = live.read(ref)
    assert read is not None
    assert read.ref == ref
    if KINDS[kind].name_field:
        assert read.name == name
    answer = live.delete(stock.step(read), read)
    assert (answer.reply, answer.text) == (Reply.ACCEPTED, "")
    stock.until(lambda: live.read(ref) is None)
    assert live.lookup([ref]).missing == {ref}
    again = live.delete(stock.step(read), read)
    assert again.reply is Reply.GONE or kind == "volume_qos_association", again  # Cinder accepts that twice


def test_a_project_that_holds_something_is_not_deleted(local_cloud: LocalCloud, name: str) -> None:
    """Keystone would delete it, and leave the network to nobody."""
    conn: Any = stock_compute.administrators_connection(local_cloud)
    project = stock_compute.ADMINISTRATORS["project"](conn, name)
    network = conn.network.create_network(name="left-behind", project_id=project)
    live = LiveCloud([stock_compute.administrator(local_cloud)])
    read = live.read(Ref(live.scopes[0], "project", project))
    assert read is not None
    answer = live.delete(stock.step(read), read)
    assert (answer.reply, answer.text) == (Reply.DENIED, "it still holds 1 network: left-behind")
    conn.network.delete_network(network)
    assert live.delete(stock.step(read), read).reply is Reply.ACCEPTED
