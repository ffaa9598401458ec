output "addresses" {
  value = openstack_networking_floatingip_v2.address[*].address
}
