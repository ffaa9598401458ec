# The credential with which the clean-up job signs in, beside what it cleans.

resource "openstack_identity_application_credential_v3" "ours" {
  name         = "${var.name}-ours"
  unrestricted = true
  roles        = ["member", "load-balancer_member", "creator"] # left out, keystone says at times that there are none
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}
