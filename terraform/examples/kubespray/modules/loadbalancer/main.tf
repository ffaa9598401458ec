resource "openstack_lb_loadbalancer_v2" "k8s_lb" {
  name          = "${var.cluster_name}-api-loadbalancer"
  vip_subnet_id = var.subnet_id
  description   = var.marks.description
  tags          = var.marks.tags
}

resource "openstack_lb_listener_v2" "api_listener" {
  name            = "api-listener"
  protocol        = "TCP"
  protocol_port   = 6443
  loadbalancer_id = openstack_lb_loadbalancer_v2.k8s_lb.id
  description     = var.marks.description
  tags            = var.marks.tags
}

resource "openstack_lb_pool_v2" "api_pool" {
  name        = "api-pool"
  protocol    = "TCP"
  lb_method   = "ROUND_ROBIN"
  listener_id = openstack_lb_listener_v2.api_listener.id
  description = var.marks.description
}

resource "openstack_lb_member_v2" "lb_member" {
  count = length(var.members)

  pool_id       = openstack_lb_pool_v2.api_pool.id
  name          = "${var.cluster_name}-k8s-master-${count.index + 1}"
  address       = var.members[count.index]
  subnet_id     = var.subnet_id
  protocol_port = 6443
}

resource "openstack_lb_monitor_v2" "monitor" {
  name        = "Api Monitor"
  pool_id     = openstack_lb_pool_v2.api_pool.id
  type        = "TCP"
  delay       = 10
  timeout     = 5
  max_retries = 5
}
