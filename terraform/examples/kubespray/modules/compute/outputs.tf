output "bastion_ports" {
  value = openstack_networking_port_v2.bastion_port[*].id
}

output "master_ports" {
  value = openstack_networking_port_v2.k8s_master_port[*].id
}

output "node_ports" {
  value = { for name, port in openstack_networking_port_v2.k8s_nodes_port : name => port.id }
}

output "master_addresses" {
  value = openstack_compute_instance_v2.k8s_master[*].access_ip_v4
}
