# One of two networks is protected.

resource "openstack_networking_network_v2" "kept" {
  name = "${var.name}-kept"

  lifecycle {
    prevent_destroy = true
  }
}

resource "openstack_networking_subnet_v2" "on_kept" {
  name       = "${var.name}-on-kept"
  network_id = openstack_networking_network_v2.kept.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_networking_network_v2" "plain" {
  name = "${var.name}-plain"
}
