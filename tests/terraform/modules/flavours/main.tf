# Each binary reads its own files: tofu prefers x.tofu to x.tf.

resource "openstack_networking_network_v2" "both" {
  name = "both"
}
