"""The form of a catalogue entry: data that says how objects of a kind are listed, read, marked, held and deleted.

Paths into a body are dotted: `fixed_ips[].subnet_id` means the `subnet_id` of each element; `^id` in a derived kind
means the field of the body it is derived from. Nothing here talks to a service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from janitor.core.model import Order


class Fate(StrEnum):
    """What janitor does with a kind; every kind has exactly one."""

    DELETED = "deleted"
    UNDONE = "undone"  # an association or attachment: the link goes, both ends stay
    GOES_WITH = "goes with"  # disappears with its parent; deleted by itself only when the parent stays
    NOTHING = "nothing to do"  # nothing of its own in the cloud: costs no request, leaves the state with the rest
    REFUSED = "refused"  # admin things: Terraform's to delete, unless --admin-kinds names them


class MarkForm(StrEnum):
    """Where a kind can carry `janitor:run=NAME`."""

    TAGS = "tags"
    METADATA = "metadata"
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Reference:
    """A field of the body that names another object. `when`: a fact that must have one of these prefixes.

    `collection`: the field is a link, and names an object of the kind where it ends in COLLECTION/ID.
    """

    path: str
    kind: str
    order: Order
    when: tuple[str, tuple[str, ...]] | None = None
    collection: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A kind that has no listing of its own: its objects stand in the bodies of another kind.

    `each`: path to the list inside the parent's body ("" = the body itself); `id`: template of the object's id;
    `when`: (field, accepted values); a trailing `*` accepts a prefix, "" what is not set, no value at all "is set".
    """

    kind: str
    each: str = ""
    id: str = "{id}"
    when: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of object. Times in seconds; statuses in the service's spelling, compared without case."""

    name: str
    service: str  # type in the service catalog
    types: tuple[str, ...] = ()  # Terraform resource types, without the `openstack_` prefix
    fate: Fate = Fate.DELETED
    why: str = ""  # the reason where the fate is NOTHING or REFUSED

    # How it is listed and read. {project} and {user} are filled in from the token.
    path: str = ""  # of the collection; an object is at path/id. No `many`: read by id alone, no listing is made
    listing: str = ""  # path of the listing where it differs (`/servers/detail`)
    many: str = ""  # key of the list in the listing's answer
    one: str = ""  # key of the object in the answer to a read; "" = the object itself
    query: Mapping[str, str] = field(default_factory=dict)
    microversion: str = ""  # sent as it is: older than what any supported cloud offers
    newest: str = ""  # the newest microversion the entry knows: the newest one that the cloud has, too, is sent
    oldest: str = ""  # a cloud that is older says nothing of the kind's objects
    derived: Derived | None = None
    extension: str = ""  # the part of a service that a cloud may lack: there a 404 to the listing says so
    retired: bool = False  # lost by every supported release: where the listing is a 404, a state is merely old
    nested: str = ""  # kind of the parent in whose path ("{parent}") each listing is; ids are then PARENT/ID
    parent_field: str = ""  # nested, but listed at once: the field that names the parent
    parents_with: str = ""  # nested: only parents whose body has this set can have any
    state_id: str = ""  # how a state's attributes spell our id, where its `id` does not: "{zone_id}/{id}"
    # Types that stand for several of our objects: the attribute of the state that lists them, and the template of our
    # id; `^id` is the resource's id, `item` a bare text.
    each: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    unless: tuple[str, tuple[str, ...]] | None = None  # bodies with one of these values are another kind

    # What the body means.
    id_field: str = "id"
    id_is_link: bool = False  # the id is the last part of the link in `id_field`
    name_field: str = "name"
    project_fields: tuple[str, ...] = ("project_id", "tenant_id")
    status_field: str = "status"
    created_field: str = "created_at"
    metadata_field: str = "metadata"
    references: tuple[Reference, ...] = ()
    facts: tuple[str, ...] = ()  # allow-list of further fields: these may reach journal and report
    shared: tuple[tuple[str, object], ...] = ()  # facts that say "not one project's alone"
    marks: tuple[MarkForm, ...] = ()
    created_mark: tuple[MarkForm, ...] = ()  # the forms the provider sends with the create call itself
    same: tuple[str, ...] = ()  # the id is a name: these facts must match the state's attributes, too
    personal: bool = False  # belongs to a user: to another user's credentials it is not there
    veiled: bool = False  # who is no administrator is not shown all of them: a 404 proves nothing then

    # How it goes.
    delete_query: Mapping[str, str] = field(default_factory=dict)
    undo: str = ""  # name of the function in cloud/ways/, where a plain DELETE is not the way
    parent: str = ""  # kind of the object with one writer at a time (deletes that are updates of a parent)
    sync: bool = False  # the service answers only after the row is gone: what it held may go at once
    guarded: bool = False  # the service refuses while anything uses it: no order of Terraform's is needed to keep it
    maker: bool = False  # makes others, and deletes them itself: what no state claims waits until it is settled
    after: tuple[str, ...] = ()  # KIND edges: kinds that should be settled before
    busy: tuple[str, ...] = ()  # statuses in which a delete is refused and which pass by themselves
    dead: tuple[str, ...] = ()  # statuses that mean: gone, though still listed
    unread: str = ""  # the status of what a service shows by its id alone, the rest being out of its own reach
    lingering: tuple[str, ...] = ()  # statuses that no listing shows, in which it still holds what it held
    stuck: tuple[str, ...] = ()  # statuses only an admin can clear
    advice: str = ""  # what frees a stuck one: a command, {id} is filled in
    remarks: str = ""  # the microversion in which the service notes for its users why a delete failed afterwards
    users: str = ""  # the command that shows an administrator who uses one; {id} and facts are filled in
    readings: int = 8  # unchanged readings after which a step counts as stuck
    timeout: float = 300.0  # the kind's own share, after which a step is given up
    quota: tuple[str, ...] = ()
    forbids: bool = False  # where something holds it, the service says 403, as it does to those who may not at all
    alone: bool = False  # hangs on nothing unnamed: listed only where a source speaks of the kind

    @property
    def is_listed(self) -> bool:
        """Whether objects of the kind are listed; an administrator's are only read, by the ids that a source names.

        Keystone cuts long listings short, and a flavor or a user that no source names is none of our business.
        """
        return self.fate is not Fate.REFUSED and bool(self.many or self.derived)

    @property
    def is_read(self) -> bool:
        """Whether a service can be asked for an object at all: not where there is nothing to do."""
        return bool(self.path or self.derived)

    @property
    def is_cloudwide(self) -> bool:
        """Whether a project named by an object is not its owner: admin things serve other projects."""
        return self.fate in {Fate.NOTHING, Fate.REFUSED}

    @property
    def is_relation(self) -> bool:
        """Whether objects of the kind are found inside the bodies of another kind."""
        return self.derived is not None
