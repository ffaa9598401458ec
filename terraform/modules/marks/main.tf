# The marks of a run: what an object says about the run it belongs to, in the form each kind can carry.
# `janitor` finds an object again by its mark even when the state is lost. Give the marks as part of the create call
# (description or metadata), so that an object which was caught in flight carries them, too.

variable "run" {
  description = "The name of the run: a pipeline's or job's id, a workspace."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,48}$", var.run))
    error_message = "A run is named by 1 to 48 letters, digits, dots, underscores or hyphens."
  }
}

variable "until" {
  description = "Until when the run may need its objects, in seconds since 1970; null: none. `janitor sweep --expired` deletes them after it."
  type        = number
  default     = null

  validation {
    condition     = var.until == null ? true : var.until > 0 && floor(var.until) == var.until
    error_message = "`until` is a whole number of seconds since 1970."
  }
}

locals {
  until = var.until == null ? [] : [format("%d", var.until)]
  tags  = concat(["janitor:run=${var.run}"], [for until in local.until : "janitor:until=${until}"])
}

output "tags" {
  description = "For kinds with tags (Neutron, Octavia)."
  value       = local.tags
}

output "metadata" {
  description = "For kinds with metadata (servers, volumes)."
  value       = merge({ janitor-run = var.run }, { for until in local.until : "janitor-until" => until })
}

output "description" {
  description = "For kinds with a description: whole words, so more text may stand around them."
  value       = join(" ", local.tags)
}

output "name_prefix" {
  description = "For kinds which carry nothing but a name (key pairs, server groups)."
  value       = "${var.run}-"
}
