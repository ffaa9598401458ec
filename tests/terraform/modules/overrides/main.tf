# What other files put in the place of this one's.

variable "label" {
  type    = string
  default = "main"
}

locals {
  first  = "main"
  second = "main"
}

resource "openstack_networking_network_v2" "net" {
  name        = "main-${local.first}-${local.second}-${var.label}"
  description = "janitor:run=main"

  lifecycle {
    prevent_destroy = true
  }
}

resource "openstack_networking_network_v2" "counted" {
  count = 1
  name  = "counted-${count.index}"
}

module "below" {
  source = "./below"
  label  = "main"
}
