"""What the small evaluator raises, and puts into lists and maps, where terraform alone could know the value."""

from __future__ import annotations


class Hole(Exception):
    """A value that stays open; `str` says why. Never reaches a user as an exception."""
