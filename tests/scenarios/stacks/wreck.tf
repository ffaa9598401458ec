# One of each kind that an interrupted apply leaves behind; a server, which takes some seconds, comes last.

variable "run" {
  description = "The run's mark; empty: nothing is marked."
  type        = string
  default     = ""
}

variable "addresses" {
  description = "How many floating IPs, which nothing associates."
  type        = number
  default     = 1
}

locals {
  description = var.run == "" ? "" : "janitor:run=${var.run}"
}

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.20.0.0/24"
  description = local.description
}

resource "openstack_networking_secgroup_v2" "group" {
  name        = "${var.name}-group"
  description = local.description
}

resource "openstack_networking_floatingip_v2" "address" {
  count = var.addresses

  pool        = "public"
  description = local.description
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name     = "${var.name}-disk"
  size     = 1
  metadata = var.run == "" ? {} : { janitor-run = var.run }
}

resource "openstack_networking_port_v2" "port" {
  name               = "${var.name}-port"
  network_id         = openstack_networking_network_v2.net.id
  security_group_ids = [openstack_networking_secgroup_v2.group.id]
  description        = local.description

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_compute_instance_v2" "server" {
  name        = "${var.name}-server"
  image_name  = "cirros"
  flavor_name = "tiny"
  metadata    = var.run == "" ? {} : { janitor-run = var.run }

  network {
    port = openstack_networking_port_v2.port.id
  }

  depends_on = [openstack_networking_floatingip_v2.address, openstack_blockstorage_volume_v3.disk]
}
