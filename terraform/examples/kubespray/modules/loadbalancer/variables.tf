variable "cluster_name" {
  type = string
}

variable "subnet_id" {
  type = string
}

variable "members" {
  description = "The masters' addresses."
  type        = list(string)
}

variable "marks" {
  type = object({ tags = list(string), metadata = map(string), description = string, name_prefix = string })
}
