terraform {
  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 1.54"
    }
  }
}

provider "openstack" {
  use_octavia = true
}

variable "name" {
  description = "What every name begins with."
  type        = string
}
