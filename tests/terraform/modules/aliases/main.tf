# Several configurations of one provider, here and in a module.

provider "openstack" {}

provider "openstack" {
  alias  = "other"
  region = "RegionTwo"
}

resource "openstack_networking_network_v2" "here" {
  name = "here"
}

resource "openstack_networking_network_v2" "there" {
  provider = openstack.other
  name     = "there"
}

module "both" {
  source = "./both"

  providers = {
    openstack        = openstack
    openstack.second = openstack.other
  }
}
