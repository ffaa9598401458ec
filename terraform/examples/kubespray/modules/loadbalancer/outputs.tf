output "vip_address" {
  value = openstack_lb_loadbalancer_v2.k8s_lb.vip_address
}
