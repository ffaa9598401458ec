resource "openstack_blockstorage_volume_v3" "volume" {
  name        = "${var.name}-volume"
  size        = 1
  description = local.description
  metadata    = local.metadata
}
