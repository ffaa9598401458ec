"""What the small evaluator raises, and puts into lists and maps, where terraform alone could know the value."""

from __future__ import annotations


class Hole(Exception):
    """A value that stays open; `str` says why. Never reaches a user as an exception."""


class Missing(Hole):
    """What terraform would refuse, too: an attribute that a known value lacks. `try()` may go on behind it."""
