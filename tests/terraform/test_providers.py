"""Where a provider configuration puts its resources, as far as its text tells."""

from __future__ import annotations

import pytest
from roots import MakeRoot

from janitor.terraform import hcl
from janitor.terraform.providers import ProviderCloud, provider_clouds
from janitor.terraform.state import provider_of

UNCLEAR = ProviderCloud(unclear=True)


def block(alias: str = "", **arguments: str) -> str:
    lines = ([f'  alias = "{alias}"'] if alias else []) + [f"  {name} = {value}" for name, value in arguments.items()]
    return 'provider "openstack" {\n' + "\n".join(lines) + "\n}\n"


@pytest.mark.parametrize(
    ("alias", "place"),
    [
        (block("b", region='"RegionTwo"', use_octavia="true"), ProviderCloud(region="RegionTwo")),
        (block("b", cloud='"other"'), ProviderCloud("other")),
        (block("b", tenant_name="var.project"), ProviderCloud(project="second")),
        (block("b", tenant_id='"0123"', tenant_name='"x"'), ProviderCloud(project="0123")),
        (block("b", user_name='"me"', password='"planted"'), UNCLEAR),
        (block("b", auth_url="var.nowhere"), UNCLEAR),
        (block("b", cloud="var.nowhere"), UNCLEAR),
        (block("b", tenant_name="data.x.y.name"), UNCLEAR),
    ],
)
def test_an_alias_is_where_its_block_says_or_unclear(make_root: MakeRoot, alias: str, place: ProviderCloud) -> None:
    text = 'variable "project" {\n  default = "first"\n}\nvariable "nowhere" {}\n' + block() + alias
    root = make_root(text, variables=("project=second",), environment={"OS_CLOUD": ""})
    assert provider_clouds(root, hcl.read(root)) == {"": ProviderCloud(), "b": place}


def test_beside_a_cloud_of_clouds_yaml_the_provider_looks_at_the_region_alone(make_root: MakeRoot) -> None:
    own = {"tenant_name": '"x"', "user_name": '"me"', "region": '"two"'}
    for text, environment, cloud in (
        (block("b", **own), {"OS_CLOUD": "home"}, ""),
        (block("b", cloud='"other"', **own), {"OS_CLOUD": ""}, "other"),
    ):
        root = make_root(text, environment=environment)
        assert provider_clouds(root, hcl.read(root)) == {"b": ProviderCloud(cloud, region="two")}


def test_who_signs_in_as_the_main_one_does_differs_by_its_project_alone(make_root: MakeRoot) -> None:
    same = {"user_name": '"me"', "password": "var.secret", "auth_url": '"https://keystone"'}
    root = make_root(
        'variable "secret" {}\n' + block(**same) + block("b", **same, tenant_name='"two"'), environment={"OS_CLOUD": ""}
    )
    assert provider_clouds(root, hcl.read(root)) == {"": ProviderCloud(), "b": ProviderCloud(project="two")}


def test_a_modules_own_configuration_has_a_name_of_its_own(make_root: MakeRoot) -> None:
    inner = 'variable "p" {}\n' + block(tenant_name="var.p") + block("eu", region='"eu"')
    root = make_root(
        {"main.tf": 'module "a" {\n  source = "./a"\n  p = "x"\n}\n', "a/main.tf": inner}, environment={"OS_CLOUD": ""}
    )
    assert provider_clouds(root, hcl.read(root)) == {"module.a": UNCLEAR, "module.a.eu": ProviderCloud(region="eu")}
    address = "registry.opentofu.org/terraform-provider-openstack/openstack"
    assert provider_of(f'module.a.provider["{address}"].eu') == (address, "module.a.eu")
    assert provider_of(f'module.a.provider["{address}"]') == (address, "module.a")
    assert provider_of(f'provider["{address}"].eu') == (address, "eu")


def test_tofu_makes_many_of_one_block(make_root: MakeRoot) -> None:
    root = make_root(block() + block("by", for_each='toset(["eu", "us"])', region="each.key"))
    assert provider_clouds(root, hcl.read(root)) == {
        "": ProviderCloud(),
        'by["eu"]': ProviderCloud(region="eu"),
        'by["us"]': ProviderCloud(region="us"),
    }


def test_a_module_is_not_judged_by_its_defaults_where_its_caller_gives_another(make_root: MakeRoot) -> None:
    inner = 'variable "c" {\n  default = "prod"\n}\nvariable "r" {\n  default = "one"\n}\n'
    call = 'module "{0}" {{\n  source = "./a"\n  {1}\n}}\n'
    files = {
        "main.tf": call.format("a", 'c = "ci"') + call.format("b", ""),
        "a/main.tf": inner + block(cloud="var.c", region="var.r"),
    }
    root = make_root(files, environment={"OS_CLOUD": ""})
    assert provider_clouds(root, hcl.read(root)) == {
        "module.a": UNCLEAR,
        "module.b": ProviderCloud("prod", region="one"),
    }


def test_a_provider_may_have_another_name_here(make_root: MakeRoot) -> None:
    asked = 'terraform {\n  required_providers {\n    os = {\n      source = "terraform-provider-openstack/openstack"\n'
    asked += '    }\n    openstack = {\n      source = "example.org/x/other"\n    }\n  }\n}\n'
    own = block("b", cloud='"two"').replace('"openstack"', '"os"')
    root = make_root(asked + own + block("c", cloud='"three"'), environment={"OS_CLOUD": ""})
    assert provider_clouds(root, hcl.read(root)) == {"b": ProviderCloud("two")}
