locals {
  prefix = "own-${terraform.workspace == "default" ? "d" : "w"}"
}

resource "openstack_networking_network_v2" "paths" {
  name = "${path.root} ${path.module} ${local.prefix}"
}
