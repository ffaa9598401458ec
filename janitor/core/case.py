"""What the judge may know besides the cloud: claims of the sources, the run's marks, names and begin.

A claim says "this id is ours, says this source"; it decides nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from janitor.core.catalogue import KINDS, Kind, kind_of_type
from janitor.core.catalogue.reading import entries, fill, named_in
from janitor.core.marks import runs_in
from janitor.core.model import (
    REF_ORDER,
    ApplyLog,
    Configuration,
    Declared,
    Evidence,
    LoggedCreate,
    Ref,
    Resource,
    Scope,
)

METADATA = "metadata"
INDEX = re.compile(r'\[(?:[^\]"]|"(?:[^"\\]|\\.)*")*\]')
SIGNING_KEYS = frozenset({"temp-url-key", "temp-url-key-2"})
"""Metadata of Swift's containers that signs links: a secret, which is neither kept nor compared."""
CLOCKS_APART = 60.0
"""How far the clock of who wrote a log may be from the cloud's, in seconds."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's word for one object."""

    ref: Ref
    evidence: Evidence
    address: str = ""
    name: str = ""
    type: str = ""
    match: Mapping[str, str] = field(default_factory=dict)  # facts that must agree where the id is a name
    carries: Mapping[str, str] = field(default_factory=dict)  # metadata that it must have, likewise
    created_at: float | None = None  # JOURNAL: the object that was meant was made then
    marks: frozenset[str] = frozenset()  # runs that the state itself records for the object
    protected: str = ""
    stood_on: tuple[Evidence, ...] = ()  # JOURNAL: what this run knew it by, which may be taken off the object
    window: tuple[float | None, float | None] = (None, None)  # LOG: the object was created inside
    force: bool = False  # its content may go, whoever put it there (force_destroy)


class Spent(NamedTuple):
    """What an object stood for that was ours: its address, or one instance of its name. `gone`: when that was known."""

    address: str
    name: str
    gone: float = float("inf")


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that speaks for or against an object, but for the object itself."""

    claims: Mapping[Ref, tuple[Claim, ...]] = field(default_factory=dict)
    borrowed: frozenset[Ref] = frozenset()  # ids that only a data source knows
    marks: frozenset[str] = frozenset()
    spent: Mapping[Ref, Spent] = field(default_factory=dict)  # was ours, and is gone or about to go
    in_flight: Mapping[str, float] = field(default_factory=dict)  # addresses that were being created → not before then
    instances: tuple[Declared, ...] = ()  # what the configuration evaluates to
    names_prove: bool = False  # the state is lost or partial: names and declarations speak for what it forgot
    protected: Mapping[str, str] = field(default_factory=dict)  # address, with or without index, or module → why
    doubtful: frozenset[str] = frozenset()  # of these: what only may be protected, as nobody could read
    kinds: frozenset[str] = frozenset()  # to be looked for, whatever the sources say
    selected: Mapping[Ref, str] = field(default_factory=dict)  # what a sweep selects, with the reason
    only: frozenset[Ref] | None = None  # a saved plan: nothing else goes
    older_than: float | None = None  # a sweep's: made before this
    expired: float | None = None  # a sweep's: what says that it lives beyond this is kept
    since: float | None = None
    by_name: bool = False
    admin_kinds: frozenset[str] = frozenset()  # kinds of fate REFUSED that may be deleted all the same
    own_marks: frozenset[str] = field(init=False, compare=False)  # those of the run, and of the configuration

    def __post_init__(self) -> None:
        own = self.marks.union(*(instance.marks for instance in self.instances))
        object.__setattr__(self, "own_marks", own)

    def claimed(self, ref: Ref) -> tuple[Claim, ...]:
        """What the sources say of this object."""
        return self.claims.get(ref, ())

    @property
    def declared(self) -> tuple[Declared, ...]:
        """The configured instances, where they may serve as evidence."""
        return self.instances if self.names_prove else ()

    def guard(self, kind: str, name: str) -> str:
        """Why an object whose address nobody knows may be one that Terraform would refuse to destroy."""
        for address, why in sorted(self.protected.items()):
            known = kind_of_type(type_of(address))
            if known is None or known.name != kind:
                continue
            names = {i.name for i in self.instances if address in {i.address, without_index(i.address)}}
            if not names or not all(names) or name in names:
                return f"may be {address}: {why}"
        return ""

    def protection(self, address: str) -> str:
        """Why Terraform would refuse to destroy this address or forget it, or may; or an empty string.

        A module that was let go protects all that was in it.
        """
        resource = without_index(address)
        modules = (resource[: match.start()] for match in re.finditer(r"\.(?=module\.|[^.]+\.[^.]+$)", resource))
        return next((why for form in (address, resource, *modules) if (why := self.protected.get(form))), "")


def without_index(address: str) -> str:
    """`module.a[0].openstack_x_v2.b["k"]` → `module.a.openstack_x_v2.b`; a key may hold brackets and quotes."""
    return INDEX.sub("", address).split(" ", maxsplit=1)[0]


def without_deposed(address: str) -> str:
    """The address of an instance that may be told with its deposed key; a key of `for_each` may hold a space."""
    return address.partition(" (deposed ")[0]


def could_be_called(instance: Declared, name: str) -> bool:
    """Whether the instance's name can have come out as this one; a name of which nothing is known, as any."""
    if instance.name:
        return name == instance.name
    known = (re.escape(unicodedata.normalize("NFD", text)) for text in instance.pattern)
    pattern = ".*".join(known) if instance.pattern else ".*"
    return re.fullmatch(pattern, unicodedata.normalize("NFD", name), re.DOTALL) is not None


def type_of(address: str) -> str:
    """The resource type in an address: `module.a.openstack_x_v2.b` → `openstack_x_v2`."""
    parts = without_index(address).split(".")
    return parts[-2] if len(parts) > 1 else ""


def claims_by_ref(claims: Iterable[Claim]) -> Mapping[Ref, tuple[Claim, ...]]:
    """Index claims by what they claim, strongest evidence first."""
    order = list(Evidence)
    found: dict[Ref, list[Claim]] = defaultdict(list)
    for claim in claims:
        found[claim.ref].append(claim)
    return {
        ref: tuple(sorted(found[ref], key=lambda c: order.index(c.evidence))) for ref in sorted(found, key=REF_ORDER)
    }


def object_id(resource: Resource) -> str:
    """The id that the catalogue's kind uses, from a state id that may be written otherwise.

    compute_floatingip_associate_v2 keeps "ADDRESS/INSTANCE/FIXED" and networking_floatingip_associate_v2 the floating
    IP's id (provider: resource_openstack_*_floatingip_associate_v2.go): the first can only be resolved by address.
    """
    if resource.type == "openstack_compute_floatingip_associate_v2":
        return "address:" + resource.id.split("/", 1)[0]
    kind = kind_of_type(resource.type)
    if kind is None or not kind.state_id or "/" in resource.id:
        return resource.id
    known = {name: resource.text(name) for name in named_in(kind.state_id)}
    return fill(kind.state_id, {**known, "id": resource.id})


def object_ids(resource: Resource) -> tuple[str, ...]:
    """The ids of all that the resource stands for: itself, or each entry of a list that it manages as a whole."""
    kind = kind_of_type(resource.type)
    listed = kind.each.get(resource.type.removeprefix("openstack_")) if kind else None
    if listed is None:
        return (object_id(resource),)
    attribute, template = listed
    found = entries(resource.attributes.get(attribute))
    return tuple(i for entry in found if (i := fill(template, {"^id": resource.id, **entry})))


def owner(resource: Resource) -> str:
    """The project that the state names as the owner; of a quota or a flavor's access it names the one it is for."""
    kind = kind_of_type(resource.type)
    if kind is not None and kind.is_cloudwide:
        return ""
    return resource.text("tenant_id") or resource.text("project_id")


def state_claims(resources: Iterable[Resource], scope_of: Mapping[str, Scope]) -> tuple[list[Claim], list[Resource]]:
    """Claims of the managed instances, and those whose type janitor does not know.

    `scope_of`: address label → scope; an instance that is missing there has no reachable cloud and is not claimed.
    """
    claims: list[Claim] = []
    unknown: list[Resource] = []
    for resource in resources:
        if resource.mode != "managed" or resource.provider_name != "openstack" or not resource.id:
            continue
        kind, scope = kind_of_type(resource.type), scope_of.get(resource.label)
        if kind is None:
            unknown.append(resource)
        elif scope is not None:
            claims += [_state_claim(resource, Ref(scope, kind.name, i), kind) for i in object_ids(resource)]
    return claims, unknown


def _state_claim(resource: Resource, ref: Ref, kind: Kind) -> Claim:
    attributes = resource.attributes
    metadata = {
        str(key): str(value)
        for field_name in ("metadata", "all_metadata")
        if isinstance(values := attributes.get(field_name), Mapping)
        for key, value in values.items()
    }
    tags = [
        str(tag)
        for field_name in ("tags", "all_tags")
        if isinstance(values := attributes.get(field_name), list | tuple)
        for tag in values
    ]
    return Claim(
        ref=ref,
        evidence=Evidence.STATE,
        address=resource.label,
        name=resource.text("name"),
        type=resource.type,
        match={fact: resource.text(fact) for fact in kind.same if fact != METADATA and resource.text(fact)},
        carries=_carried(metadata) if METADATA in kind.same else {},
        marks=runs_in(tags=tags, metadata=metadata, description=resource.text("description")),
        protected="skip_destroy is set in the state" if resource.skip_destroy else "",
        force=attributes.get("force_destroy") is True,
    )


def _carried(metadata: Mapping[str, str]) -> Mapping[str, str]:
    """Metadata as Swift spells it when it is read back: its keys are the ends of headers' names."""
    spelled = {key.lower().replace("_", "-"): value for key, value in metadata.items()}
    return {key: value for key, value in spelled.items() if key not in SIGNING_KEYS}


def log_claims(
    logs: Iterable[ApplyLog], configuration: Configuration, scope: Scope, *, since: float | None
) -> list[Claim]:
    """Claims of completed creates whose address and kind the configuration knows; others prove nothing.

    The window is the log's own time stamps, else from `since` to the file's modification time; a minute of grace
    covers the clocks' difference at its end.
    """
    names = {instance.address: instance.name or "" for instance in configuration.instances}
    resources = {without_index(instance.address) for instance in configuration.instances}
    claims: list[Claim] = []
    for log in logs:
        start = log.since if log.since is not None else since
        end = log.until if log.until is not None and log.finished else log.modified
        for created in log.created:
            kind = kind_of_type(created.type)
            known = created.address in names or (
                not configuration.complete and without_index(created.address) in resources
            )
            if kind is None or not known or not _named_whole(created, kind):
                continue
            ref = Ref(scope, kind.name, object_id(Resource(created.address, created.type, created.id)))
            window = (start, end + CLOCKS_APART if end is not None else None)
            name = names.get(created.address, "")
            claims.append(Claim(ref, Evidence.LOG, created.address, name=name, type=created.type, window=window))
    return claims


def _named_whole(created: LoggedCreate, kind: Kind) -> bool:
    """Whether a log tells our id: not of a list that is managed as one, nor where a parent belongs to it."""
    below = bool(kind.nested or kind.state_id)
    return created.type.removeprefix("openstack_") not in kind.each and ("/" in created.id or not below)


def log_begins(logs: Iterable[ApplyLog]) -> Mapping[str, float]:
    """Addresses whose creation a log with its own time stamps tells of as begun and not as done → the log's begin.

    A killed apply never said their ids. A minute of grace covers the clocks' difference.
    """
    told = [(address, log.since) for log in logs for address, _ in log.in_flight]
    return {address: since - CLOCKS_APART for address, since in told if since is not None}


def kinds_of(case: Case) -> frozenset[str]:
    """The kinds that some source could mean."""
    declared = {kind.name for d in case.declared if (kind := kind_of_type(d.type))}
    claimed = {ref.kind for ref in case.claims}
    marked = {kind.name for kind in KINDS.values() if kind.marks and not kind.is_relation} if case.marks else set()
    return frozenset(declared | claimed | marked | case.kinds)
