variable "cluster_name" {
  type = string
}

variable "network_id" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "router_id" {
  type = string
}

variable "image" {
  type = string
}

variable "flavor" {
  type = string
}

variable "public_key" {
  type = string
}

variable "number_of_k8s_masters" {
  type = number
}

variable "number_of_bastions" {
  type = number
}

variable "gfs_volumes" {
  type = number
}

variable "gfs_volume_size_in_gb" {
  type = number
}

variable "k8s_nodes" {
  type = map(object({ floating_ip = bool }))
}

variable "marks" {
  type = object({ tags = list(string), metadata = map(string), description = string, name_prefix = string })
}
