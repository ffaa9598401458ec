variable "label" {}

resource "openstack_networking_network_v2" "net" {
  name = var.label
}
