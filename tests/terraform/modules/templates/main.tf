# Conditions and repetitions in strings and outside, and what a tilde takes away.

variable "given" {}

locals {
  yes   = var.given != ""
  zones = ["a", "b"]
}

resource "openstack_networking_network_v2" "conditional" {
  name = local.yes ? "given ${var.given}" : "nothing"
}

resource "openstack_networking_network_v2" "unified" {
  name = (local.yes ? 1 : "one") == "1" ? "text" : "number"
}

resource "openstack_networking_network_v2" "if" {
  name = "x%{ if local.yes }-${var.given}%{ endif }"
}

resource "openstack_networking_network_v2" "if_else" {
  name = "%{ if !local.yes }a%{ else }b%{ if true }c%{ endif }%{ endif }"
}

resource "openstack_networking_network_v2" "for" {
  name = "%{ for zone in local.zones }${zone}-%{ endfor }end"
}

resource "openstack_networking_network_v2" "for_pairs" {
  name = "%{ for key, value in { b = 2, a = 1 } }${key}=${value};%{ endfor }"
}

resource "openstack_networking_network_v2" "tilde" {
  name = "x y %{ if true ~}  z  %{~ endif } w"
}

resource "openstack_networking_network_v2" "escapes" {
  name = "$${a} %%{b} $ % \"q\" \\ \u00e9 $$ 100%"
}

resource "openstack_networking_network_v2" "decomposed" {
  name = "e\u0301"
}

resource "openstack_networking_network_v2" "type_is_kept" {
  count = "${2}"
  name  = "${"${"deep"}"}"
}

resource "openstack_networking_network_v2" "logic" {
  name = (local.yes && !false || false) && 1 + 1 == 2 && 3 >= 2 && "a" != "b" ? "so" : "not so"
}

resource "openstack_networking_network_v2" "splats" {
  name = join(",", concat([{ n = ["a", "b"] }, { n = ["c"] }][*].n[0], [{ n = ["d", "e"] }].*.n[0]))
}
