# What a destroy leaves, what has moved, and what has been let go.

resource "openstack_networking_network_v2" "kept" {
  name = "kept"

  lifecycle {
    prevent_destroy = true
  }
}

resource "openstack_networking_network_v2" "moved" {
  name = "moved"

  timeouts {
    create = "3m"
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [name]
  }

  depends_on = [openstack_networking_network_v2.kept, module.below]
}

moved {
  from = openstack_networking_network_v2.before
  to   = openstack_networking_network_v2.renamed
}

moved {
  from = openstack_networking_network_v2.renamed
  to   = openstack_networking_network_v2.moved
}

moved {
  from = module.above
  to   = module.below
}

removed {
  from = openstack_networking_network_v2.let_go

  lifecycle {
    destroy = false
  }
}

removed {
  from = module.let_go

  lifecycle {
    destroy = false
  }
}

removed {
  from = openstack_networking_network_v2.taken_down

  lifecycle {
    destroy = true
  }
}

module "below" {
  source = "./below"
}
