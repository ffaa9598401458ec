# One object in each of three services, and none of them holds another.

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name = "${var.name}-disk"
  size = 1
}

resource "openstack_compute_keypair_v2" "key" {
  name = "${var.name}-key"
}
