resource "openstack_networking_network_v2" "one" {
  name = "of hidden.tf"
}

resource "openstack_networking_network_v2" "old" {
  name = "only in hidden.tf"
}
