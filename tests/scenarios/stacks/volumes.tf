# Two volumes: the smallest stack whose deletes take time, and can be held up.

resource "openstack_blockstorage_volume_v3" "held" {
  name = "${var.name}-held"
  size = 1
}

resource "openstack_blockstorage_volume_v3" "free" {
  name = "${var.name}-free"
  size = 1
}
