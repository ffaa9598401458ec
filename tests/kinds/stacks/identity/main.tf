resource "openstack_identity_application_credential_v3" "credential" {
  name        = "${var.unique}-credential"
  description = local.description
}
