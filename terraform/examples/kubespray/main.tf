# A cluster of the shape that Kubespray's contrib/terraform/openstack makes, with its names: about sixty objects.
# The root only wires the modules; as in Kubespray, `compute` depends on the whole of `network`.

module "marks" {
  source = "../../modules/marks"
  count  = var.run == "" ? 0 : 1

  run   = var.run
  until = var.until
}

locals {
  marks = {
    tags        = var.run == "" ? [] : module.marks[0].tags
    metadata    = var.run == "" ? {} : module.marks[0].metadata
    description = var.run == "" ? "" : module.marks[0].description
    name_prefix = var.run == "" ? "" : module.marks[0].name_prefix
  }
}

module "network" {
  source = "./modules/network"

  cluster_name     = var.cluster_name
  network_name     = var.network_name == "" ? "ci-${var.cluster_name}" : var.network_name
  external_network = var.external_network
  router_id        = var.router_id
  marks            = local.marks
}

module "compute" {
  source = "./modules/compute"

  cluster_name          = var.cluster_name
  network_id            = module.network.network_id
  subnet_id             = module.network.subnet_id
  router_id             = module.network.router_id
  image                 = var.image
  flavor                = var.flavor
  number_of_k8s_masters = var.number_of_k8s_masters
  number_of_bastions    = var.number_of_bastions
  k8s_nodes             = var.k8s_nodes
  gfs_volumes           = var.gfs_volumes
  gfs_volume_size_in_gb = var.gfs_volume_size_in_gb
  public_key            = var.public_key
  marks                 = local.marks

  depends_on = [module.network]
}

module "ips" {
  source = "./modules/ips"

  external_network = var.external_network
  master_ports     = module.compute.master_ports
  bastion_ports    = module.compute.bastion_ports
  node_ports       = { for name, node in var.k8s_nodes : name => module.compute.node_ports[name] if node.floating_ip }
  marks            = local.marks

  depends_on = [module.network]
}

module "loadbalancer" {
  source = "./modules/loadbalancer"

  cluster_name = var.cluster_name
  subnet_id    = module.network.subnet_id
  members      = module.compute.master_addresses
  marks        = local.marks

  depends_on = [module.network]
}
