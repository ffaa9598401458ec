"""Endpoints as clouds register them, and the URLs that the catalogue's paths become there."""

import pytest
from edge.stub import stub

from janitor.cloud import inventory
from janitor.cloud.endpoints import url
from janitor.core.model import Ref
from janitor.engine.protocols import CloudFault

P = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("service", "endpoint", "path", "expected"),
    [
        ("network", "http://c:9696", "/v2.0/ports", "http://c:9696/v2.0/ports"),
        ("network", "http://c:9696/", "/v2.0/ports", "http://c:9696/v2.0/ports"),
        ("network", "https://c/network/v2.0/", "/v2.0/ports", "https://c/network/v2.0/ports"),
        ("network", "https://c/v2/region/network", "/v2.0/ports", "https://c/v2/region/network/v2.0/ports"),
        ("image", "https://c/image", "/v2/images", "https://c/image/v2/images"),
        ("image", "http://c:9292/v2", "/v2/images", "http://c:9292/v2/images"),
        ("load-balancer", "https://c/load-balancer/v2.0", "/v2/lbaas/pools", "https://c/load-balancer/v2/lbaas/pools"),
        ("identity", "https://c/identity/v3", "/v3/users/u", "https://c/identity/v3/users/u"),
        ("identity", "https://c:5000", "/v3/users/u", "https://c:5000/v3/users/u"),
        ("compute", "https://c/compute/v2.1", "/servers", "https://c/compute/v2.1/servers"),
        ("compute", f"http://c:8774/v2/{P}", "/servers", f"http://c:8774/v2/{P}/servers"),
        ("compute", "https://nova.c", "/servers", "https://nova.c/v2.1/servers"),
        ("block-storage", f"http://c:8776/v3/{P}/", "/volumes", f"http://c:8776/v3/{P}/volumes"),
        ("block-storage", "http://c:8776/v3", "/volumes", "http://c:8776/v3/volumes"),
        ("block-storage", "https://c/volume", "/volumes", f"https://c/volume/v3/{P}/volumes"),
        ("orchestration", f"https://c/heat/v1/{P}", "/stacks", f"https://c/heat/v1/{P}/stacks"),
        ("dns", "https://c/dns", "/v2/zones", "https://c/dns/v2/zones"),
    ],
)
def test_a_path_is_put_behind_an_endpoint(service: str, endpoint: str, path: str, expected: str) -> None:
    assert url(endpoint, path, service=service, project=P) == expected


def test_an_empty_region_is_none() -> None:
    """A job that names a variable which nobody has set passes it on like that."""
    with stub(network="/network") as here:
        assert here.session(OS_REGION_NAME="").scope == here.session().scope


def test_json_that_nests_without_end_is_no_answer() -> None:
    with stub(network="") as here:
        here.says("GET", "/v2.0/ports/p", 200, b"[" * 100_000)
        session = here.session()
        with pytest.raises(CloudFault, match="no OpenStack"):
            inventory.read(session, Ref(session.scope, "port", "p"))
