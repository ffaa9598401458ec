# A server on volumes: one that Nova makes to boot from, one that it makes empty, and one of ours that it only borrows.

data "openstack_images_image_v2" "cirros" {
  name = "cirros"
}

resource "openstack_blockstorage_volume_v3" "data" {
  name = "${var.name}-data"
  size = 1
}

resource "openstack_compute_instance_v2" "server" {
  name        = "${var.name}-server"
  flavor_name = "diskless"

  block_device {
    uuid                  = data.openstack_images_image_v2.cirros.id
    source_type           = "image"
    destination_type      = "volume"
    volume_size           = 1
    boot_index            = 0
    delete_on_termination = true
  }

  block_device {
    source_type           = "blank"
    destination_type      = "volume"
    volume_size           = 1
    boot_index            = 1
    delete_on_termination = true
  }

  network {
    uuid = openstack_networking_network_v2.net.id
  }

  depends_on = [openstack_networking_subnet_v2.subnet]
}

resource "openstack_compute_volume_attach_v2" "data" {
  instance_id = openstack_compute_instance_v2.server.id
  volume_id   = openstack_blockstorage_volume_v3.data.id
}

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.21.0.0/24"
}
