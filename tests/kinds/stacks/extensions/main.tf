resource "openstack_networking_addressscope_v2" "scope" {
  name       = "${var.name}-scope"
  ip_version = 4
}

resource "openstack_networking_subnetpool_v2" "pool" {
  name             = "${var.name}-pool"
  prefixes         = ["10.40.0.0/16"]
  address_scope_id = openstack_networking_addressscope_v2.scope.id
  description      = local.description
}

resource "openstack_networking_rbac_policy_v2" "sharing" {
  action        = "access_as_shared"
  object_type   = "network"
  object_id     = openstack_networking_network_v2.shared.id
  target_tenant = openstack_networking_network_v2.shared.tenant_id
}

resource "openstack_networking_subnet_route_v2" "route" {
  subnet_id        = openstack_networking_subnet_v2.subnet.id
  destination_cidr = "192.0.2.0/24"
  next_hop         = "10.40.0.9"
}

resource "openstack_networking_port_secgroup_associate_v2" "association" {
  port_id            = openstack_networking_port_v2.port.id
  security_group_ids = [openstack_networking_secgroup_v2.group.id]
}

resource "openstack_networking_portforwarding_v2" "forwarding" {
  floatingip_id       = openstack_networking_floatingip_v2.address.id
  external_port       = 2222
  internal_port       = 22
  internal_port_id    = openstack_networking_port_v2.port.id
  internal_ip_address = openstack_networking_port_v2.port.all_fixed_ips[0]
  protocol            = "tcp"
  description         = local.description

  depends_on = [openstack_networking_router_interface_v2.interface]
}
