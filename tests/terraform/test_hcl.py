"""The configuration's text: edges through everything that can stand between, protection, and files that hide some."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from roots import MakeRoot
from thorough import examples

from janitor.terraform import hcl
from janitor.terraform.evaluate import read_configuration
from janitor.terraform.evaluator.expression import evaluate
from janitor.terraform.evaluator.hole import Hole

NET = 'resource "o_net" "n" {\n}\n'
SERVER = 'resource "o_server" "s" {{\n  {body}\n}}\n'


def edges(make_root: MakeRoot, text: str, **files: str) -> set[tuple[str, str]]:
    more = {f"{name}/main.tf": content for name, content in files.items()}
    return set(read_configuration(make_root({"main.tf": text, **more})).edges)


def server(body: str) -> str:
    return SERVER.format(body=body)


@pytest.mark.parametrize(
    "body",
    [
        "net = o_net.n.id",
        "net = o_net.n[0].id",
        "net = o_net.n[*].id",
        'net = "${o_net.n.id}-x"',
        "nets = [o_net.n.id]",
        "nets = { a = o_net.n.id }",
        'nets = { (o_net.n.id) = "a" }',
        "port {\n    net = o_net.n.id\n  }",
        "net = var.on ? o_net.n.id : null",
        "nets = [for x in o_net.n : x.id]",
        "net = one(o_net.n[*].id)",
        "depends_on = [o_net.n]",
        "net = local.net",
        "net = data.o_net.looked_up.id",
        "for_each = toset(o_net.n[*].id)",
        'dynamic "port" {\n    for_each = o_net.n\n    content {\n      net = port.value\n    }\n  }',
        "net = <<-EOT\n    ${o_net.n.id}\n  EOT",
    ],
)
def test_a_reference_is_an_edge(make_root: MakeRoot, body: str) -> None:
    around = 'locals {\n  net = o_net.n.id\n}\ndata "o_net" "looked_up" {\n  name = o_net.n.name\n}\n'
    assert ("o_server.s", "o_net.n") in edges(make_root, NET + around + server(body))


@pytest.mark.parametrize(
    "body",
    ['net = "o_net.n.id"', 'net = "$${o_net.n.id}"', 'net = "like o_net.n ${1}"', "net = xo_net.n", "net = var.o_net"],
)
def test_text_that_only_looks_like_one_is_none(make_root: MakeRoot, body: str) -> None:
    assert edges(make_root, NET + server(body)) == set()


def test_edges_lead_through_modules(make_root: MakeRoot) -> None:
    root = (
        'module "net" {\n  source = "./net"\n}\n'
        'module "vm" {\n  source = "./vm"\n  network = module.net.id\n  depends_on = [o_key.k]\n}\n'
        'resource "o_key" "k" {\n}\n'
    )
    net = NET + 'output "id" {\n  value = o_net.n.id\n}\n'
    machine = 'variable "network" {}\n' + server("net = var.network")
    assert edges(make_root, root, net=net, vm=machine) == {
        ("module.vm.o_server.s", "module.net.o_net.n"),
        ("module.vm.o_server.s", "o_key.k"),
    }


def test_a_module_as_a_whole_is_depended_on(make_root: MakeRoot) -> None:
    root = 'module "net" {\n  source = "./net"\n}\n' + server("depends_on = [module.net]")
    assert edges(make_root, root, net=NET) == {("o_server.s", "module.net.o_net.n")}


def test_what_is_named_on_many_ways_is_found_once(make_root: MakeRoot) -> None:
    """Each of fifty locals says the one before twice."""
    ways = "".join(f"  a{n} = [local.a{n - 1}, {{ b = local.a{n - 1} }}]\n" for n in range(1, 50))
    assert edges(make_root, f"locals {{\n  a0 = o_net.n.id\n{ways}}}\n" + NET + server("x = local.a49")) == {
        ("o_server.s", "o_net.n")
    }


def test_circles_end(make_root: MakeRoot) -> None:
    text = "locals {\n  a = local.b\n  b = [local.a, o_net.n.id]\n}\n" + NET + server("x = local.a")
    assert edges(make_root, text) == {("o_server.s", "o_net.n")}


@pytest.mark.parametrize(
    ("lifecycle", "why"),
    [
        ("prevent_destroy = true", "lifecycle.prevent_destroy"),
        ("prevent_destroy = false", ""),
        ("prevent_destroy = var.keep", "lifecycle.prevent_destroy is an expression: it may be protected"),
        ("destroy = false", "lifecycle.destroy = false"),
        ("destroy = true", ""),
        ("destroy = !var.keep", "lifecycle.destroy is an expression: it may be protected"),
        ("ignore_changes = all", ""),
    ],
)
def test_protection(make_root: MakeRoot, lifecycle: str, why: str) -> None:
    found = read_configuration(make_root(server(f"lifecycle {{\n    {lifecycle}\n  }}")))
    assert dict(found.protected) == ({"o_server.s": why} if why else {})


def test_the_longest_time_that_is_given_to_a_delete_counts_for_its_kind(make_root: MakeRoot) -> None:
    def balancer(name: str, timeouts: str) -> str:
        return f'resource "openstack_lb_loadbalancer_v2" "{name}" {{\n  timeouts {{\n    {timeouts}\n  }}\n}}\n'

    given = ('delete = "8m"', 'delete = "1h30m"', 'delete = "soon"', "delete = var.long", 'create = "3h"')
    text = "".join(balancer(f"b{number}", line) for number, line in enumerate(given))
    other = 'resource "openstack_compute_instance_v2" "s" {\n  timeouts {\n    delete = "${2}m"\n  }\n}\n'
    assert dict(read_configuration(make_root(text + other)).timeouts) == {"load_balancer": 5400.0}


def test_an_override_protects_too(make_root: MakeRoot) -> None:
    files = {"main.tf": server("x = 1"), "a_override.tf": server("lifecycle {\n    prevent_destroy = true\n  }")}
    assert dict(read_configuration(make_root(files)).protected) == {"o_server.s": "lifecycle.prevent_destroy"}


@pytest.mark.parametrize(
    ("more", "also"),
    [
        ("moved {\n  from = o_server.old\n  to = o_server.s\n}\n", {"o_server.old"}),
        (
            "moved {\n  from = o_server.a\n  to = o_server.b\n}\nmoved {\n  from = o_server.b\n  to = o_server.s\n}\n",
            {"o_server.a", "o_server.b"},
        ),
        ("moved {\n  from = o_server.s\n  to = o_server.new\n}\n", set()),
        ('moved {\n  from = o_server.t[1]\n  to = o_server.s["a"]\n}\n', {"o_server.t"}),
        ('moved {\n  from = o_server.t["a]"]\n  to = o_server.s["]"]\n}\n', {"o_server.t"}),
        (
            server("x = 1").replace('"s"', '"t"') + "moved {\n  from = o_server.t[1]\n  to = o_server.s\n}\n",
            {"o_server.t[1]"},
        ),
        ("moved {\n  from = module.m.o_server.x\n  to = o_server.s\n}\n", {"module.m.o_server.x"}),
        ("moved {\n  from = o_server.s\n  to = o_server.s\n}\n", set()),
    ],
)
def test_protection_reaches_the_address_from_before_a_move(make_root: MakeRoot, more: str, also: set[str]) -> None:
    """A state that no apply has seen since the move still has it."""
    found = read_configuration(make_root(server("lifecycle {\n    prevent_destroy = true\n  }") + more))
    assert dict(found.protected) == dict.fromkeys({"o_server.s", *also}, "lifecycle.prevent_destroy")


def test_protection_reaches_into_a_module_that_has_moved(make_root: MakeRoot) -> None:
    root = 'module "new" {\n  source = "./m"\n}\nmoved {\n  from = module.old\n  to = module.new\n}\n'
    files = {"main.tf": root, "m/main.tf": server("lifecycle {\n    prevent_destroy = true\n  }")}
    assert set(read_configuration(make_root(files)).protected) == {"module.new.o_server.s", "module.old.o_server.s"}


@pytest.mark.parametrize(
    ("body", "protected"),
    [
        ("lifecycle {\n    destroy = false\n  }", True),
        ("lifecycle {\n    destroy = true\n  }", False),
        ("", True),
    ],
)
def test_what_is_removed_without_being_destroyed_is_protected(
    make_root: MakeRoot, body: str, *, protected: bool
) -> None:
    """Both binaries would delete it in a `destroy`, against what is written there."""
    found = read_configuration(make_root(f"removed {{\n  from = o_server.gone\n  {body}\n}}\n"))
    assert ("o_server.gone" in found.protected) is protected


def test_files_for_tofu_count_where_neither_binary_is_there(make_root: MakeRoot) -> None:
    files = {"main.tf": server("x = 1"), "main.tofu": server("lifecycle {\n    prevent_destroy = true\n  }")}
    found = read_configuration(make_root(files, environment={"PATH": "/nowhere"}))
    assert dict(found.protected) == {"o_server.s": "lifecycle.prevent_destroy"}


def test_comments_are_no_part_of_a_value(make_root: MakeRoot) -> None:
    """python-hcl2 hands those inside a list or a map back beside it."""
    body = hcl.parse_text('a = {  # one\n  b = [\n    "c",  # two\n    /* o_net.n.id */ "d"\n  ]\n}\n')
    assert body == {"a": {"b": [hcl.Template("c"), hcl.Template("d")]}}


def test_json_is_read_as_well(make_root: MakeRoot) -> None:
    text = """{"resource": {"o_net": {"n": {}, "m": {}}, "o_server": {"s": [{"net": "${o_net.n.id}",
        "lifecycle": {"prevent_destroy": true}, "depends_on": ["o_net.m"]}]}}}"""
    found = read_configuration(make_root({"main.tf": "", "more.tf.json": text}))
    assert found.edges == (("o_server.s", "o_net.m"), ("o_server.s", "o_net.n"))
    assert dict(found.protected) == {"o_server.s": "lifecycle.prevent_destroy"}


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('resource "a" {', id="never ends"),
        pytest.param("a = = b\n", id="no expression"),
        pytest.param("\x00\x01", id="bytes"),
        pytest.param('resource "o_x" "y" {\n  a = "${b"\n}\n', id="string never ends"),
    ],
)
def test_a_file_that_cannot_be_parsed_may_hide_protection(make_root: MakeRoot, broken: str) -> None:
    found = read_configuration(make_root({"main.tf": NET + server("net = o_net.n.id"), "broken.tf": broken}))
    assert found.may_hide_protection == ("broken.tf",)
    assert found.problems[0].startswith("broken.tf cannot be parsed: ")
    assert found.edges == (("o_server.s", "o_net.n"),), "the others count"


def test_a_file_that_is_no_text_may_hide_protection(make_root: MakeRoot) -> None:
    root = make_root(NET)
    (root.path / "binary.tf").write_bytes(b"\xff\xfe\x00")
    assert read_configuration(root).may_hide_protection == ("binary.tf",)


PROTECTED = """locals {{
  x = {expression}
}}
resource "o_net" "n" {{
  lifecycle {{
    prevent_destroy = true
  }}
}}
locals {{
  y = <<EOT
b
EOT
}}
"""


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param("<<EOT\na\nEOT \t", id="space behind its end"),
        pytest.param("<<-EOT\n  a\n  EOT ", id="with a margin"),
        pytest.param("<<EOT\r\na\r\nEOT \r", id="from Windows"),
        pytest.param("upper(<<EOT\na\nEOT \n)", id="in an expression"),
        pytest.param("<<A\nEOT \nA", id="in another one"),
        pytest.param("1 # <<A\n z = <<EOT\na\nEOT \n c = <<A\nA", id="behind a remark"),
    ],
)
def test_the_end_of_a_heredoc_takes_no_protection_along(make_root: MakeRoot, expression: str) -> None:
    """To terraform and tofu, space behind it is nothing; python-hcl2 goes on to the next one of that word."""
    root = make_root("")
    (root.path / "main.tf").write_bytes(PROTECTED.format(expression=expression).encode())
    found = read_configuration(root)
    assert "o_net.n" in found.protected or found.may_hide_protection == ("main.tf",)


def test_space_behind_the_end_of_a_heredoc_is_nothing(make_root: MakeRoot) -> None:
    found = read_configuration(make_root(PROTECTED.format(expression="<<EOT\nEOT y\n\u2028a\nEOT ")))
    assert (dict(found.protected), found.problems) == ({"o_net.n": "lifecycle.prevent_destroy"}, ())


@pytest.mark.parametrize("outer", ["resource", "type"])
def test_a_key_of_json_that_stands_twice_takes_no_protection_along(make_root: MakeRoot, outer: str) -> None:
    kept = '{"n": {"lifecycle": {"prevent_destroy": true}}}'
    twice = {
        "resource": f'{{"resource": {{"o_net": {kept}}}, "resource": {{"o_net": {{"m": {{}}}}}}}}',
        "type": f'{{"//": 1, "//": 2, "resource": {{"o_net": {kept}, "o_net": {{"m": {{}}}}}}}}',
    }
    found = read_configuration(make_root({"main.tf.json": twice[outer]}))
    assert found.may_hide_protection == ("main.tf.json",)
    assert "stands twice" in found.problems[0]


def test_a_remark_of_json_may_stand_twice(make_root: MakeRoot) -> None:
    text = '{"//": "a", "//": "b", "resource": {"o_net": {"n": {"lifecycle": {"prevent_destroy": true}}}}}'
    assert set(read_configuration(make_root({"main.tf.json": text})).protected) == {"o_net.n"}


@pytest.mark.parametrize("source", ["./" + "a" * 300, "./a\\u0000b"])
def test_a_module_that_no_folder_can_be_is_not_here(make_root: MakeRoot, source: str) -> None:
    found = read_configuration(make_root(f'module "far" {{\n  source = "{source}"\n}}\n'))
    assert found.missing == ("module.far",)


@pytest.mark.parametrize("binary", ["tofu", "terraform"])
def test_each_binary_reads_its_own_files(make_root: MakeRoot, tmp_path: Path, binary: str) -> None:
    """Its name says which it is; it is not started."""
    (tmp_path / binary).touch(0o755)
    files = {"main.tf": server("x = 1"), "main.tofu": server("lifecycle {\n    prevent_destroy = true\n  }")}
    found = read_configuration(make_root(files, binary=str(tmp_path / binary)))
    assert dict(found.protected) == ({"o_server.s": "lifecycle.prevent_destroy"} if binary == "tofu" else {})


def test_installed_modules_are_followed(make_root: MakeRoot) -> None:
    files = {
        "main.tf": 'module "far" {\n  source = "registry.example/x/y"\n}\n',
        ".terraform/modules/far/main.tf": NET + server("net = o_net.n.id"),
        ".terraform/modules/modules.json": '{"Modules": [{"Key": "", "Dir": "."}, '
        '{"Key": "far", "Dir": ".terraform/modules/far"}]}',
    }
    assert read_configuration(make_root(files)).edges == (("module.far.o_server.s", "module.far.o_net.n"),)


def test_a_module_that_is_not_here_is_a_problem(make_root: MakeRoot) -> None:
    found = read_configuration(make_root('module "far" {\n  source = "registry.example/x/y"\n}\n'))
    assert "module.far is not on this disk" in found.problems[0]
    assert (found.missing, found.may_hide_protection) == (("module.far",), ())


@given(st.text(alphabet='{}[]()"$%=.:,?!-+*/ \n\\abv1<>E', max_size=60))
@examples(50)
def test_any_text_is_a_body_or_a_sentence(text: str) -> None:
    assert isinstance(hcl.parse_text(text), dict | str)


@given(st.text(alphabet='{}[]()"$%=.:,?!-+*/ \n\\abvarforin12<>', max_size=60))
@examples(100)
def test_any_expression_is_a_value_or_a_hole(text: str) -> None:
    try:
        evaluate(text, lambda _: "x")
    except Hole:
        return
