moved {
  from = openstack_networking_network_v2.before[0]
  to   = openstack_networking_network_v2.kept["a"]
}

resource "openstack_networking_network_v2" "kept" {
  for_each = toset(["a"])
  name     = "below ${each.key}"

  lifecycle {
    prevent_destroy = true
  }
}
