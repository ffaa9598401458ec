"""Who makes objects in a site: the run, its neighbours in the same project, and other projects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from unittest.mock import patch

from engine.memory_cloud import MemoryCloud
from ledger.ledger import Ledger, Line, Whose

from janitor.core.case import without_index
from janitor.core.catalogue import KINDS, MarkForm, source_kind

RUN = "ci-4711"
REGIONS = ("RegionOne", "RegionTwo")

SPANS = {  # minutes after 2026-11-21T00:00Z between which an owner makes its things
    "before": (6 * 60, 9 * 60 + 59),
    "during": (10 * 60, 10 * 60 + 45),
    "now": (12 * 60, 12 * 60 + 10),
}
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC).timestamp()
BEGAN = datetime(2026, 11, 21, 10, tzinfo=UTC).timestamp()
ENDED = datetime(2026, 11, 21, 10, 50, tzinfo=UTC).timestamp()

MADE_BY_SERVICES = ("port",)
"""Kinds of which services make objects for those of others: Nova's ports, a VIP."""


@dataclass(frozen=True)
class Made:
    """One object of the run, as its configuration and its state speak of it."""

    address: str
    kind: str
    id: str
    name: str
    region: str
    line: Line
    needs: tuple[str, ...] = ()
    refers: tuple[tuple[str, str], ...] = ()

    @property
    def type(self) -> str:
        return self.address.split(".", maxsplit=1)[0]


@dataclass
class Owner:
    """Somebody who makes things in one project of one region. `marks`: the run that they carry, when they do."""

    cloud: MemoryCloud
    ledger: Ledger
    dice: Random
    region: str
    whose: Whose
    project: str = "home"
    prefix: str = RUN
    span: str = "during"
    mark: str = ""
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    made: list[Made] = field(default_factory=list)
    counted: bool = False  # the resources of a kind are instances of one, as with `count`
    addresses: dict[str, str] = field(default_factory=dict)  # id → address

    def make(self, kind: str, *, name: str | None = None, reuse: str = "", **fields: Any) -> str:
        """Make an object, and write down whose it and all that services made for it is. `reuse`: an id to get again."""
        ports = set(self.cloud.bodies["port"])
        named = self._name(kind) if name is None else name
        with patch.object(self.cloud, "new_id", lambda _: reuse) if reuse else nullcontext():
            identifier = self.cloud.make(kind, named, project=self.project, **fields)
        line = self.ledger.enter(self.region, kind, identifier, whose=self.whose)
        if line.body is not None:
            self._stamp(kind, line)
        for port in self.cloud.bodies["port"].keys() - ports - {identifier}:
            self.ledger.enter(self.region, "port", port, whose=self.whose, parent=self._behind(port) or line)
        self.ids[kind].append(identifier)
        if self.whose is Whose.RUN:
            self._note(kind, identifier, named, line, fields)
        return identifier

    def _behind(self, port: str) -> Line | None:
        """Whose a share server's port is: it lives as long as the share network."""
        server = str(self.cloud.bodies["port"][port]["device_id"])
        return self.ledger.lines.get((self.region, "share_network", server.removeprefix("server-of-")))

    def serve(self, network: str, **fields: Any) -> None:
        """Let a service make a port for a network."""
        port = self.cloud.make("port", "", project=self.project, network=network, **fields)
        parent = self.ledger.lines[self.region, "network", network]
        self.ledger.enter(self.region, "port", port, whose=self.whose, parent=parent)

    def any(self, kind: str) -> str | None:
        """One of what it has of a kind."""
        bodies = self.cloud.bodies[kind]
        alive = [i for i in self.ids[kind] if source_kind(kind) != kind or (i in bodies and _takes_more(bodies[i]))]
        return self.dice.choice(alive) if alive else None

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def _name(self, kind: str) -> str:
        if KINDS[kind].is_relation:
            return ""
        named = f"{self.prefix}-{kind.replace('_', '-')}-{len(self.ids[kind])}"
        # A key pair's name is its id: another one of that name in the region would be the same one.
        return f"{named}-{self.project}-{self.span}" if kind == "keypair" and self.whose is not Whose.RUN else named

    def _stamp(self, kind: str, line: Line) -> None:
        minute = self.dice.uniform(*SPANS[self.span])
        moment = datetime.fromtimestamp(MIDNIGHT + 60 * round(minute, 1), UTC).isoformat()
        body = line.body
        assert body is not None
        body |= {"created_at": moment, "created": moment}
        if self.mark:
            forms = KINDS[kind].created_mark
            body |= {"description": f"made by janitor:run={self.mark}"} if MarkForm.DESCRIPTION in forms else {}
            body |= {"metadata": {"janitor-run": self.mark}} if MarkForm.METADATA in forms else {}
            body |= {"tags": [f"janitor:run={self.mark}"]} if MarkForm.TAGS in forms else {}
            if forms and self.mark == RUN:
                line.told.add("mark")

    def _note(self, kind: str, identifier: str, name: str, line: Line, fields: dict[str, Any]) -> None:
        if not KINDS[kind].types:
            return
        label = name.removeprefix(f"{RUN}-").replace("-", "_") or f"{kind}_{len(self.ids[kind])}"
        address = f"openstack_{KINDS[kind].types[0]}.{label}_{self.region.lower()}_{len(self.made)}"
        if self.counted:
            address = f"openstack_{KINDS[kind].types[0]}.{kind}[{len(self.ids[kind])}]"
        refers = tuple((field, self.addresses[i]) for field, i in _named(fields) if i in self.addresses)
        needs = tuple(sorted({without_index(target) for _, target in refers}))
        line.address = address
        self.addresses[identifier] = address
        self.made.append(Made(address, kind, identifier, name, self.region, line, needs, refers))


def _takes_more(body: dict[str, Any]) -> bool:
    """Whether anything may still be hung on it: not where it is busy, or on its way out."""
    status = str(body.get("provisioning_status") or body.get("status") or "").lower()
    return not status.startswith("pending") and status != "deleting" and not body.get("OS-EXT-STS:task_state")


def _named(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The ids in the fields of a create call."""
    for field_name, value in fields.items():
        if isinstance(value, str):
            yield field_name, value
        elif isinstance(value, list | tuple):
            yield from ((field_name, item) for item in value if isinstance(item, str))
