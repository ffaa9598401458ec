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

# As a cluster's controller makes one for a service.
resource "openstack_lb_loadbalancer_v2" "producer" {
  name          = "${var.name}-producer"
  vip_subnet_id = openstack_networking_subnet_v2.subnet.id
  description   = join(" ", compact(["Kubernetes external service web from cluster kubernetes", local.description]))
}

resource "openstack_lb_pool_v2" "listed" {
  name            = "${var.name}-listed"
  loadbalancer_id = openstack_lb_loadbalancer_v2.balancer.id
  protocol        = "HTTP"
  lb_method       = "ROUND_ROBIN"
  description     = local.description
}

resource "openstack_lb_members_v2" "members" {
  pool_id = openstack_lb_pool_v2.listed.id

  member {
    address       = "10.32.0.10"
    protocol_port = 80
  }

  member {
    address       = "10.32.0.11"
    protocol_port = 80
  }

  # Octavia takes its locks the other way round for a batch: beside it, another creation may end in a deadlock.
  depends_on = [openstack_lb_monitor_v2.monitor, openstack_lb_member_v2.member, openstack_lb_l7rule_v2.rule]
}

resource "openstack_lb_l7policy_v2" "policy" {
  name             = "${var.name}-policy"
  action           = "REDIRECT_TO_POOL"
  listener_id      = openstack_lb_listener_v2.listener.id
  redirect_pool_id = openstack_lb_pool_v2.listed.id
  description      = local.description
}

resource "openstack_lb_l7rule_v2" "rule" {
  l7policy_id  = openstack_lb_l7policy_v2.policy.id
  type         = "PATH"
  compare_type = "STARTS_WITH"
  value        = "/api"
}
