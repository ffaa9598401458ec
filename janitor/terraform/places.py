"""Where a resource stands in the configuration's text: its file and its line. Reads; understands no expression."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from janitor.terraform.hcl import Written, module_files
from janitor.terraform.root import RootModule

_BLOCK = re.compile(r'^[ \t]*resource[ \t]+"?(?P<type>[\w-]+)"?[ \t]+"?(?P<name>[\w-]+)"?[ \t]*\{', re.MULTILINE)
_JSON = re.compile(r'"(?P<name>[\w-]+)"\s*:')


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, as seen from the root module."""

    file: str
    line: int = 1


def places(root: RootModule, written: Written) -> Mapping[str, Place]:
    """Resource address without any index → where it stands; the first place, should there be several."""
    found: dict[str, Place] = {}
    for module in written.modules.values():
        for file in module_files(module.folder, flavour=root.flavour):
            name = os.path.relpath(file, root.path)
            for kind, label, line in _blocks(file, {(k, n) for mode, k, n in module.resources if mode == "managed"}):
                found.setdefault(module.address("managed", kind, label), Place(name, line))
    return found


def _blocks(file: Path, declared: set[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return
    if file.name.endswith(".json"):
        types = {name: kind for kind, name in declared if f'"{kind}"' in text}
        matches = ((types[m["name"]], m["name"], m.start()) for m in _JSON.finditer(text) if m["name"] in types)
    else:
        matches = ((m["type"], m["name"], m.start("type")) for m in _BLOCK.finditer(text))
    for kind, name, at in matches:
        if (kind, name) in declared:
            yield kind, name, text.count("\n", 0, at) + 1
