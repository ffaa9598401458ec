"""Everything that a project holds, of every service that is there: plain GETs, one row of data per listing.

The eyes of the tests of every kind. Nothing of janitor is in it, so that it may say janitor wrong; like
`ground.neighbour.look` it shows each object with its attributes, so that a touched one looks different.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from keystoneauth1.exceptions import EndpointNotFound

from ground.neighbour import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openstack.connection import Connection

Body = dict[str, Any]

HANDS = 4
RESTLESS = frozenset(
    {
        *("updated_at", "updated", "last_activity", "operating_status", "access", "fetched_at", "replica_state"),
        *("OS-EXT-STS:power_state", "stack_status_reason", "serial", "progress", "last_modified", "x-timestamp"),
        *("count", "bytes"),  # Swift's accounts learn of their containers' content seconds later
    }
)
"""Fields that change by themselves."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing: what its objects are called, where it is, and how an object spells its id.

    `{project}` and `{user}` are filled in. `below`: a listing like this one below each object of another.
    """

    kind: str
    service: str
    path: str
    many: str
    id: str = "id"
    narrow: bool = False  # by ?project_id=, where an administrator would else be shown everybody's
    headers: Mapping[str, str] = field(default_factory=dict)
    below: tuple[Listing, ...] = ()


def _neutron(kind: str, path: str, many: str = "", *below: Listing) -> Listing:
    many = many or path.rpartition("/")[2].replace("-", "_")
    return Listing(kind, "network", f"/v2.0/{path}", many, narrow=True, below=below)


def _octavia(kind: str, many: str) -> Listing:
    return Listing(kind, "load-balancer", f"/v2/lbaas/{many}", many, narrow=True)


def _manila(kind: str, path: str, many: str = "", *below: Listing) -> Listing:
    version = {"X-OpenStack-Manila-API-Version": "2.65"}
    many = many or path.strip("/").replace("-", "_")
    return Listing(kind, "shared-file-system", path, many, headers=version, below=below)


NOVA = {"OpenStack-API-Version": "compute 2.26"}

LISTINGS: tuple[Listing, ...] = (
    Listing("server", "compute", "/servers/detail", "servers", headers=NOVA),
    Listing("keypair", "compute", "/os-keypairs", "keypairs", id="keypair.name"),
    Listing("server_group", "compute", "/os-server-groups", "server_groups", headers=NOVA),
    _neutron("floating_ip", "floatingips"),
    _neutron("trunk", "trunks"),
    _neutron("port", "ports"),
    _neutron("router", "routers"),
    _neutron("subnet", "subnets"),
    _neutron("network", "networks"),
    _neutron("security_group", "security-groups"),
    _neutron("qos_policy", "qos/policies"),
    _neutron("rbac_policy", "rbac-policies"),
    _neutron("address_group", "address-groups"),
    _neutron("address_scope", "address-scopes"),
    _neutron("subnet_pool", "subnetpools"),
    _neutron("vpn_service", "vpn/vpnservices"),
    _neutron("vpn_ike_policy", "vpn/ikepolicies"),
    _neutron("vpn_ipsec_policy", "vpn/ipsecpolicies"),
    _neutron("vpn_endpoint_group", "vpn/endpoint-groups"),
    _neutron("vpn_site_connection", "vpn/ipsec-site-connections"),
    Listing("bgpvpn", "network", "/v2.0/bgpvpn/bgpvpns", "bgpvpns"),  # it refuses to be asked for one project's
    Listing("bgp_speaker", "network", "/v2.0/bgp-speakers", "bgp_speakers"),  # as these do
    Listing("bgp_peer", "network", "/v2.0/bgp-peers", "bgp_peers"),
    _neutron("tap_mirror", "taas/tap_mirrors"),
    _neutron("firewall_group", "fwaas/firewall_groups"),
    _neutron("firewall_policy", "fwaas/firewall_policies"),
    _neutron("firewall_rule", "fwaas/firewall_rules"),
    _octavia("load_balancer", "loadbalancers"),
    _octavia("listener", "listeners"),
    _octavia("pool", "pools"),
    _octavia("health_monitor", "healthmonitors"),
    _octavia("l7_policy", "l7policies"),
    Listing("volume", "block-storage", "/volumes/detail", "volumes"),
    Listing("volume_snapshot", "block-storage", "/snapshots/detail", "snapshots"),
    Listing("volume_backup", "block-storage", "/backups/detail", "backups"),
    Listing("volume_transfer", "block-storage", "/os-volume-transfer/detail", "transfers"),
    Listing("image", "image", "/v2/images?owner={project}", "images"),
    Listing("secret", "key-manager", "/v1/secrets?limit=100", "secrets", id="secret_ref"),
    Listing("secret_container", "key-manager", "/v1/containers?limit=100", "containers", id="container_ref"),
    Listing("secret_order", "key-manager", "/v1/orders?limit=100", "orders", id="order_ref"),
    Listing("application_credential", "identity", "/users/{user}/application_credentials", "application_credentials"),
    Listing("ec2_credential", "identity", "/users/{user}/credentials/OS-EC2", "credentials", id="access"),
    Listing("zone", "dns", "/v2/zones", "zones"),
    Listing("recordset", "dns", "/v2/recordsets", "recordsets"),
    Listing("zone_transfer_request", "dns", "/v2/zones/tasks/transfer_requests", "transfer_requests"),
    Listing("zone_import", "dns", "/v2/zones/tasks/imports", "imports"),
    Listing("zone_export", "dns", "/v2/zones/tasks/exports", "exports"),
    Listing("stack", "orchestration", "/stacks", "stacks"),
    Listing(
        "container",
        "object-store",
        "?format=json",
        "",
        id="name",
        below=(Listing("object", "object-store", "/{parent}?format=json&versions=true", "", id="name"),),
    ),
    _manila(
        "share",
        "/shares/detail",
        "shares",
        _manila("share_access_rule", "/share-access-rules?share_id={parent}", "access_list"),
    ),
    _manila("share_snapshot", "/snapshots/detail", "snapshots"),
    _manila("share_network", "/share-networks/detail", "share_networks"),
    _manila("security_service", "/security-services/detail", "security_services"),
)


def everything(cloud: Connection) -> dict[str, Seen]:
    """What the project holds now, by `kind/id`; what every project has by itself is left out."""
    offered = {name: url for name in {row.service for row in LISTINGS} if (url := _endpoint(cloud, name))}
    rows = [row for row in LISTINGS if row.service in offered]
    with ThreadPoolExecutor(HANDS) as hands:
        found = hands.map(partial(_listed, cloud, offered), rows)
    return {key: seen for part in found for key, seen in part.items()}


def _endpoint(cloud: Connection, service: str) -> str:
    """Where the service is, empty where the cloud has none of that type."""
    region = cloud.config.get_region_name()
    try:
        found = cloud.session.get_endpoint(service_type=service, interface="public", region_name=region)
    except EndpointNotFound:
        return ""
    return str(found or "").rstrip("/")


def _listed(cloud: Connection, offered: Mapping[str, str], row: Listing, parent: str = "") -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for body in _bodies(cloud, offered[row.service], row, parent):
        if _comes_by_itself(row.kind, str(body.get("name") or "")):
            continue
        identifier = _dug(body, row.id)
        if row.id.endswith("_ref"):  # Barbican names things by their addresses
            identifier = identifier.rpartition("/")[2]
        kept = {name: _still(value) for name, value in body.items() if name not in RESTLESS}
        key = f"{parent}/{identifier}" if parent else identifier
        found[f"{row.kind}/{key}"] = Seen(row.kind, key, str(body.get("name") or ""), json.dumps(kept, sort_keys=True))
        for child in row.below:
            found |= _listed(cloud, offered, child, identifier)
    return found


def _comes_by_itself(kind: str, name: str) -> bool:
    """Every project has a group `default`; being listed is enough for one of firewalls, with its policies and rules."""
    return (kind == "security_group" and name == "default") or (kind.startswith("firewall_") and name[:7] == "default")


def _bodies(cloud: Connection, endpoint: str, row: Listing, parent: str) -> list[Body]:
    """The bodies of one listing; none where the service does not know the extension."""
    project, user = cloud.current_project_id or "", cloud.current_user_id or ""
    path = row.path.format(project=project, user=user, parent=parent)
    if row.narrow:
        path += f"?project_id={project}"
    answer = cloud.session.get(endpoint + path, headers=dict(row.headers), raise_exc=False)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        return []
    if answer.status_code != HTTPStatus.OK:
        raise RuntimeError(f"{row.service} {path} was answered with {answer.status_code}: {answer.text[:300]}")
    said = answer.json()
    return list(said if isinstance(said, list) else said[row.many])


def _still(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The value with its lists in an order of their own: the services answer in any."""
    if isinstance(value, list):
        return sorted((_still(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return {name: _still(item) for name, item in value.items()} if isinstance(value, dict) else value


def _dug(body: Body, path: str) -> str:
    value: Any = body
    for name in path.split("."):
        value = value[name]
    return str(value)
