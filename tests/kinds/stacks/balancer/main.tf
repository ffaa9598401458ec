resource "openstack_networking_network_v2" "net" {
  name        = "${var.name}-net"
  description = local.description
}

resource "openstack_networking_subnet_v2" "subnet" {
  name        = "${var.name}-subnet"
  network_id  = openstack_networking_network_v2.net.id
  cidr        = "10.32.0.0/24"
  description = local.description
}

resource "openstack_lb_loadbalancer_v2" "balancer" {
  name          = "${var.name}-balancer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
  description   = local.description
}

resource "openstack_lb_listener_v2" "listener" {
  name            = "${var.name}-listener"
  loadbalancer_id = openstack_lb_loadbalancer_v2.balancer.id
  protocol        = "HTTP"
  protocol_port   = 80
  description     = local.description
}

resource "openstack_lb_pool_v2" "pool" {
  name        = "${var.name}-pool"
  listener_id = openstack_lb_listener_v2.listener.id
  protocol    = "HTTP"
  lb_method   = "ROUND_ROBIN"
  description = local.description
}

resource "openstack_lb_member_v2" "member" {
  pool_id       = openstack_lb_pool_v2.pool.id
  address       = "10.32.0.9"
  protocol_port = 80
  subnet_id     = openstack_networking_subnet_v2.subnet.id
}

resource "openstack_lb_monitor_v2" "monitor" {
  name        = "${var.name}-monitor"
  pool_id     = openstack_lb_pool_v2.pool.id
  type        = "TCP"
  delay       = 5
  timeout     = 3
  max_retries = 2
}
