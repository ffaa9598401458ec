"""States of format 4 as each generation of terraform and tofu writes them: shapes of their sources and documentation.

The binaries that are here write the newest; the format has kept its number since 0.12, and its members changed.
"""

import json
from typing import Any

import pytest

from janitor.core.model import Health
from janitor.terraform.state import parse

PORT = "openstack_networking_port_v2"
FLAT = {
    "id": "p-0",
    "name": "p",
    "network_id": "n-1",
    "tags.#": "1",
    "tags.3561": "janitor-run=r",
    "admin_state_up": "true",
}
NESTED = {"id": "p-0", "name": "p", "network_id": "n-1", "tags": ["janitor-run=r"], "admin_state_up": True}
TERRAFORM = "registry.terraform.io/terraform-provider-openstack/openstack"
TOFU = "registry.opentofu.org/terraform-provider-openstack/openstack"
CHECKED = [
    {"object_kind": "var", "config_addr": "var.name", "status": "pass", "objects": None},
    {
        "object_kind": "resource",
        "config_addr": f"{PORT}.p",
        "status": "fail",
        "objects": [{"object_addr": f"{PORT}.p[0]", "status": "fail", "failure_messages": ["no"]}],
    },
]


def written(
    version: str, provider: str | None, instance: dict[str, Any], *, head: dict[str, Any], **more: Any
) -> bytes:
    """One port of a counted resource in a module."""
    first = {"index_key": 0, "schema_version": 0, **instance}
    resource = {"module": "module.m", "mode": "managed", "type": PORT, "name": "p", **more, "instances": [first]}
    if provider is not None:
        resource["provider"] = provider
    body = {"version": 4, "terraform_version": version, "serial": 3, "lineage": "l", "outputs": {}}
    return json.dumps(body | {"resources": [resource]} | head, indent=2).encode()


def plain(**more: Any) -> dict[str, Any]:
    return {"attributes": NESTED, "private": "bnVsbA==", "dependencies": [f"module.m.{PORT}.q"], **more}


OF = f'provider["{TERRAFORM}"]'
UNCHECKED: dict[str, Any] = {"check_results": None}
SHAPES: dict[str, tuple[bytes, str, str]] = {
    "0.12.0, upgraded from 0.11": (
        written(
            "0.12.0",
            "provider.openstack",
            {"attributes_flat": FLAT, "depends_on": [f"{PORT}.q"]},
            head={},
            each="list",
        ),
        "openstack",
        "",
    ),
    "0.12.31, an alias": (
        written("0.12.31", "provider.openstack.eu", plain(), head={}, each="list"),
        "openstack",
        "eu",
    ),
    "0.12.31, of a module": (
        written("0.12.31", "module.m.provider.openstack", plain(), head={}, each="list"),
        "openstack",
        "module.m",
    ),
    "0.13.7, a provider without an owner": (
        written("0.13.7", 'provider["registry.terraform.io/-/openstack"]', plain(), head={}),
        "registry.terraform.io/-/openstack",
        "",
    ),
    "0.14.11": (written("0.14.11", OF, plain(), head={}), TERRAFORM, ""),
    "1.0.11": (written("1.0.11", OF, plain(sensitive_attributes=[]), head={}), TERRAFORM, ""),
    "1.2.9, without checks": (
        written("1.2.9", OF, plain(sensitive_attributes=[]), head=UNCHECKED),
        TERRAFORM,
        "",
    ),
    "1.9.8, with checks": (
        written("1.9.8", OF, plain(sensitive_attributes=[]), head={"check_results": CHECKED}),
        TERRAFORM,
        "",
    ),
    "1.10.5, one to replace": (
        written("1.10.5", f"{OF}.eu", plain(create_before_destroy=True, status="tainted"), head=UNCHECKED),
        TERRAFORM,
        "eu",
    ),
    "1.12.2, with its identity": (
        written("1.12.2", OF, plain(identity_schema_version=0, identity={"id": "x-9", "region": "r"}), head=UNCHECKED),
        TERRAFORM,
        "",
    ),
    "tofu 1.6.3": (
        written("1.6.3", f'provider["{TOFU}"]', plain(sensitive_attributes=[]), head=UNCHECKED),
        TOFU,
        "",
    ),
    "tofu 1.9.4, a provider of each instance": (
        written("1.9.4", None, plain(provider=f'provider["{TOFU}"].by_region["eu"]'), head=UNCHECKED),
        TOFU,
        'by_region["eu"]',
    ),
    "tofu 1.11.6, of a module": (
        written("1.11.6", f'module.m.provider["{TOFU}"].eu', plain(sensitive_attributes=[]), head=UNCHECKED),
        TOFU,
        "module.m.eu",
    ),
    "of the future": (
        written("999.0.0", OF, plain(never_seen={"id": "x-9"}), head={"never_seen": []}, never_seen=1),
        TERRAFORM,
        "",
    ),
}


@pytest.mark.parametrize(("raw", "provider", "alias"), SHAPES.values(), ids=SHAPES)
def test_a_state_of_any_version_is_whole(raw: bytes, provider: str, alias: str) -> None:
    found = parse(raw, source="s")
    assert (found.health, found.problem, found.hints, found.serial) == (Health.WHOLE, "", (), 3)
    (port,) = found.resources
    assert (port.label, port.type, port.id, port.mode) == (f"module.m.{PORT}.p[0]", PORT, "p-0", "managed")
    assert (port.provider, port.provider_name, port.alias) == (provider, "openstack", alias)
    assert dict(port.attributes) == {"name": "p", "network_id": "n-1", "tags": ("janitor-run=r",)}


@pytest.mark.parametrize("raw", [raw for raw, *_ in SHAPES.values()], ids=SHAPES)
def test_of_a_state_of_any_version_that_was_cut_no_id_is_invented(raw: bytes) -> None:
    for cut in range(0, len(raw), 7):
        found = parse(raw[:cut], source="s")
        assert {r.id for r in (*found.resources, *found.hints)} <= {"p-0"}
        assert {r.address for r in (*found.resources, *found.hints)} <= {f"module.m.{PORT}.p[0]"}


def test_what_0_11_wrote_leaf_by_leaf_has_its_lists_and_maps_again() -> None:
    """Which routes are the run's, and whose container it is, stands in them."""
    flat = {
        "id": "r-1", "router_id": "r-1", "force_destroy": "true", "metadata.%": "2", "metadata.janitor-run": "r",
        "metadata.a.b": "hunter2", "tags.#": "0", "routes.#": "2", "routes.7.destination_cidr": "10.0.0.0/24",
        "routes.7.next_hop": "10.1.0.1", "routes.9.destination_cidr": "10.0.1.0/24", "routes.9.next_hop": "10.1.0.2",
    }  # fmt: skip
    shapes = {
        "version 4": written("0.12.0", "provider.openstack", {"attributes_flat": flat}, head={}),
        "version 3": json.dumps({
            "version": 3, "terraform_version": "0.11.14", "serial": 3, "lineage": "l",
            "modules": [{"path": ["root"], "resources": {f"{PORT}.p": {"primary": {"id": "r-1", "attributes": flat}}}}],
        }).encode(),
    }  # fmt: skip
    for name, raw in shapes.items():
        (found,) = parse(raw, source="s").resources
        assert dict(found.attributes) == {
            "force_destroy": "true",
            "metadata": {"janitor-run": "r"},
            "router_id": "r-1",
            "routes": (
                {"destination_cidr": "10.0.0.0/24", "next_hop": "10.1.0.1"},
                {"destination_cidr": "10.0.1.0/24", "next_hop": "10.1.0.2"},
            ),
            "tags": (),
        }, name
