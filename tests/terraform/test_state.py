"""States of every shape, and their wrecks: no exception, no invented id, everything that is whole is found."""

import json
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roots import DATA
from thorough import examples

from janitor.core.model import Health, Resource, Snapshot
from janitor.terraform.state import parse, provider_of

STACK = "state-kubespray-tofu.json"
TINY = "state-builtin-tofu.json"


def read(name: str) -> bytes:
    return (DATA / name).read_bytes()


def parsed(raw: bytes) -> Snapshot:
    return parse(raw, source="terraform.tfstate", path="/x/terraform.tfstate")


def state(*resources: dict[str, Any], **members: Any) -> bytes:
    body = {"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "l-1", "resources": list(resources)}
    return json.dumps(body | members).encode()


def resource(*instances: dict[str, Any], **members: Any) -> dict[str, Any]:
    body = {
        "mode": "managed",
        "type": "openstack_networking_port_v2",
        "name": "p",
        "provider": 'provider["registry.opentofu.org/terraform-provider-openstack/openstack"]',
        "instances": list(instances),
    }
    return body | members


def instance(identity: str = "id-1", **members: Any) -> dict[str, Any]:
    return {"schema_version": 0, "attributes": {"id": identity, **members.pop("attributes", {})}} | members


@cache
def whole(name: str) -> Snapshot:
    return parsed(read(name))


@pytest.mark.parametrize("name", sorted(file.name for file in DATA.glob("state-*.json")))
def test_real_states_are_whole(name: str) -> None:
    body = json.loads(read(name))
    found = whole(name)
    assert (found.health, found.problem, found.serial) == (Health.WHOLE, "", body["serial"])
    listed = [i["attributes"]["id"] for r in body["resources"] for i in r["instances"]]
    assert [r.id for r in found.resources] == listed


def test_the_real_stack_has_its_addresses_and_edges() -> None:
    found = {r.address: r for r in whole(STACK).resources}
    server = found["module.compute.openstack_compute_instance_v2.k8s_master[0]"]
    assert server.provider == "registry.opentofu.org/terraform-provider-openstack/openstack"
    assert server.provider_name == "openstack"
    assert "module.compute.openstack_networking_port_v2.k8s_master_port" in server.dependencies
    assert server.attributes["metadata"] == {"janitor-run": "fix-1"}
    assert found['module.compute.openstack_compute_instance_v2.k8s_nodes["1"]'].text("name") == "fix-1-k8s-node-1"
    data = [r for r in whole(STACK).resources if r.mode == "data"]
    assert data
    assert all(r.address.rpartition("data.")[1] for r in data)
    assert all(r.mode == "managed" for r in whole(STACK).managed)
    assert len(data) + len(whole(STACK).managed) == len(whole(STACK).resources)


def instances_before(text: str, cut: int) -> int:
    """How many instances of a state, as terraform lays it out, end before the cut. Knows nothing of the reader."""
    begin = text.index('"resources": [')
    end = text.find("\n  ],", begin)
    return len(re.findall(r"(?m)^        \}", text[begin : min(cut, end)]))


def check_cut(name: str, cut: int) -> None:
    full, text = whole(name), read(name).decode()
    found = parsed(read(name)[:cut])
    ids = {(r.address, r.id) for r in full.resources}
    assert {(r.address, r.id) for r in (*found.resources, *found.hints)} <= ids
    assert all(r in full.resources for r in found.resources)
    if found.lineage:
        assert found.lineage == full.lineage
        assert found.resources == full.resources[: instances_before(text, cut)]
    else:
        assert (found.health, found.resources) == (Health.LOST, ())
    assert found.health is not Health.WHOLE or cut >= len(text.rstrip())


@pytest.mark.parametrize("part", range(4))
def test_cut_at_every_offset_of_a_small_state(part: int) -> None:
    for cut in range(part, len(read(TINY)), 4):
        check_cut(TINY, cut)


@given(st.integers(min_value=0, max_value=len(read(STACK))))
@examples(60)
def test_cut_anywhere_in_a_real_stack(cut: int) -> None:
    check_cut(STACK, cut)


@given(st.sampled_from([m.start() + 1 for m in re.finditer(r"[{}\[\],:\"]", read(STACK).decode())]))
@examples(60)
def test_cut_behind_any_mark_of_a_real_stack(cut: int) -> None:
    check_cut(STACK, cut)


@given(st.binary(max_size=300))
@examples(50)
def test_any_bytes_are_a_snapshot(raw: bytes) -> None:
    assert parsed(raw).resources == ()


@given(st.integers(min_value=0, max_value=len(read(TINY)) - 1), st.binary(min_size=1, max_size=8))
@examples(60)
def test_noise_in_the_middle_is_never_an_exception(at: int, noise: bytes) -> None:
    parsed(read(TINY)[:at] + noise + read(TINY)[at + len(noise) :])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(b"", "empty (0 bytes)", id="zero bytes"),
        pytest.param(b"\n \n", "empty (3 bytes)", id="only space"),
        pytest.param(b"\x00" * 64, "empty (64 bytes)", id="zeroes, as a crashed file system leaves them"),
        pytest.param(b"<html>502 Bad Gateway</html>", "not a JSON object", id="a proxy's page"),
        pytest.param(b"[1, 2]", "not a JSON object", id="a list"),
        pytest.param(b"{}", "has no version", id="no version"),
        pytest.param(b'{"version": 4, "lineage": "", "serial": 0, "resources": []}', "no lineage", id="http 404"),
        pytest.param(b'{"version": 9, "lineage": "l", "serial": 0}', "version 9", id="from the future"),
        pytest.param(b'{"version": 1, "serial": 3}', "version 1", id="from 2014"),
    ],
)
def test_what_is_no_state_is_lost_and_says_why(raw: bytes, says: str) -> None:
    found = parsed(raw)
    assert found.health is Health.LOST
    assert says in found.problem
    assert found.raw == raw


def test_ids_of_a_state_without_lineage_are_hints() -> None:
    found = parsed(state(resource(instance("id-9")), lineage=""))
    assert (found.health, found.resources) == (Health.LOST, ())
    assert [r.id for r in found.hints] == ["id-9"]


def test_encrypted_state_is_recognised() -> None:
    raw = json.dumps({"serial": 3, "lineage": "l", "meta": {}, "encrypted_data": "AAAA", "encryption_version": "v0"})
    found = parsed(raw.encode())
    assert found.health is Health.LOST
    assert "encrypted by OpenTofu" in found.problem


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xef\xbb\xbf" + state(resource(instance())), id="UTF-8"),
        pytest.param(b"\xff\xfe" + state(resource(instance())).decode().encode("utf-16-le"), id="UTF-16"),
    ],
)
def test_a_byte_order_mark_is_nothing(raw: bytes) -> None:
    assert parsed(raw).health is Health.WHOLE


def test_of_two_states_in_one_file_the_newest_counts_and_the_other_only_hints() -> None:
    older = state(resource(instance("old"), name="a"), serial=6)
    newer = state(resource(instance("new"), name="b"), serial=7)
    for raw in (older + newer, newer + b"\n" + older):
        found = parsed(raw)
        assert (found.health, found.serial) == (Health.PARTIAL, 7)
        assert ([r.id for r in found.resources], [r.id for r in found.hints]) == (["new"], ["old"])
        assert "2 states" in found.problem


def test_of_two_lineages_in_one_file_only_the_first_counts() -> None:
    found = parsed(state(resource(instance("a"))) + state(resource(instance("b")), lineage="other", serial=99))
    assert ([r.id for r in found.resources], found.hints) == (["a"], ())


def test_an_instance_that_the_cut_goes_through_is_a_hint() -> None:
    """Behind the cut may stand `skip_destroy`, which says that it must not go."""
    raw = state(resource(instance("id-1"), instance("id-2", skip_destroy=True)))
    found = parsed(raw[: raw.index(b'"skip_destroy"')])
    assert ([r.id for r in found.resources], [r.id for r in found.hints]) == (["id-1"], ["id-2"])


def test_half_an_id_is_no_id() -> None:
    raw = state(resource(instance("0123456789")))
    assert parsed(raw[: raw.index(b"456789")]).hints == ()


@pytest.mark.parametrize(
    ("key", "address"),
    [
        (None, "openstack_networking_port_v2.p"),
        (0, "openstack_networking_port_v2.p[0]"),
        ("a b", 'openstack_networking_port_v2.p["a b"]'),
        ('q"\\', 'openstack_networking_port_v2.p["q\\"\\\\"]'),
        ("${x}", 'openstack_networking_port_v2.p["$${x}"]'),
    ],
)
def test_index_keys_are_written_as_terraform_does(key: object, address: str) -> None:
    found = parsed(state(resource(instance(index_key=key) if key is not None else instance())))
    assert found.resources[0].address == address


def test_modules_data_deposed_and_tainted() -> None:
    raw = state(
        resource(instance("live"), instance("old", deposed="deadbeef"), module='module.a["x"].module.b[0]'),
        resource(instance("d"), mode="data", name="ext"),
        resource(instance("t", status="tainted"), name="t"),
    )
    labels = [(r.label, r.mode) for r in parsed(raw).resources]
    port = "openstack_networking_port_v2"
    assert labels == [
        (f'module.a["x"].module.b[0].{port}.p', "managed"),
        (f'module.a["x"].module.b[0].{port}.p (deposed deadbeef)', "managed"),
        (f"data.{port}.ext", "data"),
        (f"{port}.t", "managed"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('provider["registry.terraform.io/a/openstack"]', ("registry.terraform.io/a/openstack", "")),
        ('provider["registry.terraform.io/a/openstack"].other', ("registry.terraform.io/a/openstack", "other")),
        ('module.m.provider["r/a/openstack"].other', ("r/a/openstack", "module.m.other")),
        ('provider["r/a/openstack"].by_region["eu"]', ("r/a/openstack", 'by_region["eu"]')),
        ("provider.openstack", ("openstack", "")),
        ("module.m.provider.openstack", ("openstack", "module.m")),
        ("module.m.provider.openstack.other", ("openstack", "module.m.other")),
    ],
)
def test_provider_addresses(text: str, expected: tuple[str, str]) -> None:
    assert provider_of(text) == expected


def test_only_allowed_attributes_leave_and_none_that_a_sensitive_value_went_into() -> None:
    attributes = {
        "name": "n",
        "admin_pass": "hunter2",
        "private_key": "hunter2",
        "user_data": "hunter2",
        "metadata": {"db_password": "hunter2", "janitor-run": "r"},
        "all_metadata": {"x": "hunter2"},
        "description": "hunter2",
        "tags": ["a"],
    }
    secret = [[{"type": "get_attr", "value": "description"}]]
    found = parsed(state(resource(instance(attributes=attributes, sensitive_attributes=secret))))
    assert dict(found.resources[0].attributes) == {
        "all_metadata": {},
        "metadata": {"janitor-run": "r"},
        "name": "n",
        "tags": ("a",),
    }
    assert "hunter2" not in repr(found)


def test_skip_destroy_is_read() -> None:
    assert parsed(state(resource(instance(skip_destroy=True)))).resources[0].skip_destroy


def test_version_3_is_read_for_its_ids() -> None:
    found = parsed(V3)
    assert found.health is Health.WHOLE
    assert [(r.label, r.id, r.mode, r.alias) for r in found.resources] == [
        ("openstack_compute_instance_v2.web[1]", "aaaa", "managed", "eu"),
        ("openstack_compute_instance_v2.web[1] (deposed 00000001)", "bbbb", "managed", "eu"),
        ("data.openstack_images_image_v2.img", "cccc", "data", ""),
        ("module.net.module.inner.openstack_networking_network_v2.n", "dddd", "managed", ""),
    ]


V3 = json.dumps(
    {
        "version": 3,
        "terraform_version": "0.11.14",
        "serial": 2,
        "lineage": "l-3",
        "modules": [
            {
                "path": ["root"],
                "resources": {
                    "openstack_compute_instance_v2.web.1": {
                        "type": "openstack_compute_instance_v2",
                        "primary": {"id": "aaaa", "attributes": {"id": "aaaa", "name": "w", "admin_pass": "s"}},
                        "deposed": [{"id": "bbbb", "attributes": {}}],
                        "provider": "provider.openstack.eu",
                    },
                    "data.openstack_images_image_v2.img": {
                        "type": "openstack_images_image_v2",
                        "primary": {"id": "cccc", "attributes": {}},
                        "provider": "provider.openstack",
                    },
                },
            },
            {
                "path": ["root", "net", "inner"],
                "resources": {
                    "openstack_networking_network_v2.n": {
                        "type": "openstack_networking_network_v2",
                        "primary": {"id": "dddd", "attributes": {"tags.#": "1"}},
                        "provider": "module.net.provider.openstack",
                    },
                },
            },
        ],
    }
).encode()


def test_what_only_the_hints_know_is_never_twice() -> None:
    one: Resource = parsed(state(resource(instance("a")))).resources[0]
    two = parsed(state(resource(instance("a"))) + state(resource(instance("a")), serial=8))
    assert (two.resources, two.hints) == ((one,), ())
