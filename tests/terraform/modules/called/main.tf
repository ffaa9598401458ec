# Modules on this disk: one, by number, by key, in each other, and what they hand back.

module "one" {
  source = "./net"
  label  = "one"
}

module "counted" {
  count  = 2
  source = "./net"
  label  = "c${count.index}"
}

module "each" {
  for_each = { "a b" = "x", c = "y" }
  source   = "./net"
  label    = each.value
  size     = "2"
}

resource "openstack_networking_network_v2" "outputs" {
  name       = "${module.one.label} ${module.counted[1].label} ${module.each["a b"].label} ${join(",", module.counted[*].label)}"
  depends_on = [module.one]
}

resource "openstack_networking_network_v2" "of_each" {
  for_each = module.each
  name     = "${each.key}: ${each.value.label}"
}

resource "openstack_networking_network_v2" "secret" {
  name = "x-${module.one.secret}"
}

resource "openstack_networking_network_v2" "id" {
  name = "x-${module.one.id}"
}
