"""State bytes → `Snapshot`. Decides what a state says and how far it can be believed; never raises or invents an id.

Of a state that was cut, every instance that is whole counts; one that the cut goes through is at most a hint, because
what would protect it (`skip_destroy`) may stand behind the cut.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from janitor.core.catalogue import STATE_ATTRIBUTES
from janitor.core.model import Health, Resource, Snapshot
from janitor.terraform.addresses import quoted_key
from janitor.terraform.salvage import Cut, decode
from janitor.terraform.shapes import Object, elements
from janitor.terraform.state_v3 import nested, resources_of_v3

_PROVIDER = re.compile(r'(?:(?P<module>.+)\.)?provider\["(?P<address>[^"]+)"\](?:\.(?P<alias>.+))?$')
_NEWEST = 4
SEALED = (
    "{} is encrypted by OpenTofu, and only tofu with the same key reads it (TF_ENCRYPTION, or the configuration's "
    "`encryption` block): the state counts as lost."
)
_METADATA = frozenset({"metadata", "all_metadata"})


@dataclass(frozen=True, slots=True)
class _Found:
    resources: tuple[Resource, ...] = ()
    hints: tuple[Resource, ...] = ()
    cut: bool = False


@lru_cache(maxsize=2)
def parse(raw: bytes, *, source: str, path: str = "") -> Snapshot:
    """The snapshot that these bytes are. A problem is a sentence in it.

    A run reads its state several times, to see whether it has moved: mostly it has not, and is parsed once.
    """
    lost = Snapshot(Health.LOST, source, path=path, raw=raw)
    if not raw.strip(b" \t\r\n\x00"):
        return replace(lost, problem=f"{source} is empty ({len(raw)} bytes): the state is lost.")
    text, broken = _text(raw)
    documents = [_members(value) for value in decode(text)]
    states = [state for state in documents if state is not None]
    if not states:
        return replace(lost, problem=f"{source} holds no state: it is not a JSON object.")
    snapshots = [_snapshot(members, cut=cut or broken, template=lost) for members, cut in states]
    return _newest(snapshots) if len(snapshots) > 1 else snapshots[0]


def provider_of(text: str) -> tuple[str, str]:
    """Address and alias of `provider["registry/namespace/type"].alias`; a module's own is called `module.x.alias`."""
    match = _PROVIDER.match(text)
    if match:
        return match["address"], ".".join(filter(None, (match["module"], match["alias"])))
    # 0.12 wrote `module.x.provider.openstack.alias`.
    module, _, rest = text.rpartition("provider.")
    name, _, alias = rest.partition(".")
    return name, ".".join(filter(None, (module.rstrip("."), alias)))


def allowed(attributes: Object, *, secret: frozenset[str] = frozenset()) -> Mapping[str, object]:
    """The attributes that may leave the reader: the catalogue's list, and of metadata only janitor's own keys."""
    kept: dict[str, object] = {}
    for name in sorted(STATE_ATTRIBUTES & attributes.keys() - secret):
        value = attributes[name]
        if name in _METADATA:
            value = {k: v for k, v in value.items() if k.startswith("janitor-")} if isinstance(value, Mapping) else {}
        if value is not None and not isinstance(value, Cut):
            kept[name] = _frozen(value)
    return MappingProxyType(kept)


def _text(raw: bytes) -> tuple[str, bool]:
    """The bytes as text up to the first that is none; whether there is such a byte."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="ignore"), False  # what PowerShell's `>` makes of it
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        return raw.decode("utf-8"), False
    except UnicodeDecodeError as error:
        return raw[: error.start].decode("utf-8"), True


def _members(value: object) -> tuple[Object, bool] | None:
    if isinstance(value, Cut):
        return (value.members, True) if value.members else None
    return (value, False) if isinstance(value, dict) else None


def _snapshot(members: Object, *, cut: bool, template: Snapshot) -> Snapshot:
    lineage, serial = members.get("lineage"), members.get("serial")
    told = replace(
        template,
        lineage=lineage if isinstance(lineage, str) else "",
        serial=serial if isinstance(serial, int) and not isinstance(serial, bool) else -1,
        terraform_version=str(members.get("terraform_version") or ""),
    )
    if "encrypted_data" in members or ("meta" in members and "encryption_version" in members):
        return replace(told, sealed=True, problem=SEALED.format(told.source))
    version = members.get("version")
    if not isinstance(version, int) or version > _NEWEST or version < _NEWEST - 1:
        known = (
            "has no version" if not isinstance(version, int) else f"has version {version}, which janitor cannot read"
        )
        return replace(told, problem=f"{told.source} {known}: the state counts as lost.")
    found = _resources(members) if version == _NEWEST else _third(members)
    hints = _minus(found.hints, found.resources)
    if not told.lineage:
        every = (*found.resources, *hints)
        return replace(
            told, hints=every, problem=f"{told.source} has no lineage: the state counts as lost, not as empty."
        )
    if cut or found.cut:
        count = len(found.resources)
        why = f"{told.source} is cut off: {count} whole resource instances were salvaged from it."
        return replace(told, health=Health.PARTIAL, resources=found.resources, hints=hints, problem=why)
    return replace(told, health=Health.WHOLE, resources=found.resources, hints=hints)


def _newest(snapshots: list[Snapshot]) -> Snapshot:
    """Several states in one file: the newest of the first one's lineage; what only the others know is a hint."""
    lineage = next((s.lineage for s in snapshots if s.lineage), "")
    related = [s for s in snapshots if s.lineage == lineage]
    best = max(related, key=lambda s: (s.serial, s.health is Health.WHOLE))
    hints = _minus((h for s in related for h in (*s.resources, *s.hints)), best.resources)
    problem = (
        f"{best.source} holds {len(snapshots)} states one after the other; the newest (serial {best.serial}) counts."
    )
    health = Health.PARTIAL if best.health is Health.WHOLE else best.health
    return replace(best, health=health, hints=hints, problem=problem)


def _minus(some: Iterable[Resource], others: tuple[Resource, ...]) -> tuple[Resource, ...]:
    known = {(r.type, r.id) for r in others}
    found = {(r.type, r.id, r.address): r for r in some if r.id and (r.type, r.id) not in known}
    return tuple(found.values())


def _third(members: Object) -> _Found:
    modules = members.get("modules")
    cut = isinstance(modules, Cut)
    items = modules.items if isinstance(modules, Cut) else elements(modules)
    whole = [m for m in items if isinstance(m, dict)]
    resources = tuple(resources_of_v3(whole, keep=allowed))
    return _Found(resources, (), cut or len(whole) != len(items))


def _resources(members: Object) -> _Found:
    listed = members.get("resources")
    if not isinstance(listed, list | Cut):
        return _Found(cut=True)
    items = listed.items if isinstance(listed, Cut) else listed
    cut = isinstance(listed, Cut)
    resources: list[Resource] = []
    hints: list[Resource] = []
    for item in items:
        whole = _members(item)
        if whole is None:
            cut = True
            continue
        found = _instances(whole[0], cut=whole[1])
        resources.extend(found.resources)
        hints.extend(found.hints)
        cut = cut or whole[1] or found.cut
    return _Found(tuple(resources), tuple(hints), cut)


def _instances(resource: Object, *, cut: bool) -> _Found:
    kind, name, mode = (resource.get(key) for key in ("type", "name", "mode"))
    if not (isinstance(kind, str) and isinstance(name, str) and isinstance(mode, str) and kind and name):
        return _Found(cut=True)
    # In a resource that is cut, a module that stands behind the cut would change the address.
    if cut and "provider" not in resource:
        return _Found(cut=True)
    listed = resource.get("instances")
    items = listed.items if isinstance(listed, Cut) else elements(listed)
    resources: list[Resource] = []
    hints: list[Resource] = []
    for item in items:
        if isinstance(item, dict):
            resources.append(_instance(resource, item))
        elif isinstance(item, Cut) and _identified(item):
            hints.append(_instance(resource, item.members))
    damaged = not isinstance(listed, list) or any(not isinstance(item, dict) for item in items)
    return _Found(tuple(resources), tuple(hints), damaged)


def _identified(instance: Cut) -> bool:
    attributes = instance.members.get("attributes")
    members = attributes.members if isinstance(attributes, Cut) else attributes
    return isinstance(members, dict) and isinstance(members.get("id"), str)


def _instance(resource: Object, instance: Object) -> Resource:
    attributes = _attributes(instance)
    kind, name, mode = str(resource["type"]), str(resource["name"]), str(resource["mode"])
    module = resource.get("module")
    prefix = f"{module}." if isinstance(module, str) and module else ""
    data = "data." if mode == "data" else ""
    provider, alias = provider_of(str(instance.get("provider") or resource.get("provider") or ""))
    identity = attributes.get("id")
    return Resource(
        address=f"{prefix}{data}{kind}.{name}{quoted_key(instance.get('index_key'))}",
        type=kind,
        id=str(identity) if isinstance(identity, str | int) and not isinstance(identity, bool) else "",
        mode=mode,
        provider=provider,
        alias=alias,
        deposed=str(instance.get("deposed") or ""),
        attributes=allowed(attributes, secret=frozenset(_sensitive(instance))),
        dependencies=tuple(str(d) for d in elements(instance.get("dependencies")) if isinstance(d, str)),
        skip_destroy=instance.get("skip_destroy") is True,
    )


def _attributes(instance: Object) -> Object:
    for key in ("attributes", "attributes_flat"):
        value = instance.get(key)
        if isinstance(value, Cut):
            return value.members
        if isinstance(value, dict):
            return nested(value) if key == "attributes_flat" else value
    return {}


def _sensitive(instance: Object) -> Iterator[str]:
    """Attributes that a sensitive variable went into."""
    for path in elements(instance.get("sensitive_attributes")):
        first = elements(path)[0] if elements(path) else None
        if isinstance(first, dict) and isinstance(first.get("value"), str):
            yield first["value"]


def _frozen(value: object) -> object:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({str(k): _frozen(v) for k, v in value.items()})
    return value
