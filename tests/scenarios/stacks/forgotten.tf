# tofu 1.12: a destroy forgets one of two networks instead of deleting it.

resource "openstack_networking_network_v2" "kept" {
  name = "${var.name}-kept"

  lifecycle {
    destroy = false
  }
}

resource "openstack_networking_network_v2" "plain" {
  name = "${var.name}-plain"
}
