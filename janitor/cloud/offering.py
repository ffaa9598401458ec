"""What the cloud has under the names that a configuration uses: images, flavors, zones, networks, types, key pairs.

Reads listings as the project's user sees them, shared and public things included. What could not be listed is unseen
with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from types import MappingProxyType

from janitor.cloud import batch, inventory
from janitor.cloud.live import reason
from janitor.cloud.session import Session
from janitor.core import offers as o
from janitor.core.capacity import Pool
from janitor.core.catalogue import Kind
from janitor.core.catalogue.reading import epoch
from janitor.core.offers import Asked, Offer, Offers
from janitor.core.wanted import whole
from janitor.engine.protocols import CloudFault

Body = Mapping[str, object]


def _listed(name: str, service: str, path: str, many: str, **more: str) -> Kind:
    return Kind(name=name, service=service, path=path, many=many, **more)  # type: ignore[arg-type]


LISTINGS: Mapping[str, Kind] = MappingProxyType(
    {
        o.FLAVOR: _listed(o.FLAVOR, "compute", "/flavors/detail", "flavors"),
        o.KEYPAIR: _listed(o.KEYPAIR, "compute", "/os-keypairs", "keypairs", one="keypair"),
        o.ZONE: _listed(o.ZONE, "compute", "/os-availability-zone", "availabilityZoneInfo"),
        o.STORAGE_ZONE: _listed(o.STORAGE_ZONE, "block-storage", "/os-availability-zone", "availabilityZoneInfo"),
        o.VOLUME_TYPE: _listed(o.VOLUME_TYPE, "block-storage", "/types", "volume_types"),
        o.NETWORK: _listed(o.NETWORK, "network", "/v2.0/networks", "networks"),
        o.SUBNET: _listed(o.SUBNET, "network", "/v2.0/subnets", "subnets"),
        o.ROUTER: _listed(o.ROUTER, "network", "/v2.0/routers", "routers"),
        o.GROUP: _listed(o.GROUP, "network", "/v2.0/security-groups", "security_groups"),
        o.IMAGE: _listed(o.IMAGE, "image", "/v2/images", "images"),
    }
)
"""What is asked for → how it is listed. An external network is listed among the networks."""

POOLS = _listed("pool", "network", "/v2.0/network-ip-availabilities", "network_ip_availabilities")


def offers(session: Session, asked: Iterable[Asked], *, threads: int) -> Offers:
    """What there is of each kind that is asked for."""
    everything = tuple(asked)
    kinds = sorted({_source(one.kind) for one in everything})
    tasks = [partial(_of_kind, session, kind, [a for a in everything if a.kind == kind]) for kind in kinds]
    found: dict[str, tuple[Offer, ...]] = {}
    unseen: dict[str, str] = {}
    for kind, result in zip(kinds, batch.all_of(tasks, threads=threads), strict=True):
        if isinstance(result, str):
            unseen[kind] = result
        else:
            found[kind] = result
    if o.NETWORK in found:
        found[o.EXTERNAL] = tuple(_as_external(network) for network in found[o.NETWORK])
    elif o.NETWORK in unseen:
        unseen[o.EXTERNAL] = unseen[o.NETWORK]
    return Offers(found, unseen)


def pools(session: Session, networks: Iterable[Offer]) -> tuple[Pool, ...]:
    """The free addresses of networks; None where this account is not told, which most clouds reserve to operators."""
    wanted = {network.id: network.name for network in networks}
    free: dict[str, int] = {}
    try:
        for body in inventory.paged(session, POOLS, POOLS.path, query={}):
            total, used = whole(body.get("total_ips")), whole(body.get("used_ips"))
            if total is not None and used is not None:
                free[str(body.get("network_id"))] = max(0, total - used)
    except CloudFault:
        free = {}
    return tuple(Pool(network_id, wanted[network_id], free.get(network_id)) for network_id in sorted(wanted))


def _source(kind: str) -> str:
    return o.NETWORK if kind in o.NETWORKS else kind


def _of_kind(session: Session, kind: str, asked: list[Asked]) -> tuple[Offer, ...] | str:
    try:
        bodies = _images(session, asked) if kind == o.IMAGE else _bodies(session, kind, {})
        # An image may be asked for twice, by its name and by its id.
        return tuple(dict.fromkeys(READERS.get(kind, _plain)(kind, body) for body in bodies))
    except CloudFault as fault:
        return reason(fault.answer)


def _bodies(session: Session, kind: str, query: Mapping[str, str]) -> list[Body]:
    listing = LISTINGS[kind]
    bodies = inventory.paged(session, listing, listing.path, query=query)
    inner = [body.get(listing.one) for body in bodies] if listing.one else bodies
    return [body for body in inner if isinstance(body, Mapping)]


def _images(session: Session, asked: Iterable[Asked]) -> Iterator[Body]:
    """By name as the provider looks for them, and by id: a cloud may have more images than anybody wants to list."""
    for one in asked:
        if not one.by_id:
            yield from _bodies(session, o.IMAGE, {"name": one.key})
            continue
        found = inventory.fetch(session, o.IMAGE, one.key)
        if found is not None:
            yield found


def _plain(kind: str, body: Body) -> Offer:
    return Offer(kind, str(body.get("id") or ""), str(body.get("name") or ""))


def _keypair(kind: str, body: Body) -> Offer:
    return Offer(kind, str(body.get("name")), str(body.get("name")))


def _flavor(kind: str, body: Body) -> Offer:
    return Offer(
        kind,
        str(body.get("id")),
        str(body.get("name")),
        unfit="it is disabled" if body.get("OS-FLV-DISABLED:disabled") is True else "",
        vcpus=whole(body.get("vcpus")) or 0,
        ram=whole(body.get("ram")) or 0,
        disk=whole(body.get("disk")) or 0,
    )


def _image(kind: str, body: Body) -> Offer:
    status = str(body.get("status") or "")
    return Offer(
        kind,
        str(body.get("id")),
        str(body.get("name") or ""),
        unfit="" if status == "active" else f"its status is {status or 'unknown'}, not active",
        min_disk=whole(body.get("min_disk")) or 0,
        min_ram=whole(body.get("min_ram")) or 0,
        size=max(whole(body.get("size")) or 0, whole(body.get("virtual_size")) or 0),
    )


def _zone(kind: str, body: Body) -> Offer:
    name, state = str(body.get("zoneName")), body.get("zoneState")
    up = isinstance(state, Mapping) and state.get("available") is True
    return Offer(kind, name, name, unfit="" if up else "it is not available")


def _network(kind: str, body: Body) -> Offer:
    up = body.get("admin_state_up") is not False
    external = body.get("router:external") is True
    return Offer(
        kind,
        str(body.get("id")),
        str(body.get("name") or ""),
        unfit="" if up else "its admin state is down",
        external=external,
    )


def _as_external(network: Offer) -> Offer:
    unfit = network.unfit or ("" if network.external else "it is no external network")
    return Offer(o.EXTERNAL, network.id, network.name, unfit=unfit, external=network.external)


READERS: Mapping[str, Callable[[str, Body], Offer]] = MappingProxyType(
    {
        o.KEYPAIR: _keypair,
        o.FLAVOR: _flavor,
        o.IMAGE: _image,
        o.ZONE: _zone,
        o.STORAGE_ZONE: _zone,
        o.NETWORK: _network,
    }
)
"""What is asked for → how a body of it is read."""


def lifetime(session: Session) -> float | None:
    """When the application credential in use ends, in seconds since the epoch; None where it does not, or is none."""
    if not session.credential_id:
        return None
    path = f"/v3/users/{session.user_id}/application_credentials/{session.credential_id}"
    response = session.request("identity", "GET", path)
    return epoch(response.mapping("application_credential").get("expires_at"))
