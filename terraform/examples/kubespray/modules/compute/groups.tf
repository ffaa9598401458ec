# Four groups and thirteen rules; each table below is one group, a row is one rule.

locals {
  k8s_rules = {
    ssh_from_bastion = { protocol = "tcp", ports = [22, 22], from_group = "bastion" }
    inside           = { protocol = null, ports = [null, null], from_group = "k8s" }
    icmp             = { protocol = "icmp", ports = [null, null], from_group = "k8s" }
  }
  master_rules = {
    api     = { protocol = "tcp", ports = [6443, 6443] }
    ssh     = { protocol = "tcp", ports = [22, 22] }
    etcd    = { protocol = "tcp", ports = [2379, 2380] }
    kubelet = { protocol = "tcp", ports = [10250, 10250] }
  }
  worker_rules = {
    nodeports_tcp = { protocol = "tcp", ports = [30000, 32767] }
    nodeports_udp = { protocol = "udp", ports = [30000, 32767] }
    http          = { protocol = "tcp", ports = [80, 80] }
    https         = { protocol = "tcp", ports = [443, 443] }
  }
  bastion_rules = {
    ssh  = { protocol = "tcp", ports = [22, 22] }
    icmp = { protocol = "icmp", ports = [null, null] }
  }
  group_ids = {
    k8s     = openstack_networking_secgroup_v2.k8s.id
    bastion = openstack_networking_secgroup_v2.bastion.id
  }
}

resource "openstack_networking_secgroup_v2" "k8s" {
  name        = "${var.cluster_name}-k8s"
  description = trimspace("${var.cluster_name} - Kubernetes ${var.marks.description}")
  tags        = var.marks.tags
}

resource "openstack_networking_secgroup_v2" "k8s_master" {
  name        = "${var.cluster_name}-k8s-master"
  description = trimspace("${var.cluster_name} - Kubernetes Master ${var.marks.description}")
  tags        = var.marks.tags
}

resource "openstack_networking_secgroup_v2" "worker" {
  name        = "${var.cluster_name}-k8s-worker"
  description = trimspace("${var.cluster_name} - Kubernetes worker nodes ${var.marks.description}")
  tags        = var.marks.tags
}

resource "openstack_networking_secgroup_v2" "bastion" {
  name        = "${var.cluster_name}-bastion"
  description = trimspace("${var.cluster_name} - Bastion Server ${var.marks.description}")
  tags        = var.marks.tags
}

resource "openstack_networking_secgroup_rule_v2" "k8s" {
  for_each = local.k8s_rules

  security_group_id = openstack_networking_secgroup_v2.k8s.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = each.value.protocol
  port_range_min    = each.value.ports[0]
  port_range_max    = each.value.ports[1]
  remote_group_id   = local.group_ids[each.value.from_group]
  description       = var.marks.description
}

resource "openstack_networking_secgroup_rule_v2" "k8s_master" {
  for_each = local.master_rules

  security_group_id = openstack_networking_secgroup_v2.k8s_master.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = each.value.protocol
  port_range_min    = each.value.ports[0]
  port_range_max    = each.value.ports[1]
  remote_ip_prefix  = "0.0.0.0/0"
  description       = var.marks.description
}

resource "openstack_networking_secgroup_rule_v2" "worker" {
  for_each = local.worker_rules

  security_group_id = openstack_networking_secgroup_v2.worker.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = each.value.protocol
  port_range_min    = each.value.ports[0]
  port_range_max    = each.value.ports[1]
  remote_ip_prefix  = "0.0.0.0/0"
  description       = var.marks.description
}

resource "openstack_networking_secgroup_rule_v2" "bastion" {
  for_each = local.bastion_rules

  security_group_id = openstack_networking_secgroup_v2.bastion.id
  direction         = "ingress"
  ethertype         = "IPv4"
  protocol          = each.value.protocol
  port_range_min    = each.value.ports[0]
  port_range_max    = each.value.ports[1]
  remote_ip_prefix  = "0.0.0.0/0"
  description       = var.marks.description
}
