# A subnet on somebody else's router, with a floating IP through it.

variable "router_id" {
  type = string
}

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_networking_router_interface_v2" "interface" {
  router_id = var.router_id
  subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_networking_port_v2" "port" {
  name       = "${var.name}-port"
  network_id = openstack_networking_network_v2.net.id

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_networking_floatingip_v2" "address" {
  pool    = "public"
  port_id = openstack_networking_port_v2.port.id

  depends_on = [openstack_networking_router_interface_v2.interface]
}
