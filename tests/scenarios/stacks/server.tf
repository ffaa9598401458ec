# A server with secrets: in its user data, and in a key pair whose private half only the state has.

variable "secret" {
  type      = string
  sensitive = true
  default   = "nothing"
}

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}

resource "openstack_compute_keypair_v2" "key" {
  name = "${var.name}-key"
}

resource "openstack_compute_instance_v2" "server" {
  name        = "${var.name}-server"
  image_name  = "cirros"
  flavor_name = "tiny"
  key_pair    = openstack_compute_keypair_v2.key.name
  user_data   = "password=${var.secret}"
  metadata    = { token = var.secret }

  network {
    uuid = openstack_networking_network_v2.net.id
  }

  depends_on = [openstack_networking_subnet_v2.subnet]
}
