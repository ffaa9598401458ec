"""Decoded JSON in the shape that it should have: what has another one counts as empty, and what reads it goes on."""

from __future__ import annotations

from collections.abc import Mapping

Object = Mapping[str, object]


def mapping(value: object) -> Object:
    """An object of JSON."""
    return value if isinstance(value, dict) else {}


def elements(value: object) -> list[object]:
    """The items of an array."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Object]:
    """The items of an array that are objects."""
    return [item for item in elements(value) if isinstance(item, dict)]
