# What only an administrator makes, and a quota, which has nothing to delete.

variable "project_id" {
  type = string
}

resource "openstack_compute_flavor_v2" "flavor" {
  name      = "${var.name}-flavor"
  ram       = 64
  vcpus     = 1
  disk      = 1
  is_public = false
}

resource "openstack_compute_flavor_access_v2" "access" {
  flavor_id = openstack_compute_flavor_v2.flavor.id
  tenant_id = var.project_id
}

resource "openstack_compute_quotaset_v2" "quota" {
  project_id = var.project_id
  instances  = 7
}
