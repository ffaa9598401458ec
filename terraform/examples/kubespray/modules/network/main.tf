data "openstack_networking_network_v2" "external" {
  name = var.external_network
}

resource "openstack_networking_router_v2" "k8s" {
  count = var.router_id == "" ? 1 : 0

  name                = "${var.cluster_name}-router"
  external_network_id = data.openstack_networking_network_v2.external.id
  description         = var.marks.description
  tags                = var.marks.tags
}

data "openstack_networking_router_v2" "k8s" {
  count = var.router_id == "" ? 0 : 1

  router_id = var.router_id
}

locals {
  router_id = var.router_id == "" ? openstack_networking_router_v2.k8s[0].id : data.openstack_networking_router_v2.k8s[0].id
}

resource "openstack_networking_network_v2" "k8s" {
  name           = var.network_name
  admin_state_up = true
  description    = var.marks.description
  tags           = var.marks.tags
}

resource "openstack_networking_subnet_v2" "k8s" {
  name        = "${var.cluster_name}-internal-network"
  network_id  = openstack_networking_network_v2.k8s.id
  cidr        = var.subnet_cidr
  ip_version  = 4
  description = var.marks.description
  tags        = var.marks.tags
}

resource "openstack_networking_router_interface_v2" "k8s" {
  router_id = local.router_id
  subnet_id = openstack_networking_subnet_v2.k8s.id
}
