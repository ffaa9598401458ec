# Every place that a value can come from, in the order of its strength; and what its type makes of it.

variable "default" {
  default = "default"
}

variable "from_env" {
  default = "default"
}

variable "from_tfvars" {
  default = "default"
}

variable "from_auto" {
  default = "default"
}

variable "from_auto_json" {
  default = "default"
}

variable "from_file" {
  default = "default"
}

variable "from_option" {
  default = "default"
}

variable "number" {
  type    = number
  default = "3"
}

variable "text" {
  type    = string
  default = 3
}

variable "names" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "numbers" {
  type    = set(number)
  default = [10, 9]
}

variable "listed" {
  type    = list(string)
  default = [1, 2]
}

variable "mapped" {
  type    = map(string)
  default = { b = 1, a = true }
}

variable "settings" {
  type = object({
    name  = string
    label = optional(string, "labelled")
    extra = optional(string)
    sizes = optional(list(number), [1, 2])
  })
  default = {
    name   = "named"
    unused = "dropped"
  }
}

variable "never_null" {
  default  = "not null"
  nullable = false
}

variable "may_be_null" {
  default = "default"
}

variable "free" {
  type = any
}

variable "secret" {
  sensitive = true
  default   = "hunter2"
}

resource "openstack_networking_network_v2" "sources" {
  name = join(" ", [var.default, var.from_env, var.from_tfvars, var.from_auto, var.from_auto_json, var.from_file, var.from_option])
}

resource "openstack_networking_network_v2" "number" {
  count = var.number == 3 ? 1 : 0
  name  = "n-${var.number + 1}"
}

resource "openstack_networking_network_v2" "text" {
  count = var.text == "3" ? 1 : 2
  name  = var.text
}

resource "openstack_networking_network_v2" "names" {
  for_each = var.names
  name     = "${each.value} of ${length(var.names)}"
}

resource "openstack_networking_network_v2" "sets" {
  name = join(",", tolist(var.numbers), [for place, name in var.names : place])
}

resource "openstack_networking_network_v2" "listed" {
  count = var.listed[0] == "1" ? 1 : 0
  name  = join("+", var.listed)
}

resource "openstack_networking_network_v2" "mapped" {
  for_each = var.mapped
  name     = "${each.key}=${each.value}"
}

resource "openstack_networking_network_v2" "settings" {
  name = "${var.settings.name} ${var.settings.label} ${var.settings.sizes[1]} ${try(var.settings.unused, "gone")}"
}

resource "openstack_networking_network_v2" "null_of_an_object" {
  count = var.settings.extra == null ? 1 : 0
  name  = coalesce(var.settings.extra, "none")
}

resource "openstack_networking_network_v2" "nulls" {
  name = "${var.never_null}, ${var.may_be_null == null ? "null" : "text"}"
}

resource "openstack_networking_network_v2" "free" {
  name = join("-", var.free.parts)
}

resource "openstack_networking_network_v2" "secret" {
  name = "x-${var.secret}"
}
