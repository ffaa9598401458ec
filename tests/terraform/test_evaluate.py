"""What a configuration declares, as the small evaluator knows it; what it does not know is a hole."""

from pathlib import Path

import pytest
from naming import CASES, network
from roots import SIMPLE, MakeRoot

from janitor.core.model import Configuration
from janitor.terraform.evaluate import evaluate, read_configuration


def names(found: Configuration) -> dict[str, str | None]:
    return {one.address.replace("openstack_networking_network_v2.", ""): one.name for one in found.instances}


@pytest.mark.parametrize("case", CASES)
def test_the_small_evaluator_knows(make_root: MakeRoot, case: str) -> None:
    text, expected = CASES[case]
    found = evaluate(make_root(text, workspace="feature-7", variables=["given=job-1"]), how="static")
    assert (found.evaluator, names(found)) == ("static", expected)
    assert found.complete
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        pytest.param('variable "v" {}\n' + network("name = var.v"), False, id="a variable without a value"),
        pytest.param(network("name = uuid()"), False, id="a function that is not known"),
        pytest.param(network('name = "x-${data.openstack_x.y.z}"'), False, id="a data source"),
        pytest.param(network('count = length(data.a.b.c)\n  name = "n"'), False, id="a count that is not known"),
        pytest.param('module "m" {\n  source = "registry/x/y"\n}\n', False, id="a module that is not here"),
        pytest.param(network("name = local.a") + "locals {\n  a = local.b\n  b = local.a\n}\n", False, id="a circle"),
        pytest.param(network('name = "%{ if var.v }x-%{ endif }"'), False, id="a directive about nothing known"),
        pytest.param(
            network("name = <<-EOT\n    x-\n    %{ if true ~}\n    a\n    %{ endif ~}\n  EOT"), False, id="a tilde"
        ),
        pytest.param(
            'variable "v" {\n  default = "x-"\n  sensitive = true\n}\n' + network("name = var.v"), False, id="a secret"
        ),
        pytest.param(network('name = "x-${1 / 3}"'), False, id="a fraction"),
        pytest.param(network("name = 0.1234567890123456789"), False, id="a number with more digits than we keep"),
        pytest.param(network('name = join("x-", range(0, 10, 0))'), False, id="a step of nothing"),
        pytest.param(network('count = "²"\n  name = "n"'), False, id="a number that only looks like one"),
        pytest.param(network('name = "x-${' + "(" * 600 + "1" + ")" * 600 + '}"'), False, id="a depth without an end"),
        pytest.param(network('name = join(",", true ? ["b", "a"] : toset(["x"]))'), False, id="a list or a set"),
        pytest.param(network('name = join("", [["a", "b"], ["c", "d"]].*.0)'), False, id="a number behind a splat"),
        pytest.param(network('name = "x-${9e99999}${-9e99}"'), False, id="a number without an end"),
        pytest.param(
            "locals {\n  a0 = range(1000)\n"
            + "".join(f"  a{n} = [for x in local.a{n - 1} : local.a{n - 1}]\n" for n in range(1, 9))
            + "}\n"
            + network(
                'name = "x-${[for x in local.a0 : [for y in local.a0 : [for z in local.a0 : z]]][999][999][999]}"'
            ),
            False,
            id="work without an end",
        ),
        pytest.param(
            'locals {\n  a0 = "x-x-x-x-"\n'
            + "".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"\n' for n in range(1, 50))
            + "}\n"
            + network("name = local.a49"),
            False,
            id="a text without an end",
        ),
    ],
)
def test_what_it_does_not_know_is_a_hole(make_root: MakeRoot, text: str, *, complete: bool) -> None:
    found = evaluate(make_root(text), how="static")
    assert found.complete is complete
    assert all(one.name is None or "x-" not in one.name for one in found.instances)
    assert {one.name for one in found.instances} <= {None, "n"}


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        pytest.param('"ci-${var.v}-net"', ("ci-", "-net"), id="in the middle"),
        pytest.param('"${terraform.workspace}-${var.v}"', ("feature-7-", ""), id="behind what is known"),
        pytest.param('"${var.v}-${local.open}-x"', ("", "-", "-x"), id="two of them, and a local with one"),
        pytest.param('"%{ if var.v }a%{ endif }-x"', ("", "-x"), id="a directive"),
        pytest.param('"${var.v}"', (), id="nothing else"),
        pytest.param("var.v", (), id="a variable"),
        pytest.param("local.open", (), id="a local"),
        pytest.param('upper("ci-${var.v}")', (), id="what a function makes of it"),
        pytest.param('"${var.secret}-x"', ("", "-x"), id="a secret"),
        pytest.param('"ci-x"', (), id="no hole"),
    ],
)
def test_of_a_name_with_holes_the_texts_between_them_are_known(
    make_root: MakeRoot, name: str, pattern: tuple[str, ...]
) -> None:
    given = 'variable "v" {}\nvariable "secret" {\n  default = "s3cret"\n  sensitive = true\n}\n'
    text = given + 'locals {\n  open = "l-${var.v}"\n}\n' + network(f"name = {name}")
    (one,) = evaluate(make_root(text, workspace="feature-7"), how="static").instances
    assert one.pattern == pattern
    assert (one.name is None) == ("ci-x" not in name)


def test_a_number_of_json_that_is_none_is_a_hole(make_root: MakeRoot) -> None:
    text = '{"resource": {"openstack_networking_network_v2": {"n": {"name": Infinity, "tags": [1e999, "t", NaN]}}}}'
    (one,) = evaluate(make_root({"main.tf": "", "a.tf.json": text}), how="static").instances
    assert (one.name, one.attributes) == (None, {"tags": ("t",)})


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


def test_the_text_alone_gives_edges_and_protection(make_root: MakeRoot) -> None:
    found = read_configuration(make_root(SIMPLE, environment={"PATH": "/nowhere"}))
    assert (found.evaluator, found.instances) == ("none", ())
    assert found.edges == (("terraform_data.many", "terraform_data.one"),)


def test_a_key_of_a_file_with_variables_is_a_word_or_a_hole(make_root: MakeRoot) -> None:
    text = 'variable "v" {\n  type = map(string)\n}\n' + network('name = join(",", keys(var.v))')
    for key, name in (('"b c"', "a,b c"), ('"a$${x}"', None), ('"q\\"t"', None), ("(true)", None)):
        root = make_root({"main.tf": text, "terraform.tfvars": f'v = {{ a = "1", {key} = "2" }}\n'})
        assert names(evaluate(root, how="static")) == {"n": name}
