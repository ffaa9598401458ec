# Heat: a stack that makes a network, a subnet and a port.

resource "openstack_orchestration_stack_v1" "stack" {
  name = var.unique
  tags = local.tags

  environment_opts = { Bin = "{}" } # the provider refuses to do without
  template_opts = {
    Bin = jsonencode({
      heat_template_version = "2021-04-16"
      resources = {
        net  = { type = "OS::Neutron::Net" }
        sub  = { type = "OS::Neutron::Subnet", properties = { network = { get_resource = "net" }, cidr = "10.77.0.0/24" } }
        port = { type = "OS::Neutron::Port", properties = { network = { get_resource = "net" }, fixed_ips = [{ subnet = { get_resource = "sub" } }] } }
      }
    })
  }
}
