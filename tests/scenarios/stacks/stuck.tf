# A server on a port, a volume and a load balancer that will not go, and beside them what has no reason to stay.

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_networking_port_v2" "port" {
  name       = "${var.name}-port"
  network_id = openstack_networking_network_v2.net.id

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_compute_instance_v2" "server" {
  name        = "${var.name}-server"
  image_name  = "cirros"
  flavor_name = "tiny"

  network {
    port = openstack_networking_port_v2.port.id
  }
}

resource "openstack_lb_loadbalancer_v2" "balancer" {
  name          = "${var.name}-balancer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_blockstorage_volume_v3" "volume" {
  name = "${var.name}-volume"
  size = 1
}

resource "openstack_networking_network_v2" "other" {
  name = "${var.name}-other-net"
}

resource "openstack_networking_port_v2" "other" {
  name       = "${var.name}-other-port"
  network_id = openstack_networking_network_v2.other.id
}

resource "openstack_blockstorage_volume_v3" "other" {
  name = "${var.name}-other-volume"
  size = 1
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}
