# Two servers with a disk and an address each, behind a load balancer: about twenty objects.

module "marks" {
  source = "../../modules/marks"
  count  = var.run == "" ? 0 : 1

  run   = var.run
  until = var.until
}

locals {
  tags        = var.run == "" ? [] : module.marks[0].tags
  metadata    = var.run == "" ? {} : module.marks[0].metadata
  description = var.run == "" ? "" : module.marks[0].description
}

data "openstack_networking_network_v2" "external" {
  name = var.external_network
}

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.10.0.0/24"
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_router_v2" "router" {
  name                = "${var.name}-router"
  external_network_id = data.openstack_networking_network_v2.external.id
  description         = local.description
  tags                = local.tags
}

resource "openstack_networking_router_interface_v2" "interface" {
  router_id = openstack_networking_router_v2.router.id
  subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_networking_secgroup_v2" "group" {
  name        = "${var.name}-group"
  description = local.description
  tags        = local.tags
}

resource "openstack_networking_secgroup_rule_v2" "ssh" {
  security_group_id = openstack_networking_secgroup_v2.group.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = "tcp"
  port_range_min    = 22
  port_range_max    = 22
  description       = local.description
}

resource "openstack_networking_secgroup_rule_v2" "inside" {
  security_group_id = openstack_networking_secgroup_v2.group.id
  direction         = "ingress"
  ethertype         = "IPv4"
  remote_group_id   = openstack_networking_secgroup_v2.group.id
  description       = local.description
}

resource "openstack_compute_keypair_v2" "key" {
  name       = "${var.name}-key"
  public_key = var.public_key
}

resource "openstack_networking_port_v2" "port" {
  count = 2

  name               = "${var.name}-port-${count.index}"
  network_id         = openstack_networking_network_v2.net.id
  security_group_ids = [openstack_networking_secgroup_v2.group.id]
  description        = local.description
  tags               = local.tags

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_compute_instance_v2" "server" {
  count = 2

  name        = "${var.name}-server-${count.index}"
  image_name  = var.image
  flavor_name = var.flavor
  key_pair    = openstack_compute_keypair_v2.key.name
  metadata    = local.metadata

  network {
    port = openstack_networking_port_v2.port[count.index].id
  }
}

resource "openstack_blockstorage_volume_v3" "disk" {
  count = 2

  name        = "${var.name}-disk-${count.index}"
  size        = 1
  description = local.description
  metadata    = local.metadata
}

resource "openstack_compute_volume_attach_v2" "disk" {
  count = 2

  instance_id = openstack_compute_instance_v2.server[count.index].id
  volume_id   = openstack_blockstorage_volume_v3.disk[count.index].id
}

resource "openstack_networking_floatingip_v2" "address" {
  count = 2

  pool        = var.external_network
  port_id     = openstack_networking_port_v2.port[count.index].id
  description = local.description
  tags        = local.tags

  depends_on = [openstack_networking_router_interface_v2.interface]
}

resource "openstack_lb_loadbalancer_v2" "balancer" {
  name          = "${var.name}-balancer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
  description   = local.description
  tags          = local.tags
}

resource "openstack_lb_listener_v2" "listener" {
  name            = "${var.name}-listener"
  loadbalancer_id = openstack_lb_loadbalancer_v2.balancer.id
  protocol        = "TCP"
  protocol_port   = 80
  description     = local.description
  tags            = local.tags
}

resource "openstack_lb_pool_v2" "pool" {
  name        = "${var.name}-pool"
  listener_id = openstack_lb_listener_v2.listener.id
  protocol    = "TCP"
  lb_method   = "ROUND_ROBIN"
  description = local.description
}
