resource "openstack_fw_rule_v2" "rule" {
  name             = "${var.name}-rule"
  action           = "allow"
  protocol         = "tcp"
  destination_port = "22"
  description      = local.description
}

resource "openstack_fw_policy_v2" "policy" {
  name        = "${var.name}-policy"
  rules       = [openstack_fw_rule_v2.rule.id]
  description = local.description
}

resource "openstack_fw_group_v2" "group" {
  name                       = "${var.name}-group"
  ingress_firewall_policy_id = openstack_fw_policy_v2.policy.id
  description                = local.description
}
