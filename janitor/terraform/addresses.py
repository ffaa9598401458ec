"""Addresses of resource instances as text: keys, modules, indices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from janitor.core.case import without_index

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_KEY = r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]'
_MOST = 1 << 53
_MODULE = re.compile(rf"(?:module\.[\w-]+(?:{_KEY})?\.)*")


def quoted_key(key: object) -> str:
    """An instance key as Terraform writes it behind an address: `[0]`, `["a b"]`; empty for none."""
    if key is None or isinstance(key, bool):
        return ""
    if isinstance(key, int | float) and 0 <= key < _MOST and key == int(key):  # inf and nan are not below it
        return f"[{int(key)}]"
    escaped = str(key).translate(_ESCAPES).replace("${", "$${").replace("%{", "%%{")
    return f'["{escaped}"]'


def module_of(address: str) -> str:
    """The modules' part of an address, with its dot: `module.a[0].`; empty for the root."""
    match = _MODULE.match(address)
    return match[0] if match else ""


def with_own_index_only(address: str) -> str:
    """`module.a[0].x.y[1]` → `module.a.x.y[1]`."""
    module = module_of(address)
    return without_index(module) + address[len(module) :]


def called(addresses: Iterable[str]) -> Mapping[str, list[str]]:
    """What an expression may call these instances, which never writes the index of a module → all that it may mean."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        for form in {without_index(address), with_own_index_only(address)}:
            found.setdefault(form, []).append(address)
    return found


def meant(target: str, *, beside: str, among: Mapping[str, list[str]]) -> str:
    """The one instance that can be meant: the only one, or the only one in the module of `beside`; else the target."""
    possible = among.get(target, [])
    near = [address for address in possible if module_of(address) == module_of(beside)]
    chosen = possible if len(possible) == 1 else near
    return chosen[0] if len(chosen) == 1 else target
