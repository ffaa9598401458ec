"""Barbican's objects on the real service: links for ids, what an order makes, and the consumers of a secret."""

from __future__ import annotations

from typing import Any

import pytest
import stock
import stock_keys as barbican
from builders import case, in_state

from ground.cloud import Project
from janitor.cloud.live import LiveCloud
from janitor.core.catalogue import closure
from janitor.core.model import Evidence, Ref
from janitor.core.ownership import judge
from janitor.engine.protocols import Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]


def test_a_container_names_its_secrets_and_goes_without_them(project: Project, conn: Any, live: LiveCloud) -> None:
    links = [barbican.secret(conn, f"{project.name}-{n}") for n in range(2)]
    box = Ref(live.scopes[0], "secret_container", barbican.identifier(barbican.container(conn, project.name, *links)))
    observed = live.read(box)
    assert observed is not None
    assert set(observed.linked("secret")) == {barbican.identifier(link) for link in links}
    assert stock.ask(live, "secret_container", box.id)[1].reply is Reply.ACCEPTED
    assert {o.ref.id for o in live.listing(live.scopes[0], "secret")} == set(observed.linked("secret"))


def test_what_our_order_made_is_ours_and_nothing_else(project: Project, conn: Any, live: LiveCloud) -> None:
    """The provider leaves it behind, and no other source speaks of it."""
    foreign = barbican.identifier(barbican.secret(conn, project.name))
    key = barbican.identifier(barbican.order(conn, project.name))
    pair = {"name": project.name, "algorithm": "rsa", "bit_length": 2048, "payload_content_type": "application/pkcs8"}
    both = barbican.identifier(barbican.post(conn, "/orders", type="asymmetric", meta=pair))

    world = live.scan(closure(frozenset({"secret_order"})))
    orders = [world.objects[Ref(live.scopes[0], "secret_order", made)] for made in (key, both)]
    verdicts = judge(case(in_state(*orders)), world)
    made = [ref for ref, verdict in verdicts.items() if verdict.evidence == (Evidence.ATTACHED,)]
    assert sorted(ref.kind for ref in made) == ["secret", "secret", "secret", "secret_container"]
    assert foreign not in {ref.id for ref in verdicts}
    assert set(verdicts) == {order.ref for order in orders} | set(made)


def test_a_secret_is_held_by_its_consumers(project: Project, conn: Any, live: LiveCloud) -> None:
    """Without a microversion barbican takes it from them; asked in its newest one, it refuses and names them."""
    secret = barbican.identifier(barbican.secret(conn, project.name))
    volume = stock.volume(conn, project.name)
    consumer = {"service": "cinder", "resource_type": "volume", "resource_id": volume.id}
    told = {"OpenStack-API-Version": "key-manager 1.2"}
    assert conn.key_manager.post(f"/secrets/{secret}/consumers", json=consumer, headers=told).status_code == 200
    observed, answer = stock.ask(live, "secret", secret)
    assert (answer.reply, answer.status) == (Reply.REFUSED, 400), answer
    (holder,) = live.holders(observed, answer)
    assert (holder.kind, holder.id, holder.name) == ("volume", volume.id, project.name)
    conn.key_manager.delete(f"/secrets/{secret}/consumers", json=consumer, headers=told)
    assert stock.ask(live, "secret", secret)[1].reply is Reply.ACCEPTED


def test_a_container_goes_under_its_consumers(project: Project, conn: Any, live: LiveCloud) -> None:
    """A load balancer's listener is one of a container with its certificate: whoever is left is not asked."""
    made = barbican.container(conn, project.name, barbican.secret(conn, project.name))
    box = barbican.identifier(made)
    consumer = {"name": "lbaas", "URL": f"lbaas://RegionOne/loadbalancers/{project.id}"}
    told = {"OpenStack-API-Version": "key-manager 1.2"}
    answer = conn.key_manager.post(f"/containers/{box}/consumers", json=consumer, headers=told)
    assert answer.json()["consumers"] == [consumer]
    assert stock.ask(live, "secret_container", box)[1].status == 204
    assert live.read(Ref(live.scopes[0], "secret_container", box)) is None


def test_more_secrets_than_a_page_holds_are_listed(project: Project, conn: Any, live: LiveCloud) -> None:
    made = {barbican.identifier(barbican.secret(conn, f"{project.name}-{n}")) for n in range(101)}
    assert {o.ref.id for o in live.listing(live.scopes[0], "secret")} == made
