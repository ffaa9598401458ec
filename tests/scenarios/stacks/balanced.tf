# A load balancer with a listener and a pool.

resource "openstack_networking_network_v2" "net" {
  name = "${var.name}-net"
}

resource "openstack_networking_subnet_v2" "subnet" {
  name       = "${var.name}-subnet"
  network_id = openstack_networking_network_v2.net.id
  cidr       = "10.20.0.0/24"
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
