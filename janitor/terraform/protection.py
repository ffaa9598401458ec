"""What the configuration's text says of a destroy: what it protects, under every address that a state may still know
it by, and how long it may take.

Decides nothing about objects. What may protect, because nobody can evaluate it here, protects.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from janitor.core.case import without_index
from janitor.core.catalogue import kind_of_type
from janitor.core.times import duration_or_none
from janitor.terraform.hcl import Code, Module, Template, Written, first_block


def protections(written: Written) -> Mapping[str, str]:
    """Address of a resource, or of a module that was let go, without any index → why Terraform would refuse to destroy
    it, or forget it instead.
    """
    found: dict[str, str] = {}
    for module in written.modules.values():
        for (mode, kind, name), body in module.resources.items():
            why = _protection(first_block(body, "lifecycle")) if mode == "managed" else ""
            if why:
                found[module.address(mode, kind, name)] = why
    _follow(found, [move for module in written.modules.values() for move in _moves(module)])
    for module in written.modules.values():
        for block in module.removals:
            why = _removal(first_block(block, "lifecycle"))
            if why:
                found.setdefault(_address(module, block.get("from")), why)
    return dict(sorted(found.items()))


def timeouts(written: Written) -> Mapping[str, float]:
    """Kind → the longest time that a `timeouts` block gives a delete, in seconds. An expression gives none."""
    found: dict[str, float] = {}
    for module in written.modules.values():
        for (mode, type_name, _), body in module.resources.items():
            kind = kind_of_type(type_name) if mode == "managed" else None
            given = first_block(body, "timeouts").get("delete")
            if kind is not None and isinstance(given, Template):
                found[kind.name] = max(found.get(kind.name, 0.0), duration_or_none(given.text) or 0.0)
    return {kind: seconds for kind, seconds in sorted(found.items()) if seconds}


def imported(written: Written) -> frozenset[str]:
    """Resource addresses that an `import` block names: they existed before."""
    root = written.modules[()]
    return frozenset(_address(root, block["to"]) for block in root.imports if "to" in block) - {""}


def _protection(lifecycle: Mapping[str, object]) -> str:
    prevent, destroy = lifecycle.get("prevent_destroy", False), lifecycle.get("destroy", True)
    if prevent is True:
        return "lifecycle.prevent_destroy"
    if destroy is False:
        return "lifecycle.destroy = false"
    if prevent is not False and not _says(prevent, "false"):
        return "lifecycle.prevent_destroy is an expression: it may be protected"
    if destroy is not True and not _says(destroy, "true"):
        return "lifecycle.destroy is an expression: it may be protected"
    return ""


def _removal(lifecycle: Mapping[str, object]) -> str:
    # Without the argument tofu forgets, and terraform deletes; both of them delete all of it in a `destroy`.
    destroy = lifecycle.get("destroy", False)
    return "" if destroy is True or _says(destroy, "true") else "a removed block lets it go without destroying it"


def _says(value: object, word: str) -> bool:
    return isinstance(value, Code | Template) and value.text.strip() == word


def _moves(module: Module) -> Iterator[tuple[str, str]]:
    for block in module.moves:
        before, now = _address(module, block.get("from")), _address(module, block.get("to"))
        if before and now and before != now:
            yield (_exact(module, block["from"]) if _declares(module, block["from"]) else before), now


def _follow(found: dict[str, str], moves: list[tuple[str, str]]) -> None:
    """A state that no apply has seen since still has the address from before a move, or from before several."""
    waiting = list(found)
    while waiting:
        address = waiting.pop()
        for before, now in moves:
            if address == now or address.startswith(f"{now}."):
                older = before + address[len(now) :]
                if older not in found:
                    found[older] = found[address]
                    waiting.append(older)


def _declares(module: Module, text: object) -> bool:
    """Whether other instances of the resource that something moved from are still there."""
    kind, _, name = _bare(text).partition(".")
    return ("managed", kind, name) in module.resources


def _address(module: Module, text: object) -> str:
    """The address in a block of a module, without any index; empty where there is none."""
    bare = _bare(text)
    return f"{_prefix(module)}{bare}" if bare else ""


def _exact(module: Module, text: object) -> str:
    return _prefix(module) + (text.text.strip() if isinstance(text, Code | Template) else "")


def _bare(text: object) -> str:
    return without_index(text.text.strip()) if isinstance(text, Code | Template) else ""


def _prefix(module: Module) -> str:
    return "".join(f"module.{part}." for part in module.path)
