"""What the tests of the terraform side share."""

from roots import make_root

__all__ = ["make_root"]
