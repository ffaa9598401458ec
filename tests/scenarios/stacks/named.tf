# A server and all that it names: nothing of it is ever made here, what counts is what the cloud has.

variable "image" {
  type    = string
  default = "cirros"
}

variable "flavor" {
  type    = string
  default = "tiny"
}

variable "zone" {
  type    = string
  default = "nova"
}

variable "volume_type" {
  type    = string
  default = "sparse"
}

variable "pool" {
  type    = string
  default = "public"
}

resource "openstack_compute_keypair_v2" "key" {
  name = "${var.name}-key"
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}

resource "openstack_compute_instance_v2" "server" {
  name              = "${var.name}-server"
  image_name        = var.image
  flavor_name       = var.flavor
  availability_zone = var.zone
  key_pair          = openstack_compute_keypair_v2.key.name
  security_groups   = [openstack_networking_secgroup_v2.group.name]
  network_mode      = "none"
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name        = "${var.name}-disk"
  size        = 1
  volume_type = var.volume_type
}

resource "openstack_networking_floatingip_v2" "address" {
  pool = var.pool
}

resource "openstack_lb_loadbalancer_v2" "balancer" {
  name          = "${var.name}-balancer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}
