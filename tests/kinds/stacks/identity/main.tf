resource "openstack_identity_application_credential_v3" "credential" {
  name        = "${var.unique}-credential"
  roles       = ["member"]
  description = local.description
}

resource "openstack_identity_ec2_credential_v3" "key" {}
