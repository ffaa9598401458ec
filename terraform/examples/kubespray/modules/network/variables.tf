variable "cluster_name" {
  type = string
}

variable "network_name" {
  type = string
}

variable "external_network" {
  type = string
}

variable "router_id" {
  type = string
}

variable "subnet_cidr" {
  type    = string
  default = "10.0.0.0/24"
}

variable "marks" {
  type = object({ tags = list(string), metadata = map(string), description = string, name_prefix = string })
}
