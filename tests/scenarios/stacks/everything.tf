# One of everything that has a quota: the server has no port of its own, its disk is made by Nova.

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
}

data "openstack_networking_network_v2" "public" {
  name = "public"
}

resource "openstack_networking_router_v2" "router" {
  name                = "${var.name}-router"
  external_network_id = data.openstack_networking_network_v2.public.id
}

resource "openstack_networking_router_interface_v2" "interface" {
  router_id = openstack_networking_router_v2.router.id
  subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_networking_secgroup_v2" "group" {
  name = "${var.name}-group"
}

resource "openstack_networking_secgroup_rule_v2" "inside" {
  security_group_id = openstack_networking_secgroup_v2.group.id
  direction         = "ingress"
  ethertype         = "IPv4"
}

resource "openstack_networking_port_v2" "port" {
  name       = "${var.name}-port"
  network_id = openstack_networking_network_v2.net.id

  fixed_ip {
    subnet_id = openstack_networking_subnet_v2.subnet.id
  }
}

resource "openstack_networking_trunk_v2" "trunk" {
  name           = "${var.name}-trunk"
  port_id        = openstack_networking_port_v2.port.id
  admin_state_up = true
}

resource "openstack_networking_floatingip_v2" "address" {
  pool = "public"
}

resource "openstack_compute_keypair_v2" "key" {
  name = "${var.name}-key"
}

resource "openstack_compute_servergroup_v2" "apart" {
  name     = "${var.name}-apart"
  policies = ["soft-anti-affinity"]
}

resource "openstack_compute_instance_v2" "server" {
  name            = "${var.name}-server"
  flavor_name     = var.flavor
  key_pair        = openstack_compute_keypair_v2.key.name
  security_groups = [openstack_networking_secgroup_v2.group.name]

  network {
    uuid = openstack_networking_network_v2.net.id
  }

  block_device {
    uuid                  = data.openstack_images_image_v2.image.id
    source_type           = "image"
    destination_type      = "volume"
    volume_size           = 1
    volume_type           = "sparse"
    boot_index            = 0
    delete_on_termination = true
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.apart.id
  }

  depends_on = [openstack_networking_subnet_v2.subnet]
}

data "openstack_images_image_v2" "image" {
  name = "cirros"
}

resource "openstack_blockstorage_volume_v3" "disk" {
  name        = "${var.name}-disk"
  size        = 2
  volume_type = "sparse"
}

resource "openstack_lb_loadbalancer_v2" "balancer" {
  name          = "${var.name}-balancer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_lb_listener_v2" "listener" {
  name            = "${var.name}-listener"
  loadbalancer_id = openstack_lb_loadbalancer_v2.balancer.id
  protocol        = "TCP"
  protocol_port   = 80
}

resource "openstack_lb_pool_v2" "pool" {
  name        = "${var.name}-pool"
  listener_id = openstack_lb_listener_v2.listener.id
  protocol    = "TCP"
  lb_method   = "ROUND_ROBIN"
}

resource "openstack_lb_members_v2" "members" {
  pool_id = openstack_lb_pool_v2.pool.id

  member {
    address       = "10.20.0.10"
    protocol_port = 80
  }
  member {
    address       = "10.20.0.11"
    protocol_port = 80
  }
}

resource "openstack_lb_monitor_v2" "monitor" {
  name        = "${var.name}-monitor"
  pool_id     = openstack_lb_pool_v2.pool.id
  type        = "TCP"
  delay       = 10
  timeout     = 5
  max_retries = 5

  depends_on = [openstack_lb_members_v2.members] # at the same moment Octavia's database may refuse it
}

resource "openstack_keymanager_secret_v1" "secret" {
  name                 = "${var.name}-secret"
  payload              = "not a secret"
  payload_content_type = "text/plain"
}

variable "flavor" {
  type    = string
  default = "diskless"
}
