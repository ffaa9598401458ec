variable "cluster_name" {
  description = "What the names of servers, ports, groups, router and load balancer begin with; CI gives its job's id."
  type        = string
  default     = "example"
}

variable "network_name" {
  description = "The cluster's network; empty: ci-CLUSTER."
  type        = string
  default     = ""
}

variable "run" {
  description = "The run's mark; empty: nothing is marked, as in Kubespray itself."
  type        = string
  default     = ""
}

variable "until" {
  description = "When the run may be swept, in seconds since 1970."
  type        = number
  default     = null
}

variable "router_id" {
  description = "A router that exists already and is only borrowed; empty: the stack makes its own."
  type        = string
  default     = ""
}

variable "external_network" {
  description = "Where floating IPs and the router's gateway come from."
  type        = string
  default     = "public"
}

variable "image" {
  type    = string
  default = "cirros"
}

variable "flavor" {
  type    = string
  default = "tiny"
}

variable "number_of_k8s_masters" {
  type    = number
  default = 3
}

variable "k8s_nodes" {
  description = "The workers: whether each has a floating IP."
  type        = map(object({ floating_ip = bool }))
  default = {
    "1" = { floating_ip = true }
    "2" = { floating_ip = true }
    "3" = { floating_ip = false }
    "4" = { floating_ip = false }
    "5" = { floating_ip = false }
  }
}

variable "number_of_bastions" {
  type    = number
  default = 1
}

variable "gfs_volumes" {
  description = "How many of the workers get a data volume."
  type        = number
  default     = 2
}

variable "gfs_volume_size_in_gb" {
  type    = number
  default = 1
}

variable "public_key" {
  description = "The key for the servers; nobody has the private half of the default."
  type        = string
  default     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOPDJrSj8EUpbK00OX8LywKy8eRWAdTxCE0CjSKXuk/i nobody"
}
