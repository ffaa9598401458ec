# What must stay, beside what must go.

data "openstack_networking_network_v2" "read" {
  name = "${var.name}-read"
}

resource "openstack_networking_port_v2" "on_read" {
  name       = "${var.name}-on-read"
  network_id = data.openstack_networking_network_v2.read.id
}

resource "openstack_networking_secgroup_v2" "tagged" {
  name = "${var.name}-tagged"
}

resource "openstack_blockstorage_volume_v3" "other_run" {
  name = "${var.name}-other-run"
  size = 1
}

resource "openstack_networking_network_v2" "shared" {
  name = "${var.name}-shared"
}

resource "openstack_networking_subnet_v2" "on_shared" {
  name       = "${var.name}-on-shared"
  network_id = openstack_networking_network_v2.shared.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_blockstorage_volume_v3" "plain" {
  name = "${var.name}-plain"
  size = 1
}
