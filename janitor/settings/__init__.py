"""What a run was asked to do: options over environment over `tf-janitor.toml`, checked once, then frozen."""

from __future__ import annotations

from janitor.settings.settle import load_toml, settle
from janitor.settings.values import Evaluate, Origin, Settings, Source

__all__ = ["Evaluate", "Origin", "Settings", "Source", "load_toml", "settle"]
