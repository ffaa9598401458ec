# for_each: sets, maps, objects, keys that need quotes, and instances of one by another.

locals {
  networks = {
    front = { cidr = "10.0.0.0/24", tags = ["a", "b"] }
    back  = { cidr = "10.0.1.0/24", tags = [] }
  }
}

resource "openstack_networking_network_v2" "set" {
  for_each = toset(["b", "a", "b"])
  name     = "${each.key}${each.value}"
}

resource "openstack_networking_network_v2" "map" {
  for_each = { one = 1, two = "2" }
  name     = "${each.key}-${each.value}"
}

resource "openstack_networking_network_v2" "objects" {
  for_each = local.networks
  name     = "${each.key} ${each.value.cidr} ${length(each.value.tags)}"
}

resource "openstack_networking_network_v2" "by_another" {
  for_each = openstack_networking_network_v2.objects
  name     = "${each.key} of ${each.value.name}"
}

resource "openstack_networking_network_v2" "keys" {
  for_each = { "a b" = 1, "c\"d" = 2, "e.f" = 3, "$${g}" = 4, "ü" = 5 }
  name     = "k${each.value} ${each.key}"
}

resource "openstack_networking_network_v2" "filtered" {
  for_each = { for name, one in local.networks : upper(name) => one.tags if length(one.tags) > 0 }
  name     = join("/", each.value)
}

resource "openstack_networking_network_v2" "grouped" {
  for_each = { for name in ["ab", "ac", "b"] : substr(name, 0, 1) => name... }
  name     = join("+", each.value)
}

resource "openstack_networking_network_v2" "written_keys" {
  for_each = { "${local.networks.front.cidr}-x" = "a", (lower("Y")) = "b" }
  name     = "${each.key} ${each.value}"
}

resource "openstack_networking_network_v2" "not_known" {
  for_each = toset(split("\n", sha1("x")))
  name     = each.key
}
