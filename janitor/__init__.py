"""janitor: prove that nothing of a Terraform run is left in an OpenStack cloud, or say who holds it."""

__version__ = "0.1.0"
