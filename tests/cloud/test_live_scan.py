"""Scans of the real cloud: what they cost, what a project sees, and what becomes of what cannot be listed."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import stock
import stock_shares as manila

from ground.cloud import Fault, LocalCloud, Project, fault_region
from janitor.cloud import inventory
from janitor.cloud.live import LiveCloud, Patience
from janitor.cloud.session import Session
from janitor.cloud.signin import connect
from janitor.core.catalogue import KINDS, source_kind
from janitor.core.model import Observed, Ref
from janitor.engine.protocols import CloudFault, Reply

pytestmark = [pytest.mark.cloud, pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")]

HASTY = Patience(first=0.05, longest=0.2, brief=0.1)
LISTED = [name for name, kind in KINDS.items() if kind.is_listed]
NOBODY = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def signed_in(project: Project) -> Session:
    return stock.session(project)


@pytest.fixture
def live(signed_in: Session) -> LiveCloud:
    return LiveCloud([signed_in])


def below(name: str) -> bool:
    """Whether a kind is listed below each of its parents."""
    return bool(KINDS[name].nested) and not KINDS[name].parent_field


def test_a_scan_asks_once_for_each_kind_and_nothing_below_parents_that_are_not_there(live: LiveCloud) -> None:
    """The second scan: the first one also learns which microversions the services have."""
    live.scan(LISTED)
    before = live.requests
    world = live.scan(LISTED)
    sources = {source_kind(name) for name in LISTED}
    optional = {name for name in sources if live.session(live.scopes[0]).endpoint(KINDS[name].service) is None}
    assert live.requests - before == len([name for name in sources - optional if not below(name)])
    assert world.unseen == {}
    assert world.listed >= {(live.scopes[0], name) for name in LISTED}


@pytest.mark.services("manila")
def test_children_are_listed_below_what_the_same_scan_has_shown(project: Project, conn: Any, live: LiveCloud) -> None:
    """Three requests, not four: the parents are not listed again for them."""
    rules = [manila.access(conn, f"{project.name}-{number}") for number in range(2)]
    live.scan(["share"])  # learns the microversion
    before = live.requests
    world = live.scan(["share", "share_access_rule"])
    assert live.requests - before == 3
    assert world.unseen == {}
    assert {kind for _, kind in world.listed} >= {"share", "share_access_rule"}
    assert {o.ref.id for o in world.of_kind("share_access_rule")} == set(rules)


@pytest.mark.services("manila")
def test_children_of_parents_that_are_unseen_are_unseen_too(region: tuple[Any, LiveCloud]) -> None:
    proxies, live = region
    proxies.rules = [Fault(service="shared-file-system", path="/shares", status=500)]
    world = live.scan(["share", "share_access_rule"])
    assert {kind for _, kind in world.unseen} == {"share", "share_access_rule"}
    assert not {kind for _, kind in world.listed}


def test_the_scan_is_dated_by_the_clouds_clock(live: LiveCloud) -> None:
    world = live.scan(["network"])
    assert abs(world.taken_at - time.time()) < 2.5
    assert abs(live.clock_offset) < 2.5


def test_a_foreign_project_stays_out_of_the_scan(
    project: Project, conn: Any, live: LiveCloud, local_cloud: LocalCloud, tmp_path: Path
) -> None:
    stock.port(conn, project.name)
    with local_cloud.project(f"{project.name}-other", tmp_path / "other") as other:
        world = LiveCloud([stock.session(other)]).scan(LISTED)
        seen = {(o.ref.kind, o.name) for o in world.objects.values() if o.ref.kind != "security_group_rule"}
        # FWaaS gives a project rules and policies of its own as soon as they are listed.
        assert {(kind, name) for kind, name in seen if not kind.startswith("firewall_")} == {
            ("security_group", "default")
        }
        assert {o.project_id for o in world.objects.values()} == {other.id}


def test_many_pages_are_one_listing(project: Project, conn: Any, signed_in: Session, live: LiveCloud) -> None:
    """Glance, Neutron, Nova and Cinder each mark the next page in their own way."""
    for number in range(5):
        conn.network.create_network(name=f"{project.name}-{number}")
        conn.block_storage.create_volume(name=f"{project.name}-{number}", size=1)
        conn.image.create_image(name=f"{project.name}-{number}", disk_format="raw", container_format="bare")
        conn.compute.create_keypair(name=f"{project.name}-{number}", public_key=stock.PUBLIC_KEY)
        stock.server(conn, f"{project.name}-{number}")
    for name in ("network", "volume", "image", "server"):
        kind, before = KINDS[name], signed_in.requests
        query = {key: value.replace("{project}", project.id) for key, value in kind.query.items()} | {"limit": "2"}
        found = inventory.paged(signed_in, kind, kind.listing or kind.path, query=query)
        assert sorted(str(body["name"]) for body in found) == [f"{project.name}-{n}" for n in range(5)], name
        assert signed_in.requests - before >= 3


def test_ids_are_looked_up_where_no_listing_helps(project: Project, conn: Any, live: LiveCloud) -> None:
    scope = live.scopes[0]
    made = stock.network(conn, project.name)
    public = conn.network.find_network("public")
    gone = Ref(scope, "network", NOBODY)
    world = live.lookup([Ref(scope, "network", made.id), Ref(scope, "network", public.id), gone])
    assert world.missing == {gone}
    assert {ref.id for ref in world.objects} == {made.id, public.id}
    assert world.objects[Ref(scope, "network", public.id)].facts["router:external"] is True


def test_an_unknown_scope_is_unseen_and_never_missing(live: LiveCloud) -> None:
    ref = Ref(replace(live.scopes[0], region="Elsewhere"), "network", NOBODY)
    world = live.lookup([ref])
    assert world.missing == frozenset()
    assert list(world.unseen) == [(ref.scope, "network")]


@pytest.fixture
def region(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, LiveCloud]]:
    with fault_region(project.name[:40]) as made:
        for name, value in made.env(project, tmp_path).items():
            monkeypatch.setenv(name, value)
        yield made, LiveCloud([connect(project.cloud_name, timeout=3)], patience=HASTY)


def test_a_service_that_is_down_is_unseen(region: tuple[Any, LiveCloud]) -> None:
    proxies, live = region
    with proxies.down("compute"):
        world = live.scan(LISTED)
    unseen = {kind for _, kind in world.unseen}
    assert unseen == {"server", "keypair", "server_group"}
    assert all("the connection was refused" in why for why in world.unseen.values())
    assert not {kind for _, kind in world.listed} & unseen


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(Fault(service="network", path="ports", status=403), "not allowed (403)", id="forbidden"),
        pytest.param(Fault(service="network", path="ports", status=401), "not allowed (401)", id="token not taken"),
        pytest.param(Fault(service="network", path="ports", status=500), "500", id="broken"),
        pytest.param(Fault(service="network", path="ports", status=404, body="<h1>no</h1>"), "404", id="proxy's 404"),
        pytest.param(Fault(service="network", path="ports", status=200, body="[]"), "no OpenStack", id="no listing"),
        pytest.param(Fault(service="network", path="ports", hang=True), "no answer in time", id="silent"),
        pytest.param(Fault(service="network", path="ports", drop="before"), "the connection broke", id="dropped"),
    ],
)
def test_what_could_not_be_listed_is_unseen_with_its_reason(
    region: tuple[Any, LiveCloud], fault: Fault, why: str
) -> None:
    proxies, live = region
    proxies.rules = [fault]
    world = live.scan(["port", "network"])
    assert [kind for _, kind in world.unseen] == ["port"]
    assert why in next(iter(world.unseen.values()))
    assert (live.scopes[0], "port") not in world.listed
    assert (live.scopes[0], "network") in world.listed
    ref = Ref(live.scopes[0], "port", NOBODY)
    assert live.lookup([ref]).missing == frozenset()


def test_a_token_that_has_ended_is_renewed_once(region: tuple[Any, LiveCloud]) -> None:
    proxies, live = region
    proxies.rules = [Fault(service="network", path="ports", status=401, times=1)]
    before = live.requests
    assert live.scan(["port"]).unseen == {}
    assert live.requests - before == 3  # refused, another token, listed


def test_a_missing_extension_has_nothing_and_a_missing_path_is_unseen(region: tuple[Any, LiveCloud]) -> None:
    proxies, live = region
    scope = live.scopes[0]
    no_path = '{"NeutronError": {"type": "HTTPNotFound", "message": "The resource could not be found."}}'
    proxies.rules = [Fault(service="network", path="trunks|networks", status=404, body=no_path)]
    world = live.scan(["trunk", "network"])
    assert list(world.unseen) == [(scope, "network")]
    assert world.listed == {(scope, "trunk")}
    why = f"the network service of {scope.cloud}/{scope.region} has no trunk extension"
    assert live.notes == (f"{scope.cloud}/{scope.region} has no trunk extension: nothing of these kinds can be there",)
    assert live.scan(["trunk"], claimed=["trunk"]).unseen == {(scope, "trunk"): why}


def test_a_service_that_the_catalog_lacks_has_nothing(
    region: tuple[Any, LiveCloud], project: Project, local_cloud: LocalCloud
) -> None:
    proxies, _ = region
    admin = local_cloud.admin
    (service,) = admin.keystone("GET", "/services?type=load-balancer")["services"]
    query = f"/endpoints?region_id={proxies.region}&service_id={service['id']}"
    for endpoint in admin.keystone("GET", query)["endpoints"]:
        admin.keystone("DELETE", f"/endpoints/{endpoint['id']}")
    live = LiveCloud([connect(project.cloud_name)], patience=HASTY)
    scope, before = live.scopes[0], live.requests
    world = live.scan(["pool", "member"])
    assert live.requests == before
    assert world.unseen == {}
    assert world.listed == {(scope, "pool"), (scope, "member")}
    assert len(live.notes) == 1
    assert list(live.scan(["pool"], claimed=["member"]).unseen) == [(scope, "pool")]
    lost = Ref(scope, "pool", NOBODY)
    assert live.lookup([lost]).missing == frozenset()


def test_a_marker_that_is_deleted_between_two_pages_costs_one_more_listing(
    region: tuple[Any, LiveCloud], project: Project, conn: Any
) -> None:
    proxies, live = region
    signed_in = live.session(live.scopes[0])
    made = sorted(stock.network(conn, f"{project.name}-{n}").id for n in range(3))
    for times, found in ((1, made), (2, None)):
        proxies.rules = [Fault(path="marker=", status=400, times=times)]
        query = {"limit": "2", "project_id": project.id}
        kind = KINDS["network"]
        if found is None:
            with pytest.raises(CloudFault):
                inventory.paged(signed_in, kind, kind.path, query=query)
        else:
            bodies = inventory.paged(signed_in, kind, kind.path, query=query)
            assert sorted(str(body["id"]) for body in bodies) == found
    proxies.rules = []


def test_a_busy_service_is_asked_again_and_its_word_is_kept(region: tuple[Any, LiveCloud]) -> None:
    proxies, live = region
    proxies.rules = [Fault(service="network", path="ports", status=429, retry_after=1, times=1)]
    patient = LiveCloud([live.session(live.scopes[0])], patience=Patience(longest=2))
    begun = time.monotonic()
    assert patient.scan(["port"]).unseen == {}
    assert time.monotonic() - begun >= 1
    time.sleep(0.5)  # the proxy writes its log after the answer
    assert len(proxies.calls("network", "GET", "ports")) == 2


def test_one_request_is_one_request(region: tuple[Any, LiveCloud]) -> None:
    """Nothing below us repeats a request: the engine decides what is sent again."""
    proxies, live = region
    for fault in (Fault(path="networks/", status=503), Fault(path="networks/", drop="before")):
        proxies.rules = [fault]
        before, seen = live.requests, len(proxies.calls("network"))
        observed = _nothing(live)
        answer = live.delete(stock.step(observed), observed)
        assert answer.reply is Reply.BROKEN
        assert live.requests - before == 1
        time.sleep(0.5)  # the proxy writes its log after the answer
        assert len(proxies.calls("network")) - seen == 1


def _nothing(live: LiveCloud) -> Observed:
    return Observed(Ref(live.scopes[0], "network", NOBODY))
