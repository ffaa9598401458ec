# Three networks of which two are to stay: one moves to a protected address, one is let go.

resource "openstack_networking_network_v2" "before" {
  name = "${var.name}-moved"
}

resource "openstack_networking_network_v2" "let_go" {
  name = "${var.name}-let-go"
}

resource "openstack_networking_network_v2" "plain" {
  name = "${var.name}-plain"
}
