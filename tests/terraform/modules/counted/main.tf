# count: of numbers, text, conditions and lengths.

variable "given" {}

variable "zones" {
  default = ["a", "b"]
}

resource "openstack_networking_network_v2" "number" {
  count = 2
  name  = "n-${count.index}"
}

resource "openstack_networking_network_v2" "text" {
  count = "1"
  name  = format("%03d", count.index + 7)
}

resource "openstack_networking_network_v2" "none" {
  count = var.given == "" ? 1 : 0
  name  = "never"
}

resource "openstack_networking_network_v2" "zones" {
  count = length(var.zones) * 2
  name  = "${element(var.zones, count.index)}${floor(count.index / 2)}"
}

resource "openstack_networking_network_v2" "halves" {
  count = length(var.zones) / 2
  name  = "half ${7 % 4} ${-7 % 4} ${2 * 3 - 1} ${1e3} ${12345678901234567890} ${0.5}"
}

resource "openstack_networking_network_v2" "compared" {
  count = var.zones == ["a", "b"] ? 1 : 2
  name  = "compared"
}

resource "openstack_networking_network_v2" "of_another" {
  count = length(openstack_networking_network_v2.number)
  name  = "${openstack_networking_network_v2.number[count.index].name}-too ${join(",", openstack_networking_network_v2.number[*].name)}"
}
