"""Who made what, by construction: the ledger asks nobody, least of all janitor, whose an object is.

After a run it looks at the clouds themselves: what was deleted or changed, and what was left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.memory_cloud import Body, MemoryCloud

from janitor.core.catalogue import source_kind

Key = tuple[str, str, str]
"""Region, kind, id."""

LINKS = ("id", "server_id", "volume_id", "internal_port_id", "name")
"""Where an entry of a list says whose it is, in a body that is somebody else's."""

PASSING = frozenset({"status", "provisioning_status", "OS-EXT-STS:task_state"})
"""Fields that services change by themselves."""

EDITED = frozenset({"security_groups", "sub_ports", "firewall_rules", "secret_refs"})
"""Lists that only their owner may edit: an entry of the run's in them holds it."""


class Whose(StrEnum):
    """Who made an object, and what that means for it."""

    RUN = "run"
    OTHERS = "others"
    EITHER = "either"  # nobody of the run made it, but it hangs on the run's, or carries its mark: it may go


@dataclass(eq=False)
class Line:
    """One object. `told`: the sources that lead to it; `stays`: why it must not go although the run made it."""

    key: Key
    name: str
    whose: Whose
    body: Body | None  # None: it stands in the body of another one
    before: Body | None = None
    told: set[str] = field(default_factory=set)
    stays: str = ""
    parent: Line | None = None
    address: str = ""

    def __str__(self) -> str:
        return f"{self.key[1]} {self.key[2]} {self.name!r} in {self.key[0]}"

    @property
    def is_told(self) -> bool:
        """Whether anything that janitor is given leads to it."""
        return bool(self.told) or (self.parent is not None and self.parent.is_told)

    @property
    def must_stay(self) -> str:
        """Why it must not go: for itself, or for what it was made for."""
        return self.stays or (self.parent.must_stay if self.parent is not None else "")


@dataclass
class Ledger:
    """Every object that was ever made in these clouds."""

    clouds: Mapping[str, MemoryCloud]
    lines: dict[Key, Line] = field(default_factory=dict)
    former: list[Line] = field(default_factory=list)  # under a name or id that another one has now
    noted: list[str] = field(default_factory=list)

    def enter(self, region: str, kind: str, identifier: str, **more: Any) -> Line:
        """Write down what was just made."""
        body = self.clouds[region].bodies[source_kind(kind)].get(identifier) if source_kind(kind) == kind else None
        name = str(body.get("name", "")) if body else ""
        line = Line((region, kind, identifier), name, body=body, **more)
        if line.key in self.lines:
            self.former.append(self.lines[line.key])
        self.lines[line.key] = line
        return line

    def remember(self) -> None:
        """The clouds are as they were meant to be: what differs from now on was done by somebody."""
        for line in self.lines.values():
            line.before = deepcopy(line.body)

    def of(self, whose: Whose) -> Iterator[Line]:
        """The lines of one owner."""
        yield from (line for line in (*self.lines.values(), *self.former) if line.whose is whose)

    def is_there(self, line: Line) -> bool:
        """Whether that very object lives; another one under its id does not count."""
        region, kind, identifier = line.key
        if line.body is not None:
            return self.clouds[region].bodies[kind].get(identifier) is line.body
        return identifier in self._inside(region, kind)

    def _inside(self, region: str, kind: str) -> set[str]:
        """The ids of all that stands in bodies of others: rules, routes, members, attachments."""
        cloud = self.clouds[region]
        return {o.ref.id for project in cloud.projects() for o in cloud.seen_in(project, kind)}

    def violations(self, exit_code: int) -> list[str]:
        """What must not have happened, in words."""
        for cloud in self.clouds.values():
            cloud.advance()
        self.note()
        found = [*self.noted]
        found += [f"deleted, and somebody else's: {line}" for line in self.of(Whose.OTHERS) if self._lost(line)]
        found += [
            f"{line.must_stay}, and deleted: {line}"
            for line in self.of(Whose.RUN)
            if line.must_stay and self._lost(line)
        ]
        if exit_code in {0, 5}:
            found += [f"proved, and left: {line}" for line in self.left()]
        return found

    def note(self) -> None:
        """Note what was changed until now: after this somebody may change his own."""
        self.noted += [text for text in self._changed() if text not in self.noted]

    def left(self) -> list[Line]:
        """What the run made, some source tells of, nothing protects, and lives."""
        mine = (line for line in self.of(Whose.RUN) if line.is_told and not line.must_stay)
        return [line for line in mine if self.is_there(line)]

    def _lost(self, line: Line) -> bool:
        return line.body is not None and not self.is_there(line)

    def _changed(self) -> Iterator[str]:
        """Changes of what is others', but for the end of what the run had hung on it."""
        ours: dict[str, set[str]] = {region: set() for region in self.clouds}
        for line in (*self.lines.values(), *self.former):
            if line.whose is not Whose.OTHERS:
                ours[line.key[0]] |= {line.key[2], *line.key[2].split("/")}
        for line in self.of(Whose.OTHERS):
            if line.before is None or line.body is None or self._lost(line):
                continue
            before, now = (_without(body, ours[line.key[0]]) for body in (line.before, line.body))
            fields = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
            if fields:
                was = {name: before.get(name) for name in fields}
                yield f"changed, and somebody else's: {line}: {was} → { {name: now.get(name) for name in fields} }"


def _without(body: Body, ours: Iterable[str]) -> Body:
    """A body without what the run had hung on it. A floating IP that loses its port loses its router with it."""
    mine = set(ours)
    kept = {name: _kept(name, value, mine, body["id"]) for name, value in body.items() if name not in PASSING}
    if "floating_ip_address" in body and not kept.get("port_id"):
        kept |= {"router_id": None, "fixed_ip_address": None}
    if "device_owner" in body and not kept.get("device_id"):
        kept["device_owner"] = ""
    return {name: value for name, value in kept.items() if value not in (None, "", [])}


def _kept(name: str, value: Any, mine: set[str], own: str) -> Any:
    if isinstance(value, list) and name not in EDITED:
        return [item for item in value if not _is_mine(item, mine, own)]
    if isinstance(value, str) and value in mine and name != "id":
        return ""
    return value


def _is_mine(item: Any, mine: set[str], own: str) -> bool:
    if isinstance(item, str):
        return item in mine
    route = f"{own}-route-{item.get('destination')}-{item.get('nexthop')}"
    return route in mine or any(item.get(field) in mine for field in LINKS)
