data "openstack_images_image_v2" "vm_image" {
  name        = var.image
  most_recent = true
}

data "openstack_compute_flavor_v2" "vm_flavor" {
  name = var.flavor
}

resource "openstack_compute_keypair_v2" "k8s" {
  name       = "kubernetes-${var.cluster_name}"
  public_key = var.public_key
}

# Kubespray's own name has no cluster in it; a server group carries nothing but a name, so the mark goes there.
resource "openstack_compute_servergroup_v2" "k8s_master" {
  name     = "${var.marks.name_prefix}k8s-master-srvgrp"
  policies = ["soft-anti-affinity"]
}

locals {
  metadata = merge(var.marks.metadata, {
    ssh_user      = "ubuntu"
    depends_on    = var.router_id
    use_access_ip = "1"
  })
  gfs_nodes = slice(sort(keys(var.k8s_nodes)), 0, min(var.gfs_volumes, length(var.k8s_nodes)))
}

resource "openstack_networking_port_v2" "bastion_port" {
  count = var.number_of_bastions

  name               = "${var.cluster_name}-bastion-${count.index + 1}"
  network_id         = var.network_id
  admin_state_up     = true
  security_group_ids = [openstack_networking_secgroup_v2.bastion.id]
  description        = var.marks.description
  tags               = var.marks.tags

  fixed_ip {
    subnet_id = var.subnet_id
  }
}

resource "openstack_compute_instance_v2" "bastion" {
  count = var.number_of_bastions

  name      = "${var.cluster_name}-bastion-${count.index + 1}"
  image_id  = data.openstack_images_image_v2.vm_image.id
  flavor_id = data.openstack_compute_flavor_v2.vm_flavor.id
  key_pair  = openstack_compute_keypair_v2.k8s.name
  metadata  = merge(local.metadata, { kubespray_groups = "bastion" })

  network {
    port = openstack_networking_port_v2.bastion_port[count.index].id
  }
}

resource "openstack_networking_port_v2" "k8s_master_port" {
  count = var.number_of_k8s_masters

  name               = "${var.cluster_name}-k8s-master-${count.index + 1}"
  network_id         = var.network_id
  admin_state_up     = true
  security_group_ids = [openstack_networking_secgroup_v2.k8s.id, openstack_networking_secgroup_v2.k8s_master.id]
  description        = var.marks.description
  tags               = var.marks.tags

  fixed_ip {
    subnet_id = var.subnet_id
  }
}

resource "openstack_compute_instance_v2" "k8s_master" {
  count = var.number_of_k8s_masters

  name      = "${var.cluster_name}-k8s-master-${count.index + 1}"
  image_id  = data.openstack_images_image_v2.vm_image.id
  flavor_id = data.openstack_compute_flavor_v2.vm_flavor.id
  key_pair  = openstack_compute_keypair_v2.k8s.name
  metadata  = merge(local.metadata, { kubespray_groups = "etcd,kube_control_plane,k8s_cluster" })

  network {
    port = openstack_networking_port_v2.k8s_master_port[count.index].id
  }

  scheduler_hints {
    group = openstack_compute_servergroup_v2.k8s_master.id
  }
}

resource "openstack_networking_port_v2" "k8s_nodes_port" {
  for_each = var.k8s_nodes

  name               = "${var.cluster_name}-k8s-node-${each.key}"
  network_id         = var.network_id
  admin_state_up     = true
  security_group_ids = [openstack_networking_secgroup_v2.k8s.id, openstack_networking_secgroup_v2.worker.id]
  description        = var.marks.description
  tags               = var.marks.tags

  fixed_ip {
    subnet_id = var.subnet_id
  }
}

resource "openstack_compute_instance_v2" "k8s_nodes" {
  for_each = var.k8s_nodes

  name      = "${var.cluster_name}-k8s-node-${each.key}"
  image_id  = data.openstack_images_image_v2.vm_image.id
  flavor_id = data.openstack_compute_flavor_v2.vm_flavor.id
  key_pair  = openstack_compute_keypair_v2.k8s.name
  metadata  = merge(local.metadata, { kubespray_groups = "kube_node,k8s_cluster" })

  network {
    port = openstack_networking_port_v2.k8s_nodes_port[each.key].id
  }
}

resource "openstack_blockstorage_volume_v3" "glusterfs_volume" {
  count = length(local.gfs_nodes)

  name        = "${var.cluster_name}-glusterfs_volume-${count.index + 1}"
  size        = var.gfs_volume_size_in_gb
  description = trimspace("Non-ephemeral volume for GlusterFS ${var.marks.description}")
  metadata    = var.marks.metadata
}

resource "openstack_compute_volume_attach_v2" "glusterfs_volume" {
  count = length(local.gfs_nodes)

  instance_id = openstack_compute_instance_v2.k8s_nodes[local.gfs_nodes[count.index]].id
  volume_id   = openstack_blockstorage_volume_v3.glusterfs_volume[count.index].id
}
