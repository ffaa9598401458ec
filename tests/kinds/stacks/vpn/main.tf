resource "openstack_vpnaas_ike_policy_v2" "ike" {
  name           = "${var.name}-ike"
  auth_algorithm = "sha256" # the default is no longer what the database takes
  description    = local.description
}

resource "openstack_vpnaas_ipsec_policy_v2" "ipsec" {
  name           = "${var.name}-ipsec"
  auth_algorithm = "sha256"
  description    = local.description
}

resource "openstack_vpnaas_service_v2" "service" {
  name           = "${var.name}-service"
  router_id      = openstack_networking_router_v2.router.id
  admin_state_up = true
  description    = local.description

  depends_on = [openstack_networking_router_interface_v2.interface]
}

resource "openstack_vpnaas_endpoint_group_v2" "here" {
  name        = "${var.name}-here"
  type        = "subnet"
  endpoints   = [openstack_networking_subnet_v2.subnet.id]
  description = local.description
}

resource "openstack_vpnaas_endpoint_group_v2" "there" {
  name        = "${var.name}-there"
  type        = "cidr"
  endpoints   = ["10.98.0.0/24"]
  description = local.description
}

resource "openstack_vpnaas_site_connection_v2" "connection" {
  name              = "${var.name}-connection"
  ikepolicy_id      = openstack_vpnaas_ike_policy_v2.ike.id
  ipsecpolicy_id    = openstack_vpnaas_ipsec_policy_v2.ipsec.id
  vpnservice_id     = openstack_vpnaas_service_v2.service.id
  local_ep_group_id = openstack_vpnaas_endpoint_group_v2.here.id
  peer_ep_group_id  = openstack_vpnaas_endpoint_group_v2.there.id
  peer_address      = "192.0.2.1"
  peer_id           = "192.0.2.1"
  psk               = "not a secret"
  description       = local.description
}
