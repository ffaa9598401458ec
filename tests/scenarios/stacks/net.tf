# A network with a port in a group. As in Kubespray's stack the group "depends" on the network, though no cloud says so.

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"

  depends_on = [openstack_networking_subnet_v2.subnet]
}

resource "openstack_networking_port_v2" "port" {
  name               = "${var.name}-port"
  network_id         = openstack_networking_network_v2.net.id
  security_group_ids = [openstack_networking_secgroup_v2.group.id]

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}
