output "network_id" {
  value = openstack_networking_network_v2.k8s.id
}

output "subnet_id" {
  value = openstack_networking_subnet_v2.k8s.id
}

output "router_id" {
  value = local.router_id
}
