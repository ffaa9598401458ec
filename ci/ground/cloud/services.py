"""Which OpenStack services the local cloud is made of: one row per service, read by everything else.

Decides names, ports, catalogue entries, databases and the order of starting. Holds data only.
"""

from __future__ import annotations

from dataclasses import dataclass

REGION = "RegionOne"
PASSWORD = "loopback"
"""Of every account of a cloud which only 127.0.0.1 can reach."""


@dataclass(frozen=True, slots=True)
class Service:
    """One project's processes behind one port."""

    name: str
    offset: int
    """Its port, counted from the slot's first one."""
    wave: int
    """Services of one wave start together, after those of the waves before."""
    catalog: tuple[tuple[str, str], ...] = ()
    """(type, name) of each catalogue entry."""
    path: str = ""
    """What follows host and port in the catalogue."""
    databases: tuple[str, ...] = ()
    schema: tuple[str, ...] = ()
    """The commands which make its tables, in order; `@{…}` as in the configuration templates."""
    folders: tuple[str, ...] = ()
    """Folders it expects to find below its own, `@{state}/NAME`."""
    copies: tuple[str, ...] = ()
    """Files of the packages which it looks for beside its configuration."""
    roles: tuple[str, ...] = ()
    """Roles that exist because of this service."""
    processes: int = 1
    ports: int = 1


KEYSTONE_MANAGE = "keystone-manage --config-file @{conf}/keystone/keystone.conf"
KEY_OWNER = "--keystone-user @{user} --keystone-group @{group}"
URLS = " ".join(f"--bootstrap-{interface}-url @{{keystone_url}}" for interface in ("public", "internal", "admin"))
NOVA_MANAGE = "nova-manage --config-file @{conf}/nova/nova.conf"

CORE = (
    Service(
        "keystone",
        0,
        wave=0,
        folders=("fernet", "receipts", "credential"),
        databases=("keystone",),
        schema=(
            f"{KEYSTONE_MANAGE} db_sync",
            f"{KEYSTONE_MANAGE} fernet_setup {KEY_OWNER}",
            f"{KEYSTONE_MANAGE} credential_setup {KEY_OWNER}",
            f"{KEYSTONE_MANAGE} bootstrap --bootstrap-password @{{password}} --bootstrap-region-id @{{region}} {URLS}",
        ),
    ),
    Service(
        "glance",
        1,
        wave=0,
        catalog=(("image", "glance"),),
        folders=("images", "staging", "tasks"),
        databases=("glance",),
        schema=("glance-manage --config-dir @{conf}/glance db_sync",),
    ),
    Service(
        "placement",
        2,
        wave=0,
        catalog=(("placement", "placement"),),
        databases=("placement",),
        schema=("placement-manage --config-file @{conf}/placement/placement.conf db sync",),
    ),
    Service(
        "neutron",
        3,
        wave=0,
        catalog=(("network", "neutron"),),
        databases=("neutron",),
        schema=("neutron-db-manage --config-file @{conf}/neutron/neutron.conf upgrade heads",),
        processes=2,  # it is bound by Python's lock, and nothing here consumes its RPC: a second API process is safe
    ),
    Service(
        "cinder",
        4,
        wave=0,
        catalog=(("block-storage", "cinder"), ("volumev3", "cinderv3")),
        path="/v3",
        folders=("backup", "volumes", "coordination"),
        databases=("cinder",),
        schema=("cinder-manage --config-file @{conf}/cinder/cinder.conf db sync",),
    ),
    Service(
        "barbican",
        5,
        wave=0,
        catalog=(("key-manager", "barbican"),),
        databases=("barbican",),
        # without --db-url it quietly makes an SQLite file and ends well
        schema=("barbican-manage db upgrade --db-url @{barbican_db}",),
        roles=("creator",),
    ),
    Service(
        "nova",
        6,
        wave=1,
        catalog=(("compute", "nova"),),
        path="/v2.1",
        folders=("instances",),
        copies=("etc/nova/api-paste.ini",),
        databases=("nova_api", "nova", "nova_cell0"),
        schema=(
            f"{NOVA_MANAGE} api_db sync",
            f"{NOVA_MANAGE} cell_v2 map_cell0 --database_connection @{{nova_cell0_db}}",
            f"{NOVA_MANAGE} db sync",
            f"{NOVA_MANAGE} cell_v2 create_cell --name cell1 --database_connection @{{nova_db}} --transport-url fake://",
        ),
    ),
    Service(
        "octavia",
        7,
        wave=1,
        catalog=(("load-balancer", "octavia"),),
        databases=("octavia", "octavia_persistence"),
        schema=(
            "octavia-db-manage --config-file @{conf}/octavia/octavia.conf upgrade head",
            "octavia-db-manage --config-file @{conf}/octavia/octavia.conf upgrade_persistence",
        ),
        roles=("load-balancer_member",),
    ),
)

OPTIONAL = (
    Service(
        "designate",
        8,
        wave=2,
        catalog=(("dns", "designate"),),
        folders=("nameserver",),
        copies=("etc/designate/api-paste.ini",),
        databases=("designate",),
        schema=("designate-manage --config-file @{conf}/designate/designate.conf database sync",),
    ),
    Service(
        "heat",
        9,
        wave=2,
        catalog=(("orchestration", "heat"),),
        path="/v1/$(project_id)s",
        databases=("heat",),
        schema=("heat-manage --config-file @{conf}/heat/heat.conf db_sync",),
        roles=("heat_stack_owner", "heat_stack_user"),
    ),
    Service(
        "manila",
        10,
        wave=2,
        catalog=(("shared-file-system", "manila"), ("sharev2", "manilav2")),  # gophercloud knows only the second
        path="/v2",
        folders=("coordination",),
        databases=("manila",),
        schema=("manila-manage --config-file @{conf}/manila/manila.conf db sync",),
    ),
    Service(
        "swift",
        11,
        wave=2,
        catalog=(("object-store", "swift"),),
        path="/v1/AUTH_$(project_id)s",
        folders=("node/d1", "recon"),
        # it keeps SQLite files of its own; what it needs are rings
        schema=tuple(
            f"swift-ring-builder @{{conf}}/swift/{server}.builder {command}"
            for port, server in (("12", "account"), ("13", "container"), ("14", "object"))
            for command in (
                "create 6 1 0",
                f"add --region 1 --zone 1 --ip 127.0.0.1 --port @{{port_{port}}} --device d1 --weight 1",
                "rebalance",
            )
        ),
        roles=("ResellerAdmin",),
        ports=4,
    ),
)

ALL = {service.name: service for service in (*CORE, *OPTIONAL)}
PORTS = sum(service.ports for service in ALL.values())
MEMBER_ROLES = ("member", "load-balancer_member", "creator")
"""What the user of a test's project may do …"""
OPTIONAL_ROLES = ("heat_stack_owner",)
"""… and what he may do where there is heat."""


def wanted(more: frozenset[str]) -> tuple[Service, ...]:
    """The core services and those of `more`, in the order of the table."""
    return (*CORE, *(service for service in OPTIONAL if service.name in more))


def waves(services: tuple[Service, ...]) -> list[list[Service]]:
    """Group `services` by the wave they start in."""
    numbers = sorted({service.wave for service in services})
    return [[service for service in services if service.wave == number] for number in numbers]
