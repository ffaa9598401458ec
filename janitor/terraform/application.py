"""The first half of an apply: its plan, and what stands in it. The second is `destruction.apply_plan`.

Decides nothing about whether it may be applied; a failing terraform is a value.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from janitor.core.case import without_index
from janitor.core.errors import UsageError
from janitor.core.model import Configuration, Resource
from janitor.terraform import hcl
from janitor.terraform.evaluate import configured
from janitor.terraform.root import RootModule
from janitor.terraform.runner import FLAG, Ran, command, environment, plan_into, with_cli_words
from janitor.terraform.shapes import Object, elements, mapping, mappings
from janitor.terraform.state import allowed

_OF_APPLY = ("-auto-approve", "-backup", "-state-out")
_OF_BOTH = ("-input", "-json", "-no-color", "-compact-warnings")
_PARALLELISM = "-parallelism="


@dataclass(frozen=True, slots=True)
class PlannedApply:
    """What an apply would do. `others`: addresses that it would change, replace or destroy."""

    ran: Ran
    file: Path | None = None
    creates: tuple[Resource, ...] = ()  # with the attributes that are known before, and no id
    others: tuple[str, ...] = ()
    configuration: Configuration = field(default_factory=Configuration)
    parallelism: int | None = None  # what the user's own words ask for


def plan_apply(
    root: RootModule, out: Path, *, written: hcl.Written, lock_timeout: float, timeout: float, stop: Event | None = None
) -> PlannedApply:
    """`plan` into `out` (it holds secrets: 0600), with the words that the user's TF_CLI_ARGS_apply has for it."""
    line = command(root, "plan", json=FLAG, input=False, out=str(out), lock_timeout=f"{lock_timeout:g}s")
    env = environment(root, variables="plan")
    words = _words(env)
    with_cli_words(env, "plan", [word for word in words if not word.startswith((*_OF_APPLY, *_OF_BOTH))])
    ran, shown = plan_into(root, out, line, env, what="plan", timeout=timeout, stop=stop)
    if shown is None:
        return PlannedApply(ran)
    return replace(_planned(root, shown, written), ran=ran, file=out, parallelism=_parallelism(words))


def _words(env: Mapping[str, str]) -> list[str]:
    """The user's words for `apply`. Raises UsageError."""
    try:
        return shlex.split(env.get("TF_CLI_ARGS_apply", ""))
    except ValueError as error:
        raise UsageError(f"TF_CLI_ARGS_apply cannot be taken apart ({error}): close its quotation.") from None


def _planned(root: RootModule, shown: Object, written: hcl.Written) -> PlannedApply:
    aliases = dict(_aliases(shown))
    creates: list[Resource] = []
    others: list[str] = []
    for entry in mappings(shown.get("resource_changes")):
        change = mapping(entry.get("change"))
        actions, address = frozenset(map(str, elements(change.get("actions")))), str(entry.get("address"))
        if entry.get("mode") != "managed" or actions <= {"no-op", "read"}:
            continue
        if "create" in actions:
            creates.append(_created(entry, _known(change), alias=aliases.get(without_index(address), "")))
        if actions != {"create"}:
            others.append(address)
    configuration = configured(root, written, shown)
    return PlannedApply(Ran(0), creates=tuple(creates), others=tuple(others), configuration=configuration)


def _created(entry: Object, values: Object, *, alias: str) -> Resource:
    return Resource(
        address=str(entry.get("address")),
        type=str(entry.get("type")),
        id="",
        provider=str(entry.get("provider_name", "")),
        alias=alias,
        attributes=allowed(values),
    )


def _known(change: Object) -> Object:
    """What is known before, without what a sensitive value went into."""
    secret = mapping(change.get("after_sensitive"))
    return {name: value for name, value in mapping(change.get("after")).items() if not secret.get(name)}


def _aliases(shown: Object) -> Iterator[tuple[str, str]]:
    """Resource address without any index → the alias of its provider configuration."""
    waiting = [("", mapping(mapping(shown.get("configuration")).get("root_module")))]
    while waiting:
        prefix, module = waiting.pop()
        for resource in mappings(module.get("resources")):
            key = str(resource.get("provider_config_key", "")).rpartition(":")[2]
            yield f"{prefix}{resource.get('address')}", key.partition(".")[2]
        for name, call in mapping(module.get("module_calls")).items():
            waiting.append((f"{prefix}module.{name}.", mapping(mapping(call).get("module"))))


def _parallelism(words: Sequence[str]) -> int | None:
    told = [word.removeprefix(_PARALLELISM) for word in words if word.startswith(_PARALLELISM)]
    return int(told[-1]) if told and told[-1].isdigit() else None
