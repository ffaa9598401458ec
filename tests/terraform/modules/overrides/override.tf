locals {
  second = "override"
}

resource "openstack_networking_network_v2" "net" {
  name = "overridden-${local.first}-${local.second}-${var.label}"

  lifecycle {
    create_before_destroy = true
  }
}

resource "openstack_networking_network_v2" "counted" {
  count = 2
}

variable "label" {
  default = 7
}
