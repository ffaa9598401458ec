# What every stack of the kinds is given: the provider, a name, and the run's mark in each form.

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

variable "unique" {
  description = "The same, where a project allows a name only once: a twin beside it is given another one."
  type        = string
}

variable "run" {
  description = "The run's mark; empty: nothing is marked."
  type        = string
  default     = ""
}

module "marks" {
  count  = var.run == "" ? 0 : 1
  source = "./marks"
  run    = var.run
}

locals {
  description = var.run == "" ? null : module.marks[0].description
  tags        = var.run == "" ? [] : module.marks[0].tags
  metadata    = var.run == "" ? {} : module.marks[0].metadata
}
