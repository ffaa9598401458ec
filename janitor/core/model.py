"""The nouns: what the state, the configuration and the cloud say, as frozen values. Nothing here decides anything.

Times are seconds since the epoch (UTC) unless a name says otherwise; ids are the service's own strings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import total_ordering
from operator import attrgetter


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Where an id means anything: one project in one region of one cloud."""

    cloud: str
    region: str
    project_id: str
    project_name: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.cloud}/{self.region}/{self.project_name or self.project_id}"


@total_ordering
@dataclass(frozen=True, slots=True)
class Ref:
    """The only key of an object.

    A floating IP and its association share an id, and a key pair `ci` may exist in two regions. Every table has it as
    its key: its hash is computed once, and a scope is looked into only where there are several.
    """

    scope: Scope
    kind: str
    id: str
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.scope, self.kind, self.id)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Ref):
            return NotImplemented
        return self.id == other.id and self.kind == other.kind and self.scope == other.scope

    def __lt__(self, other: Ref) -> bool:
        if self.scope is not other.scope and self.scope != other.scope:
            return self.scope < other.scope
        return self.kind < other.kind if self.kind != other.kind else self.id < other.id

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


REF_ORDER = attrgetter("scope", "kind", "id")
"""The same order as a key to sort by: thousands of refs are compared without a call of ours for each pair."""


class Order(StrEnum):
    """What a reference from one object to another means for the order of deletion."""

    HOLDS = "holds"  # the referenced object cannot go while this one exists
    HELD = "held"  # this one cannot go while the referenced object exists
    WITH = "with"  # this one disappears together with the referenced object
    NAMES = "names"  # no order


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A reference an object's own body makes: `role` is the path it was read from."""

    role: str
    kind: str
    id: str
    order: Order = Order.NAMES


@dataclass(frozen=True, slots=True)
class Observed:
    """What the API said of one object. `facts` holds the catalogue's allow-list of fields, never a whole body."""

    ref: Ref
    name: str = ""
    project_id: str = ""
    status: str = ""
    created_at: float | None = None
    tags: frozenset[str] = frozenset()
    metadata: Mapping[str, str] = field(default_factory=dict)
    description: str = ""
    links: tuple[Link, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    def linked(self, kind: str) -> tuple[str, ...]:
        """The ids of that kind this object refers to."""
        return tuple(link.id for link in self.links if link.kind == kind)

    def fact(self, name: str) -> str:
        """A fact as text; empty when the service did not send it."""
        value = self.facts.get(name)
        return "" if value is None else str(value)


class Evidence(StrEnum):
    """Why an object is believed to be the run's own, strongest first."""

    STATE = "state"
    JOURNAL = "journal"
    LOG = "log"
    MARK = "mark"
    SELECTED = "selected"  # a sweep was told to: by name, tag or producer
    NAME = "name"
    ATTACHED = "attached"


class Denial(StrEnum):
    """Why an object is kept although something speaks for it."""

    FOREIGN = "foreign"
    SHARED = "shared"
    PROTECTED = "protected"
    PRE_EXISTING = "pre-existing"
    YOUNG = "young"
    AMBIGUOUS = "ambiguous"
    UNPROVED = "unproved"
    ADMIN = "admin kind"


class EdgeSource(IntEnum):
    """Where an edge comes from; a smaller number is trusted more."""

    OBSERVED = 0
    STATE = 1
    CONFIG = 2
    KIND = 3


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`dependent` has to be gone (KIND: settled) before `dependency` may go."""

    dependent: Ref
    dependency: Ref
    source: EdgeSource


class Outcome(StrEnum):
    """What became of an object; these words stand in every report."""

    DELETED = "deleted"
    ABSENT = "absent"
    FAILED = "failed"
    BLOCKED = "blocked"
    KEPT = "kept"
    PLANNED = "planned"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource instance of the Terraform state. `attributes` holds an allow-list; secrets never get this far."""

    address: str
    type: str
    id: str
    mode: str = "managed"  # or "data"
    provider: str = ""  # "registry.opentofu.org/terraform-provider-openstack/openstack"
    alias: str = ""  # the provider configuration's alias
    deposed: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    dependencies: tuple[str, ...] = ()
    skip_destroy: bool = False

    @property
    def label(self) -> str:
        """The address as Terraform prints it, with the deposed key."""
        return f"{self.address} (deposed {self.deposed})" if self.deposed else self.address

    @property
    def provider_name(self) -> str:
        """The last part of the provider's address: `openstack`, `random`."""
        return self.provider.rsplit("/", 1)[-1]

    def text(self, name: str) -> str:
        """An attribute as text; empty when absent or null."""
        value = self.attributes.get(name)
        return "" if value is None else str(value)


class Health(StrEnum):
    """How much a state can be believed."""

    WHOLE = "whole"
    PARTIAL = "partial"  # salvaged, or an apply was interrupted and it knows less than the configuration
    LOST = "lost"  # 0 bytes, no lineage, 404: never "empty"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state as it was read, before anything could empty it."""

    health: Health
    source: str  # "terraform state pull", "terraform.tfstate", "errored.tfstate" …
    path: str = ""
    lineage: str = ""
    serial: int = -1
    terraform_version: str = ""
    resources: tuple[Resource, ...] = ()
    problem: str = ""
    hints: tuple[Resource, ...] = ()  # known to an older serial or a backup only: need a second proof
    raw: bytes = field(default=b"", repr=False)  # for the 0600 copy; never printed
    veiled: bool = False  # there may be one that we are not shown: nothing is proved by its absence
    sealed: bool = False  # there is one, encrypted, and nobody here has its key

    @property
    def managed(self) -> tuple[Resource, ...]:
        """Resource instances that Terraform made, as opposed to data sources."""
        return tuple(r for r in self.resources if r.mode == "managed")


@dataclass(frozen=True, slots=True)
class Declared:
    """A resource instance as the configuration evaluates it on an empty state."""

    address: str
    type: str
    name: str | None = None  # None: not known before apply, or a name with a hole; "": it is given none
    pattern: tuple[str, ...] = ()  # of a name with holes: the texts between them; never evidence
    marks: frozenset[str] = frozenset()  # runs named by a mark in a field that is part of the create call
    run_bound: bool = False  # the name holds a value given to this very run
    protected: str = ""  # why Terraform would refuse to destroy it
    imported: bool = False
    attributes: Mapping[str, object] = field(default_factory=dict)  # evaluated scalars of the catalogue's allow-list
    refers: tuple[tuple[str, str], ...] = ()  # (attribute, address of the instance or resource it names)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the HCL says. `complete`: every instance was expanded (a plan, or nothing was left open)."""

    instances: tuple[Declared, ...] = ()
    complete: bool = False
    evaluator: str = ""  # "plan", "static", "none"
    protected: Mapping[str, str] = field(default_factory=dict)  # resource address → why
    edges: tuple[tuple[str, str], ...] = ()  # (dependent, dependency): resource addresses without index
    problems: tuple[str, ...] = ()
    may_hide_protection: tuple[str, ...] = ()  # files that could not be parsed
    missing: tuple[str, ...] = ()  # addresses of modules that are not on this disk, without index
    timeouts: Mapping[str, float] = field(default_factory=dict)  # kind → seconds that a delete may take


@dataclass(frozen=True, slots=True)
class LoggedCreate:
    """A create that an apply's output reports as complete."""

    address: str
    type: str
    id: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class ApplyLog:
    """What one apply's output says. `in_flight`: creates that were started and never reported complete."""

    path: str
    created: tuple[LoggedCreate, ...] = ()
    in_flight: tuple[tuple[str, str], ...] = ()  # (address, type)
    finished: bool = False  # the log has its end
    since: float | None = None  # its own first and last time stamps
    until: float | None = None
    modified: float | None = None  # the file's mtime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """The object that a refusal is about. `observed` is None where we may not see it."""

    kind: str
    id: str
    name: str = ""
    project_id: str = ""
    observed: Observed | None = field(default=None, compare=False)
    passing: bool = False  # goes by itself: waited for, and nobody's to delete

    def __str__(self) -> str:
        label = f"{self.kind} {self.name} ({self.id})" if self.name else f"{self.kind} {self.id}"
        return f"{label} of project {self.project_id}" if self.project_id else label


@dataclass(frozen=True, slots=True)
class Verdict:
    """Ours with its evidence, or kept with a denial. `why` is a sentence either way."""

    ref: Ref
    evidence: tuple[Evidence, ...] = ()
    denial: Denial | None = None
    why: str = ""
    address: str = ""
    held_by: tuple[Holder, ...] = ()  # ours, but going would take these along, and they are not

    @property
    def ours(self) -> bool:
        """Whether janitor may delete it."""
        return self.denial is None and bool(self.evidence)


@dataclass(frozen=True, slots=True)
class World:
    """One scan. What could not be listed is in `unseen`; only what is in `listed` can be called absent."""

    objects: Mapping[Ref, Observed] = field(default_factory=dict)
    listed: frozenset[tuple[Scope, str]] = frozenset()
    unseen: Mapping[tuple[Scope, str], str] = field(default_factory=dict)
    missing: frozenset[Ref] = frozenset()  # asked for by id: 404
    unlisted: frozenset[Ref] = frozenset()  # of the objects: those that only a reading by id has shown
    taken_at: float = 0.0  # the cloud's clock (`Date` header)
    _kinds: dict[str, tuple[Observed, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _naming: dict[tuple[str, str], dict[str, list[Observed]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def of_kind(self, kind: str) -> tuple[Observed, ...]:
        """Every object of that kind, sorted by its key so that nothing depends on arrival."""
        if not self._kinds and self.objects:
            found: dict[str, list[Ref]] = {}
            for ref in self.objects:
                found.setdefault(ref.kind, []).append(ref)
            self._kinds.update({k: tuple(self.objects[ref] for ref in sorted(refs)) for k, refs in found.items()})
        return self._kinds.get(kind, ())

    def naming(self, kind: str, fact: str, value: str) -> tuple[Observed, ...]:
        """The objects of that kind in which this fact has that value."""
        index = self._naming.get((kind, fact))
        if index is None:
            index = {}
            for observed in self.of_kind(kind):
                index.setdefault(observed.fact(fact), []).append(observed)
            self._naming[kind, fact] = index  # whole: several threads may ask
        return tuple(index.get(value, ()))
