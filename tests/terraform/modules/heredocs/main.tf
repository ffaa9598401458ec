# Texts of several lines: margins, blank lines, escapes, and texts inside an expression.

variable "given" {
  default = "x"
}

resource "openstack_networking_network_v2" "plain" {
  name = <<EOT
  a "${var.given}" \n
 b
  EOT
}

resource "openstack_networking_network_v2" "margin" {
  name = <<-EOT
    a ${join("-", ["x", "y"])}

      b
    $${c} %%{d}
  EOT
}

resource "openstack_networking_network_v2" "spaces" {
  name = <<-EOT
    a
  
     b
  EOT
}

resource "openstack_networking_network_v2" "directive" {
  name = <<-EOT
    %{ if var.given == "x" }
    yes
    %{ else }
    no
    %{ endif }
    %{ for n in [1, 2] }
    n${n}
    %{ endfor }
  EOT
}

resource "openstack_networking_network_v2" "tilde" {
  name = <<-EOT
    %{ if true ~}
    yes
    %{ endif ~}
    end
  EOT
}

resource "openstack_networking_network_v2" "torn" {
  name = <<-EOT
    a ${join("-", [
  "x", "y"])} b
    c
  EOT
}

resource "openstack_networking_network_v2" "in_a_call" {
  name = trimspace(<<-EOT
      in ${var.given}
        deeper
    EOT
  )
}

resource "openstack_networking_network_v2" "no_heredoc" {
  name = "<<EOT"
}
