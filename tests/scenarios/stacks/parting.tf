# The credential with which the clean-up job signs in, beside what it cleans.

resource "openstack_identity_application_credential_v3" "ours" {
  name         = "${var.name}-ours"
  unrestricted = true
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}
