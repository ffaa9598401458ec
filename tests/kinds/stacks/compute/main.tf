resource "openstack_compute_keypair_v2" "key" {
  name       = "${var.unique}-key"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOPDJrSj8EUpbK00OX8LywKy8eRWAdTxCE0CjSKXuk/i nobody"
}

resource "openstack_compute_servergroup_v2" "group" {
  name     = "${var.name}-group"
  policies = ["soft-anti-affinity"]
}

# Nova makes its port; the boot volume of the second one, too.

resource "openstack_compute_instance_v2" "server" {
  name        = "${var.name}-server"
  image_name  = "cirros"
  flavor_name = "tiny"
  key_pair    = openstack_compute_keypair_v2.key.name
  metadata    = local.metadata

  network {
    uuid = openstack_networking_network_v2.net.id
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.group.id
  }

  depends_on = [openstack_networking_subnet_v2.subnet]
}

resource "openstack_compute_instance_v2" "booted" {
  name        = "${var.name}-booted"
  flavor_name = "diskless"
  metadata    = local.metadata

  block_device {
    uuid                  = data.openstack_images_image_v2.cirros.id
    source_type           = "image"
    destination_type      = "volume"
    volume_size           = 1
    delete_on_termination = true
  }

  network {
    uuid = openstack_networking_network_v2.net.id
  }

  depends_on = [openstack_networking_subnet_v2.subnet]
}

resource "openstack_compute_interface_attach_v2" "second" {
  instance_id = openstack_compute_instance_v2.server.id
  port_id     = openstack_networking_port_v2.second.id
}

resource "openstack_compute_volume_attach_v2" "disk" {
  instance_id = openstack_compute_instance_v2.server.id
  volume_id   = openstack_blockstorage_volume_v3.disk.id
}

resource "openstack_compute_floatingip_associate_v2" "address" {
  floating_ip = openstack_networking_floatingip_v2.address.address
  instance_id = openstack_compute_instance_v2.server.id
  fixed_ip    = openstack_compute_instance_v2.server.access_ip_v4

  depends_on = [openstack_networking_router_interface_v2.interface]
}
