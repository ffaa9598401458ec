variable "external_network" {
  type = string
}

variable "bastion_ports" {
  type = list(string)
}

variable "master_ports" {
  type = list(string)
}

variable "node_ports" {
  type = map(string)
}

variable "marks" {
  type = object({ tags = list(string), metadata = map(string), description = string, name_prefix = string })
}
