output "addresses" {
  value = concat(
    openstack_networking_floatingip_v2.bastion[*].address,
    openstack_networking_floatingip_v2.k8s_master[*].address,
    [for ip in openstack_networking_floatingip_v2.k8s_nodes : ip.address],
  )
}
