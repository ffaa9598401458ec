terraform {
  required_version = ">= 1.3"

  required_providers {
    openstack = {
      source  = "terraform-provider-openstack/openstack"
      version = "~> 1.54"
    }
  }
}

# Credentials come from clouds.yaml (OS_CLOUD) or OS_*.
provider "openstack" {
  use_octavia = true
}
