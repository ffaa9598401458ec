"""What a configuration takes of a project's quota, per service and quota key: also what the services make themselves.

Nova makes a port for each network without one, and a volume for a disk; Octavia the VIP's port; Neutron the default
rules of each group. An amphora's ports are the service project's. Decides nothing about what is there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from janitor.core.catalogue import KINDS
from janitor.core.wanted import Wanted, whole

COMPUTE, NETWORK, STORAGE, KEYS, DNS = "compute", "network", "block-storage", "key-manager", "dns"
DEFAULT_RULES = 2
"""Rules that Neutron gives a new group: everything may leave, over IPv4 and over IPv6."""
OWN_RECORDSETS = 2
"""Recordsets of a new zone: SOA and NS."""

LARGEST = frozenset({"per_volume_gigabytes", "per_share_gigabytes", "server_group_members", "zone_recordsets"})
"""Limits of one object and not of the project: the largest asked for counts, not the sum."""


@dataclass(frozen=True, slots=True)
class Flavor:
    """What a server of a flavor takes."""

    vcpus: int
    ram: int  # MiB
    disk: int = 0  # GiB


@dataclass(frozen=True, slots=True)
class Share:
    """What one instance takes of one quota; None: it takes some, and nobody knows how much."""

    service: str
    key: str
    amount: int | None = 1
    bucket: str = ""  # of LARGEST: the object whose limit it is
    volume_type: str = ""  # whose own quota it is


@dataclass(frozen=True, slots=True)
class Need:
    """What all instances take of one quota together. `unknown`: whose share nobody knows."""

    service: str
    key: str
    amount: int
    by: Mapping[str, int] = field(default_factory=dict)  # kind → how many of it take from this
    unknown: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """`network port`: as it is told."""
        return f"{self.service} {self.key}"


def flavor_of(one: Wanted, others: Mapping[str, Wanted], flavors: Mapping[str, Flavor]) -> Flavor | None:
    """The flavor of a server: by its id, its name, or the data source that it is read from."""
    if known := flavors.get(one.text("flavor_id") or one.text("flavor_name")):
        return known
    for attribute in ("flavor_id", "flavor_name"):
        for target in one.named_by(attribute):
            read = others.get(target)
            if read is not None and (found := flavors.get(read.text("flavor_id") or read.text("name"))):
                return found
    return None


def needs(
    wanted: Iterable[Wanted], flavors: Mapping[str, Flavor], *, types: Mapping[str, str] | None = None
) -> tuple[Need, ...]:
    """What is taken of each quota. `flavors` by id and by name, as the cloud has them.

    `types`: id or name of a volume type → its name, by which its quotas go; one that the cloud lacks has none. None:
    nobody knows the cloud's types, and what the configuration says is taken for the name.
    """
    everything = {one.address: one for one in wanted}
    known: dict[tuple[str, str], dict[str, int]] = defaultdict(Counter)
    unknown: dict[tuple[str, str], list[str]] = defaultdict(list)
    by: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in everything.values():
        if not one.makes:
            continue
        for share in _shares(one, everything, flavors):
            volume_type = types.get(share.volume_type, "") if types is not None else share.volume_type
            if share.amount == 0 or (share.volume_type and not volume_type):
                continue
            key = (share.service, f"{share.key}_{volume_type}" if volume_type else share.key)
            by[key][one.makes] += 1
            if share.amount is None:
                unknown[key].append(one.address)
            else:
                known[key][share.bucket if share.key in LARGEST else ""] += share.amount
    return tuple(
        Need(*key, max(known[key].values(), default=0), MappingProxyType(dict(by[key])), tuple(unknown[key]))
        for key in sorted(by)
    )


def besides(wanted: Iterable[Wanted]) -> Mapping[tuple[str, str], int]:
    """What a cloud may take of a quota for itself: where DHCP agents run, a port in each network that they serve."""
    served = {
        target
        for one in wanted
        if one.makes == "subnet" and not one.denied("enable_dhcp")
        for target in one.named_by("network_id")
    }
    return {(NETWORK, "port"): len(served)}


def services(wanted: Iterable[Wanted]) -> Mapping[str, tuple[str, ...]]:
    """The services that an apply talks to, each with the addresses that are made there."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in wanted:
        if one.kind and (service := KINDS[one.kind].service):
            found[service].append(one.address)
    return {service: tuple(found[service]) for service in sorted(found)}


def kinds(wanted: Iterable[Wanted]) -> frozenset[str]:
    """The kinds of what is to be made."""
    return frozenset(one.makes for one in wanted if one.makes)


Others = Mapping[str, Wanted]


def _shares(one: Wanted, others: Others, flavors: Mapping[str, Flavor]) -> Iterator[Share]:
    kind = KINDS[one.makes]
    if kind.name == "server":
        yield from _of_server(one, others, flavors)
        return
    for key in kind.quota:
        if key in LARGEST:
            continue  # below, with the object whose limit it is
        yield Share(kind.service, key, _amount(kind.name, key, one))
    if kind.name in MORE:
        yield from MORE[kind.name](one)


def _amount(kind: str, key: str, one: Wanted) -> int | None:
    if key == "gigabytes" or (kind, key) == ("database_instance", "volumes"):  # Trove's volumes are GiB, too
        return one.number("size")
    if kind == "member" and one.blocks("member"):  # all members of a pool in one resource
        return len(one.blocks("member"))
    return 1


def _of_server(one: Wanted, others: Others, flavors: Mapping[str, Flavor]) -> Iterator[Share]:
    flavor = flavor_of(one, others, flavors)
    yield Share(COMPUTE, "instances")
    yield Share(COMPUTE, "cores", flavor.vcpus if flavor else None)
    yield Share(COMPUTE, "ram", flavor.ram if flavor else None)
    yield Share(NETWORK, "port", ports_by_nova(one))
    groups = one.named_by("scheduler_hints.group") or tuple(
        str(hint["group"]) for hint in one.blocks("scheduler_hints") if hint.get("group")
    )
    for group in groups:
        yield Share(COMPUTE, "server_group_members", 1, bucket=group)
    for disk in one.blocks("block_device"):
        if disk.get("destination_type") == "volume" and disk.get("source_type") != "volume":
            yield from _of_volume(whole(disk.get("volume_size")), str(disk.get("volume_type") or ""), one.address)


def ports_by_nova(one: Wanted) -> int:
    """How many ports Nova makes for a server: one for each network that is given without a port.

    Where a block's port is known only after the apply, so is the rest of the block: what it names tells.
    """
    if one.text("network_mode") == "none":
        return 0
    networks = one.blocks("network")
    if not networks:
        return 1  # "auto": the project's only network, or one that Nova lets Neutron make
    plain = [n for n in networks if not n.get("port") and (n.get("uuid") or n.get("name"))]
    open_ended = [n for n in networks if not (n.get("port") or n.get("uuid") or n.get("name"))]
    with_port = sum(attribute.endswith("network.port") for attribute, _ in one.refers)
    without = sum(attribute.endswith(("network.uuid", "network.name")) for attribute, _ in one.refers)
    if not without:
        return len(plain)
    return len(plain) + max(0, len(open_ended) - with_port)


def _of_volume(size: int | None, volume_type: str, address: str) -> Iterator[Share]:
    yield Share(STORAGE, "volumes")
    yield Share(STORAGE, "gigabytes", size)
    yield from _of_type(size, volume_type, address)


def _of_type(size: int | None, volume_type: str, address: str) -> Iterator[Share]:
    """What counts beside the project's sums: the size of one volume, and the sums of its type."""
    yield Share(STORAGE, "per_volume_gigabytes", size, bucket=address)
    if volume_type:
        yield Share(STORAGE, "volumes", volume_type=volume_type)
        yield Share(STORAGE, "gigabytes", size, volume_type=volume_type)


def _volume(one: Wanted) -> Iterator[Share]:
    yield from _of_type(one.number("size"), one.text("volume_type"), one.address)


def _share(one: Wanted) -> Iterator[Share]:
    yield Share(KINDS["share"].service, "per_share_gigabytes", one.number("size"), bucket=one.address)


def _port_unless(given: str) -> Callable[[Wanted], Iterator[Share]]:
    """A port that the service makes where none is given."""

    def more(one: Wanted) -> Iterator[Share]:
        if not one.given(given):
            yield Share(NETWORK, "port")

    return more


def _security_group(one: Wanted) -> Iterator[Share]:
    if not one.flag("delete_default_rules"):
        yield Share(NETWORK, "security_group_rule", DEFAULT_RULES)


def _order(one: Wanted) -> Iterator[Share]:
    """Barbican makes what was ordered: a key, or a pair of keys in a container."""
    pair = one.text("type") == "asymmetric"
    yield Share(KEYS, "secrets", 2 if pair else 1)
    yield Share(KEYS, "containers", 1 if pair else 0)


def _zone(one: Wanted) -> Iterator[Share]:
    yield Share(DNS, "zone_recordsets", OWN_RECORDSETS, bucket=one.address)


def _recordset(one: Wanted) -> Iterator[Share]:
    for zone in one.named_by("zone_id") or (one.text("zone_id"),):
        yield Share(DNS, "zone_recordsets", 1, bucket=zone)


MORE: Mapping[str, Callable[[Wanted], Iterator[Share]]] = MappingProxyType(
    {
        "volume": _volume,
        "share": _share,
        "router_interface": _port_unless("port_id"),
        "interface_attachment": _port_unless("port_id"),
        "load_balancer": _port_unless("vip_port_id"),
        "security_group": _security_group,
        "secret_order": _order,
        "zone": _zone,
        "recordset": _recordset,
    }
)
"""What a kind takes beside its own quota."""
