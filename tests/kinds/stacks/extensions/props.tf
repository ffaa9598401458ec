# What the extensions hang on; other stacks are about it.

resource "openstack_networking_network_v2" "shared" {
  name        = "${var.name}-shared"
  description = local.description
}

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name          = "${var.name}-subnet"
  network_id    = openstack_networking_network_v2.net.id
  subnetpool_id = openstack_networking_subnetpool_v2.pool.id
  cidr          = "10.40.0.0/24"
  description   = local.description
}

resource "openstack_networking_port_v2" "port" {
  name        = "${var.name}-port"
  network_id  = openstack_networking_network_v2.net.id
  description = local.description

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }

  lifecycle {
    ignore_changes = [security_group_ids]
  }
}

resource "openstack_networking_secgroup_v2" "group" {
  name        = "${var.name}-group"
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

resource "openstack_networking_floatingip_v2" "address" {
  pool        = "public"
  description = local.description
}
