# What only the cloud, or only terraform, can know.

resource "openstack_networking_network_v2" "id" {
  name = "net"
  tags = ["b", "a"]
}

resource "openstack_networking_network_v2" "of_id" {
  name = "x-${openstack_networking_network_v2.id.id}"
}

resource "openstack_networking_network_v2" "computed" {
  name = "${openstack_networking_network_v2.id.region == null ? "none" : "some"}"
}

resource "openstack_networking_network_v2" "of_a_set" {
  name = join("-", openstack_networking_network_v2.id.tags)
}

resource "openstack_networking_network_v2" "uuid" {
  name = "x-${uuid()}"
}

resource "openstack_networking_network_v2" "file" {
  name = "x-${file("main.tf") == "" ? 1 : 2}"
}

resource "openstack_networking_network_v2" "none" {
  description = "no name"
}

resource "openstack_networking_port_v2" "of_an_unnamed" {
  name       = try(openstack_networking_network_v2.none.name, "fallback")
  network_id = openstack_networking_network_v2.none.id
  tags       = ["janitor:run=r-1", openstack_networking_network_v2.none.id]
}

resource "openstack_networking_network_v2" "marked" {
  name        = "marked"
  description = "${upper("x")}; janitor:run=r-2"
  tags        = [for name in ["r-3"] : "janitor:run=${name}"]
}
