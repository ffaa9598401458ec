variable "label" {
  type = string
}

variable "size" {
  type    = number
  default = 1
}

resource "openstack_networking_network_v2" "net" {
  count = var.size
  name  = "${var.label}-${count.index}"
}

module "inner" {
  source = "../inner"
  label  = "${var.label}/in"
  labels = var.size == 2 ? ["p", "q"] : []
}

output "label" {
  value = module.inner.label
}

output "secret" {
  value     = var.label
  sensitive = true
}

output "id" {
  value = openstack_networking_network_v2.net[0].id
}
