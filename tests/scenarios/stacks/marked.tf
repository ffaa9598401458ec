# What a run makes, each with its mark: a network with its subnet, and a volume, whose creation can be held up.

variable "run" {
  description = "The run's mark."
  type        = string
}

resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = "janitor:run=${var.run}"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.20.0.0/24"
  description = "janitor:run=${var.run}"
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name     = "${var.name}-disk"
  size     = 1
  metadata = { janitor-run = var.run }

  depends_on = [openstack_networking_subnet_v2.subnet]
}
