resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "sub" {
  name        = "${var.name}-sub"
  description = local.description
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.74.0.0/24"
}

resource "openstack_sharedfilesystem_securityservice_v2" "directory" {
  name        = "${var.name}-directory"
  description = local.description
  type        = "ldap"
  dns_ip      = "10.74.0.9"
  domain      = "example.com"
  user        = "reader"
  password    = "not a secret"
}

resource "openstack_sharedfilesystem_sharenetwork_v2" "net" {
  name                 = "${var.name}-share-net"
  description          = local.description
  neutron_net_id       = openstack_networking_network_v2.net.id
  neutron_subnet_id    = openstack_networking_subnet_v2.sub.id
  security_service_ids = [openstack_sharedfilesystem_securityservice_v2.directory.id]
}

# On a share server, which outlives it and holds the network with ports of its own.
resource "openstack_sharedfilesystem_share_v2" "served" {
  name             = "${var.name}-served"
  description      = local.description
  metadata         = local.metadata
  share_proto      = "NFS"
  share_type       = "dhss"
  size             = 1
  share_network_id = openstack_sharedfilesystem_sharenetwork_v2.net.id
}

resource "openstack_sharedfilesystem_share_v2" "flat" {
  name        = "${var.name}-flat"
  description = local.description
  metadata    = local.metadata
  share_proto = "NFS"
  share_type  = "flat"
  size        = 1
}

resource "openstack_sharedfilesystem_share_access_v2" "all" {
  share_id     = openstack_sharedfilesystem_share_v2.served.id
  access_type  = "ip"
  access_to    = "10.74.0.0/24"
  access_level = "rw"
}
