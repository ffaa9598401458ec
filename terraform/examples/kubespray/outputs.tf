output "network_id" {
  value = module.network.network_id
}

output "floating_ips" {
  value = module.ips.addresses
}

output "api_address" {
  value = module.loadbalancer.vip_address
}
