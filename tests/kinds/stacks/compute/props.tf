# What servers need; other stacks are about it.

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.31.0.0/24"
  description = local.description
}

data "openstack_images_image_v2" "cirros" {
  name = "cirros"
}

resource "openstack_networking_port_v2" "second" {
  name        = "${var.name}-second"
  network_id  = openstack_networking_network_v2.net.id
  description = local.description

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name     = "${var.name}-disk"
  size     = 1
  metadata = local.metadata
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
