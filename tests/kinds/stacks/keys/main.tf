resource "openstack_keymanager_secret_v1" "word" {
  name                 = "${var.name}-word"
  payload              = "not a secret"
  payload_content_type = "text/plain"
  secret_type          = "passphrase"

  acl {
    read {
      project_access = false
    }
  }
}

resource "openstack_keymanager_secret_v1" "boxed" {
  name                 = "${var.name}-boxed"
  payload              = "not a secret either"
  payload_content_type = "text/plain"
  secret_type          = "passphrase"
}

resource "openstack_keymanager_container_v1" "box" {
  name = "${var.name}-box"
  type = "generic"

  secret_refs {
    name       = "word"
    secret_ref = openstack_keymanager_secret_v1.boxed.secret_ref
  }
}

# The provider leaves what an order made: a key, and a pair of them in a container.
resource "openstack_keymanager_order_v1" "key" {
  type = "key"

  meta {
    name       = "${var.name}-key"
    algorithm  = "aes"
    bit_length = 256
    mode       = "cbc"
  }
}

resource "openstack_keymanager_order_v1" "pair" {
  type = "asymmetric"

  meta {
    name       = "${var.name}-pair"
    algorithm  = "rsa"
    bit_length = 2048
  }
}
