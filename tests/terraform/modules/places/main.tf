# Locals of locals, the workspace, and the paths as each module sees them.

locals {
  env    = terraform.workspace
  prefix = "${local.run}-${local.env}"
  run    = "r${local.number}"
  number = 40 + 2
}

resource "openstack_networking_network_v2" "locals" {
  name = local.prefix
}

resource "openstack_networking_network_v2" "paths" {
  name = "${path.root} ${path.module}"
}

resource "openstack_networking_network_v2" "cwd" {
  name = "${path.cwd}/x"
}

module "below" {
  source = "./below"
}
