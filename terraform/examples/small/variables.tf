variable "name" {
  description = "What every name begins with."
  type        = string
  default     = "small"
}

variable "run" {
  description = "The run's mark; empty: nothing is marked."
  type        = string
  default     = ""
}

variable "until" {
  description = "When the run may be swept, in seconds since 1970."
  type        = number
  default     = null
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

variable "public_key" {
  description = "The key for the servers; nobody has the private half of the default."
  type        = string
  default     = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOPDJrSj8EUpbK00OX8LywKy8eRWAdTxCE0CjSKXuk/i nobody"
}
