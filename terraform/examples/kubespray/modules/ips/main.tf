resource "openstack_networking_floatingip_v2" "bastion" {
  count = length(var.bastion_ports)

  pool        = var.external_network
  description = var.marks.description
  tags        = var.marks.tags
}

resource "openstack_networking_floatingip_associate_v2" "bastion" {
  count = length(var.bastion_ports)

  floating_ip = openstack_networking_floatingip_v2.bastion[count.index].address
  port_id     = var.bastion_ports[count.index]
}

resource "openstack_networking_floatingip_v2" "k8s_master" {
  count = length(var.master_ports)

  pool        = var.external_network
  description = var.marks.description
  tags        = var.marks.tags
}

resource "openstack_networking_floatingip_associate_v2" "k8s_master" {
  count = length(var.master_ports)

  floating_ip = openstack_networking_floatingip_v2.k8s_master[count.index].address
  port_id     = var.master_ports[count.index]
}

resource "openstack_networking_floatingip_v2" "k8s_nodes" {
  for_each = var.node_ports

  pool        = var.external_network
  description = var.marks.description
  tags        = var.marks.tags
}

resource "openstack_networking_floatingip_associate_v2" "k8s_nodes" {
  for_each = var.node_ports

  floating_ip = openstack_networking_floatingip_v2.k8s_nodes[each.key].address
  port_id     = each.value
}
