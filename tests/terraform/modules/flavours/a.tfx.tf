resource "openstack_networking_network_v2" "odd" {
  name = "of a.tfx.tf"
}
