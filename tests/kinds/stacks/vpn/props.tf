# A router with a subnet, between which and the other side it is.

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.34.0.0/24"
  description = local.description
}

data "openstack_networking_network_v2" "public" {
  name = "public"
}

resource "openstack_networking_router_v2" "router" {
  name                = "${var.name}-router"
  external_network_id = data.openstack_networking_network_v2.public.id
  description         = local.description
}

resource "openstack_networking_router_interface_v2" "interface" {
  router_id = openstack_networking_router_v2.router.id
  subnet_id = openstack_networking_subnet_v2.subnet.id
}
