"""What a configuration declares, by a plan on an empty state and by the small evaluator; both agree where both know."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from janitor.core.model import Configuration, Declared
from janitor.terraform.evaluate import evaluate, read_configuration
from janitor.terraform.runner import init_if_needed

from .conftest import SIMPLE, MakeRoot, apply, tree

PROVIDER = """
terraform {
  required_providers {
    openstack = {
      source = "terraform-provider-openstack/openstack"
    }
  }
}
"""
NOWHERE = {"OS_AUTH_URL": "http://127.0.0.1:9/v3", "OS_USERNAME": "u", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "p"}
"""Enough for the provider to be configured; it is never asked for anything while nothing exists."""
NETWORK = 'resource "openstack_networking_network_v2" "n" {{\n  {body}\n}}\n'


def network(body: str) -> str:
    return NETWORK.format(body=body)


def by_address(found: Configuration) -> dict[str, Declared]:
    return {one.address: one for one in found.instances}


def names(found: Configuration) -> dict[str, str | None]:
    return {one.address.replace("openstack_networking_network_v2.", ""): one.name for one in found.instances}


CASES: Mapping[str, tuple[str, dict[str, str | None]]] = {
    "literal": (network('name = "a"'), {"n": "a"}),
    "variable with default": (
        'variable "v" {\n  default = "d"\n}\n' + network('name = "x-${var.v}"'),
        {"n": "x-d"},
    ),
    "given variable": ('variable "given" {}\n' + network('name = "${var.given}-net"'), {"n": "job-1-net"}),
    "number given to a string": (
        'variable "v" {\n  type = string\n  default = 5\n}\n' + network("name = var.v"),
        {"n": "5"},
    ),
    "locals of locals": ('locals {\n  a = "1"\n  b = "${local.a}2"\n}\n' + network("name = local.b"), {"n": "12"}),
    "workspace": (network('name = "n-${terraform.workspace}"'), {"n": "n-feature-7"}),
    "count": (network('count = 2\n  name = "n-${count.index + 1}"'), {"n[0]": "n-1", "n[1]": "n-2"}),
    "count of a condition": (
        'variable "given" {}\n' + network('count = var.given == "" ? 1 : 0\n  name = "n"'),
        {},
    ),
    "for_each of a set": (
        network('for_each = toset(["b", "a"])\n  name = each.key'),
        {'n["a"]': "a", 'n["b"]': "b"},
    ),
    "for_each of a map": (
        network('for_each = { x = { n = "1" } }\n  name = "${each.key}${each.value.n}"'),
        {'n["x"]': "x1"},
    ),
    "functions": (
        network('name = format("%s-%02d-%s", lower("AB"), 7, join("+", concat(["a"], ["b"])))'),
        {"n": "ab-07-a+b"},
    ),
    "for expressions": (
        "locals {\n  m = { for k, v in { a = 1, b = 2 } : k => v if v > 1 }\n}\n"
        + network('for_each = local.m\n  name = join(",", [for i in range(each.value) : "i${i}"])'),
        {'n["b"]': "i0,i1"},
    ),
    "escapes": (network('name = "a$${b}\\u0041\\"c"'), {"n": 'a${b}A"c'}),
    "heredoc": (network("name = <<-EOT\n    a ${1 + 1}\n      b\n  EOT"), {"n": "a 2\n  b\n"}),
    "another resource's name": (
        network('name = "a"').replace('"n"', '"other"')
        + network('name = "${openstack_networking_network_v2.other.name}-b"'),
        {"other": "a", "n": "a-b"},
    ),
    "no name": (network('description = "x"'), {"n": None}),
}


@pytest.mark.parametrize("case", CASES)
def test_the_small_evaluator_knows(make_root: MakeRoot, case: str) -> None:
    text, expected = CASES[case]
    found = evaluate(make_root(text, workspace="feature-7", variables=["given=job-1"]), how="static")
    assert (found.evaluator, names(found)) == ("static", expected)
    assert found.complete
    assert found.problems == ()


def test_both_evaluators_agree(make_root: MakeRoot, binary: str) -> None:
    """All the cases as modules of one configuration, so that the binary has to start only once."""
    files = {"main.tf": PROVIDER + 'variable "given" {}\n'}
    for number, (text, _) in enumerate(CASES.values()):
        files[f"m{number}/main.tf"] = text + PROVIDER
        given = "\n  given = var.given" if "given" in text else ""
        files["main.tf"] += f'module "m{number}" {{\n  source = "./m{number}"{given}\n}}\n'
    options = {"workspace": "feature-7", "variables": ["given=job-1"], "environment": NOWHERE}
    root = make_root(files, binary=binary, **options)
    before = tree(root.path)
    found = evaluate(root, how="binary")
    if any("init failed" in problem for problem in found.problems):
        pytest.skip("missing: the provider terraform-provider-openstack/openstack")
    assert (found.evaluator, found.complete, found.problems) == ("plan", True, ())
    static = evaluate(root, how="static")
    assert by_address(found).keys() == by_address(static).keys()
    for address, one in by_address(found).items():
        other = by_address(static)[address]
        assert (one.name, one.run_bound, one.marks, one.refers) == (
            other.name,
            other.run_bound,
            other.marks,
            other.refers,
        ), address
    assert tree(root.path) == before


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        pytest.param('variable "v" {}\n' + network("name = var.v"), False, id="a variable without a value"),
        pytest.param(network("name = uuid()"), False, id="a function that is not known"),
        pytest.param(network('name = "x-${data.openstack_x.y.z}"'), False, id="a data source"),
        pytest.param(network('count = length(data.a.b.c)\n  name = "n"'), False, id="a count that is not known"),
        pytest.param('module "m" {\n  source = "registry/x/y"\n}\n', False, id="a module that is not here"),
        pytest.param(network("name = local.a") + "locals {\n  a = local.b\n  b = local.a\n}\n", False, id="a circle"),
        pytest.param(network('name = "%{ if true }a%{ endif }"'), False, id="a directive"),
        pytest.param(network("name = trimspace(<<-EOT\n    x-\n  EOT\n  )"), False, id="a heredoc in a call"),
    ],
)
def test_what_it_does_not_know_is_a_hole(make_root: MakeRoot, text: str, *, complete: bool) -> None:
    found = evaluate(make_root(text), how="static")
    assert found.complete is complete
    assert all(one.name is None or "x-" not in one.name for one in found.instances)
    assert {one.name for one in found.instances} <= {None, "n"}


def test_a_value_that_cannot_be_read_does_not_fall_back_to_the_default(make_root: MakeRoot) -> None:
    text = 'variable "v" {\n  default = "d"\n}\n' + network("name = var.v")
    for files in (
        {"terraform.tfvars": "v = unknown()\n"},
        {"x.auto.tfvars": "v = {\n"},
        {"terraform.tfvars.json": "{"},
    ):
        found = evaluate(make_root({"main.tf": text, **files}), how="static")
        assert [one.name for one in found.instances] == [None], files
        root = make_root("")
        for name in files:
            (root.path / name).unlink()


def test_precedence_of_variables(make_root: MakeRoot, tmp_path: Path) -> None:
    text = "".join(f'variable "{v}" {{\n  default = "default"\n}}\n' for v in "abcdef") + network(
        'name = "${var.a} ${var.b} ${var.c} ${var.d} ${var.e} ${var.f}"'
    )
    more = tmp_path / "more.tfvars"
    more.write_text('e = "file"\nf = "file"\n', encoding="utf-8")
    root = make_root(
        {
            "main.tf": text,
            "terraform.tfvars": 'c = "tfvars"\nd = "tfvars"\ne = "tfvars"\n',
            "z.auto.tfvars.json": '{"d": "auto", "e": "auto"}',
        },
        environment={f"TF_VAR_{v}": "env" for v in "bcdef"},
        var_files=[more],
        variables=["f=option"],
    )
    found = evaluate(root, how="static")
    assert [one.name for one in found.instances] == ["default env tfvars auto file option"]


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("job-41", True),
        ("x-job-41-net", True),
        ("xjob-41", False),
        ("job-410", False),
        ("other", False),
        ("ab", False),
        ("true", False),
        ("feature-7", True),
        ("file-9", True),
    ],
)
def test_a_name_is_bound_to_the_run_by_a_whole_word_that_was_given(
    make_root: MakeRoot, tmp_path: Path, name: str, *, bound: bool
) -> None:
    more = tmp_path / "more.tfvars"
    more.write_text('w = "file-9"\n', encoding="utf-8")
    root = make_root(
        network(f'name = "{name}"'),
        workspace="feature-7",
        variables=["v=job-41", "short=ab"],
        var_files=[more],
        environment={"TF_VAR_flag": "true"},
    )
    assert [one.run_bound for one in evaluate(root, how="static").instances] == [bound]


def test_marks_count_where_the_create_call_carries_them(make_root: MakeRoot) -> None:
    text = (
        network('name = "n"\n  description = "for janitor:run=r-1."\n  tags = ["janitor:run=r-2"]')
        + 'resource "openstack_compute_instance_v2" "s" {\n  name = "s"\n  metadata = { janitor-run = "r-3" }\n}\n'
        + 'resource "openstack_compute_keypair_v2" "k" {\n  name = "k"\n}\n'
    ).replace("r-1.", "r-1")
    found = {
        one.type.removeprefix("openstack_"): one.marks for one in evaluate(make_root(text), how="static").instances
    }
    assert found == {
        "networking_network_v2": {"r-1"},
        "compute_instance_v2": {"r-3"},
        "compute_keypair_v2": frozenset(),
    }


def test_imports_are_told(make_root: MakeRoot) -> None:
    text = network('name = "n"') + 'import {\n  to = openstack_networking_network_v2.n\n  id = "i"\n}\n'
    assert [one.imported for one in evaluate(make_root(text), how="static").instances] == [True]


def test_the_plan_sees_the_workspace_and_changes_nothing(make_root: MakeRoot, binary: str) -> None:
    text = SIMPLE + (
        'resource "terraform_data" "w" {\n  for_each = toset([terraform.workspace, var.label])\n}\n'
        'resource "terraform_data" "p" {\n'
        '  for_each = toset([basename(abspath(path.root)), file("../beside.txt")])\n}\n'
    )
    root = make_root(text, binary=binary, workspace="feature-7", variables=["label=given"])
    (root.path.parent / "beside.txt").write_text("beside", encoding="utf-8")
    apply(root, label="given")
    before = tree(root.path.parent)
    found = evaluate(root, how="binary")
    assert found.problems == ()
    assert {'terraform_data.w["feature-7"]', 'terraform_data.w["given"]'} <= by_address(found).keys()
    assert {'terraform_data.p["root"]', 'terraform_data.p["beside"]'} <= by_address(found).keys()
    assert (found.complete, found.evaluator) == (True, "plan")
    assert tree(root.path.parent) == before


def test_the_plan_leaves_another_backend_alone(make_root: MakeRoot, binary: str) -> None:
    text = 'terraform {\n  backend "http" {\n    address = "http://127.0.0.1:9/x"\n  }\n}\n' + SIMPLE
    found = evaluate(make_root(text, binary=binary), how="binary")
    assert (found.evaluator, found.problems, len(found.instances)) == ("plan", (), 3)


def test_modules_outside_the_root_are_found(make_root: MakeRoot, binary: str, tmp_path: Path) -> None:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "main.tf").write_text(SIMPLE, encoding="utf-8")
    root = make_root('module "m" {\n  source = "../common"\n  count = 2\n}\n', binary=binary)
    for how in ("binary", "static"):
        found = evaluate(root, how="binary" if how == "binary" else "static")
        assert len(found.instances) == 6, found.problems
        assert "module.m[1].terraform_data.one" in by_address(found)
        many = by_address(found)['module.m[1].terraform_data.many["c"]']
        assert many.refers == (("input", "module.m[1].terraform_data.one"),)
    assert [f.name for f in (tmp_path / "common").iterdir()] == ["main.tf"]


def test_where_the_plan_cannot_run_the_small_evaluator_answers_and_the_reason_is_told(
    make_root: MakeRoot, binary: str
) -> None:
    root = make_root('variable "nobody_gives" {}\n' + SIMPLE, binary=binary)
    found = evaluate(root)
    assert (found.evaluator, len(found.instances)) == ("static", 3)
    assert "There is no plan on an empty state: " in found.problems[0]
    assert "nobody_gives" in found.problems[0]
    assert evaluate(root, how="binary").instances == ()
    without = evaluate(make_root(SIMPLE, environment={"PATH": "/nowhere"}))
    assert (without.evaluator, without.complete) == ("static", True)
    assert "neither tofu nor terraform" in without.problems[0]


def test_a_plan_is_bounded_in_time_and_can_be_stopped(make_root: MakeRoot, binary: str) -> None:
    slow = 'data "external" "x" {\n  program = ["sleep", "60"]\n}\n'
    root = make_root(SIMPLE + slow, binary=binary)
    begin = time.monotonic()
    evaluate(root, timeout=1)
    stop = threading.Event()
    stop.set()
    evaluate(root, stop=stop)
    assert time.monotonic() - begin < 20


def test_secrets_of_the_plan_stay_there(make_root: MakeRoot, binary: str) -> None:
    text = 'variable "db_password" {}\nresource "terraform_data" "x" {\n  input = var.db_password\n  bad\n}\n'
    found = evaluate(make_root(text, binary=binary, variables=["db_password=hunter2"]))
    assert "hunter2" not in repr(found)


def test_the_lock_file_of_our_own_init_goes_again(make_root: MakeRoot, binary: str) -> None:
    root = make_root(PROVIDER, binary=binary)
    done = init_if_needed(root)
    assert done.ran is not None
    if not done.ran.ok:
        pytest.skip("missing: the provider terraform-provider-openstack/openstack")
    assert (root.path / ".terraform.lock.hcl").exists()
    assert init_if_needed(root).ran is None, "once is enough"
    assert evaluate(root).problems == (), "with the plugins that are installed here"
    done.tidy()
    assert not (root.path / ".terraform.lock.hcl").exists()


def test_the_text_alone_gives_edges_and_protection(make_root: MakeRoot) -> None:
    found = read_configuration(make_root(SIMPLE, environment={"PATH": "/nowhere"}))
    assert (found.evaluator, found.instances) == ("none", ())
    assert found.edges == (("terraform_data.many", "terraform_data.one"),)
