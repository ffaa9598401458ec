variable "label" {
  default = "unset"
}

variable "labels" {
  type = set(string)
}

resource "openstack_networking_network_v2" "net" {
  for_each = var.labels
  name     = "${var.label}.${each.key}"
}

output "label" {
  value = "<${var.label}>"
}
