# Designate: a zone with a recordset and an offer to give it away. Names of zones are the whole cloud's.

resource "openstack_dns_zone_v2" "zone" {
  name        = "${var.unique}.example.com."
  email       = "hostmaster@example.com"
  description = local.description
  attributes  = local.metadata
}

resource "openstack_dns_recordset_v2" "www" {
  zone_id     = openstack_dns_zone_v2.zone.id
  name        = "www.${var.unique}.example.com."
  type        = "A"
  records     = ["192.0.2.1"]
  description = local.description
}

resource "openstack_dns_transfer_request_v2" "offer" {
  zone_id     = openstack_dns_zone_v2.zone.id
  description = local.description
}
