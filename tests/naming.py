"""Names as a configuration writes them, and what they come to: the same cases for every evaluator."""

from collections.abc import Mapping

NETWORK = 'resource "openstack_networking_network_v2" "n" {{\n  {body}\n}}\n'


def network(body: str) -> str:
    return NETWORK.format(body=body)


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
    "an empty list where the other branch is not known": (
        'variable "v" {\n  type = number\n  default = null\n}\n'
        'locals {\n  more = var.v == null ? [] : [format("%d", var.v)]\n'
        "  none = var.v == null ? {} : { a = ceil(var.v) }\n}\n"
        + network('name = join("-", concat(["a"], [for m in local.more : "b${m}"], keys(local.none)))'),
        {"n": "a"},
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
    "no name": (network('description = "x"'), {"n": ""}),
}
