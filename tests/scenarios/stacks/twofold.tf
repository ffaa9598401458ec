# A network here, and one in another project, through a second configuration of the provider.

provider "openstack" {
  alias = "second"
  cloud = var.second
}

variable "second" {
  description = "The name of the other project's cloud in clouds.yaml."
  type        = string
}

resource "openstack_networking_network_v2" "here" {
  name = "${var.name}-here"
}

resource "openstack_networking_network_v2" "there" {
  provider = openstack.second
  name     = "${var.name}-there"
}

resource "openstack_compute_servergroup_v2" "there" {
  provider = openstack.second
  name     = "${var.name}-there"
  policies = ["anti-affinity"]
}
