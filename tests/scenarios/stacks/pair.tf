# A network and a group: the smallest stack that is made, and goes, within seconds.

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}
