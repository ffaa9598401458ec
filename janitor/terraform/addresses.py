"""Addresses of resource instances as text: keys, modules, indices."""

from __future__ import annotations

import re

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_INDEX = re.compile(_KEY)
_MODULE = re.compile(rf"(?:module\.[\w-]+(?:{_KEY})?\.)*")


def quoted_key(key: object) -> str:
    """An instance key as Terraform writes it behind an address: `[0]`, `["a b"]`; empty for none."""
    if key is None or isinstance(key, bool):
        return ""
    if isinstance(key, int | float):
        return f"[{int(key)}]"
    escaped = str(key).translate(_ESCAPES).replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


def without_index(address: str) -> str:
    """The address of the resource that an instance belongs to, in no particular instance of its modules."""
    return _INDEX.sub("", address)


def module_of(address: str) -> str:
    """The modules' part of an address, with its dot: `module.a[0].`; empty for the root."""
    match = _MODULE.match(address)
    return match[0] if match else ""


def with_own_index_only(address: str) -> str:
    """`module.a[0].x.y[1]` → `module.a.x.y[1]`."""
    module = module_of(address)
    return without_index(module) + address[len(module) :]
