terraform {
  required_providers {
    openstack = {
      source                = "terraform-provider-openstack/openstack"
      configuration_aliases = [openstack.second]
    }
  }
}

resource "openstack_networking_network_v2" "first" {
  name = "first"
}

resource "openstack_networking_network_v2" "second" {
  provider = openstack.second
  name     = "second of ${openstack_networking_network_v2.first.name}"
}
