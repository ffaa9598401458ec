resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.30.0.0/24"
  description = local.description
}

resource "openstack_networking_secgroup_v2" "group" {
  name        = "${var.name}-group"
  description = local.description
}

resource "openstack_networking_secgroup_rule_v2" "rule" {
  security_group_id = openstack_networking_secgroup_v2.group.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 22
  port_range_max    = 22
  description       = local.description
}

resource "openstack_networking_port_v2" "port" {
  name               = "${var.name}-port"
  network_id         = openstack_networking_network_v2.net.id
  security_group_ids = [openstack_networking_secgroup_v2.group.id]
  description        = local.description

  fixed_ip {
    subnet_id  = openstack_networking_subnet_v2.subnet.id
    ip_address = "10.30.0.10"
  }
}

resource "openstack_networking_port_v2" "parent" {
  name        = "${var.name}-parent"
  network_id  = openstack_networking_network_v2.net.id
  description = local.description
}

resource "openstack_networking_trunk_v2" "trunk" {
  name        = "${var.name}-trunk"
  port_id     = openstack_networking_port_v2.parent.id
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

resource "openstack_networking_router_route_v2" "route" {
  router_id        = openstack_networking_router_v2.router.id
  destination_cidr = "192.0.2.0/24"
  next_hop         = "10.30.0.10"

  depends_on = [openstack_networking_router_interface_v2.interface]
}

resource "openstack_networking_floatingip_v2" "address" {
  pool        = "public"
  description = local.description
}

resource "openstack_networking_floatingip_associate_v2" "address" {
  floating_ip = openstack_networking_floatingip_v2.address.address
  port_id     = openstack_networking_port_v2.port.id

  depends_on = [openstack_networking_router_interface_v2.interface]
}
