"""One stack in one project: applied by the real provider, cleaned by janitor, watched by others' eyes."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kinds.claims import PREFIX, kind, props
from stage import Ran, Stage

from ground.cloud import Call
from ground.neighbour import Seen
from ground.witness import everything
from janitor.core.case import object_ids
from janitor.core.catalogue import KINDS, Fate, Kind, kind_of_type, source_kind
from janitor.core.model import Resource

GONE = frozenset({"deleted"})
LONG_AGO = 3600.0


@dataclass(slots=True)
class Play:
    """A stack, its stage, and what every janitor of it is told."""

    stack: str
    stage: Stage
    options: tuple[str, ...] = ()
    resources: dict[str, Resource] = field(default_factory=dict)  # as the last apply left them
    backup: bytes = b""  # the state of then

    def apply(self) -> None:
        """Apply to the end, and keep in mind what the state says then."""
        time.sleep(1.1)  # the services cut their time stamps to seconds
        self.stage.begun = time.time()
        self.stage.apply()
        self.resources = dict(self._state())
        self.backup = self.stage.state.read_bytes()

    @property
    def made(self) -> dict[str, str]:
        """Address → type without its prefix, of what the stack is about."""
        about = self.resources.keys() - props(self.stack)
        return {address: self.resources[address].type.removeprefix(PREFIX) for address in sorted(about)}

    @property
    def kinds(self) -> dict[str, Kind]:
        """Address → the entry of the catalogue, where there is one, of what the stack is about."""
        return {address: entry for address, of in self.made.items() if (entry := kind(of))}

    def look(self) -> dict[str, Seen]:
        """What the project holds."""
        return everything(self.stage.connection())

    def destroy(self, *options: str) -> Ran:
        """janitor alone: what terraform can do by itself is no proof of ours."""
        return self.stage.destroy("--direct", *self.options, *options)

    def lose_the_state(self) -> None:
        """As after a job whose folder is gone."""
        self.stage.state.unlink()

    def find_the_state(self) -> None:
        """It was somewhere all the time."""
        self.stage.state.write_bytes(self.backup)

    def proved(self, ran: Ran, *, evidence: str = "", outcomes: Iterable[str] = GONE) -> set[str]:
        """The addresses whose object ended like that in the report, by this evidence if one is given."""
        wanted = frozenset(outcomes)
        rows = [
            row
            for row in ran.report.get("objects", ())
            if row["outcome"] in wanted and (not evidence or evidence in row["evidence"])
        ]
        return {address for address, one in self.resources.items() if any(_is(row, address, one) for row in rows)}

    def nothing_to_do(self, ran: Ran) -> set[str]:
        """The addresses that have no object of their own, and are told so."""
        without = {address for address, kind in self.kinds.items() if kind.fate is Fate.NOTHING}
        return without & self.proved(ran, outcomes={"absent"})

    def leaves(self, addresses: Iterable[str]) -> set[str]:
        """These addresses but for those on which another of them hangs, where another one shows their type."""
        chosen = set(addresses)
        for address in sorted(chosen):
            plain = address.partition("[")[0]
            used = any(plain in self.resources[other].dependencies for other in chosen)
            if used and sum(self.made[other] == self.made[address] for other in chosen) > 1:
                chosen.discard(address)
        return chosen

    def cut_long_ago(self) -> Path:
        """The log of an apply that broke off at its first creation, a while ago, and a state as old."""
        lines = self.stage.log.read_text(encoding="utf-8").splitlines(keepends=True)
        first = next(number for number, line in enumerate(lines) if "Creating..." in line)
        shorter = self.stage.log.with_name("cut.log")
        shorter.write_text("".join(lines[: first + 1]), encoding="utf-8")
        for path in (shorter, self.stage.state):
            os.utime(path, (time.time() - LONG_AGO,) * 2)
        return shorter

    def _state(self) -> Iterable[tuple[str, Resource]]:
        for resource in json.loads(self.stage.state.read_bytes())["resources"]:
            for instance in resource["instances"] if resource["mode"] == "managed" else ():
                key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
                address = f"{resource['type']}.{resource['name']}{key}"
                values: dict[str, Any] = instance["attributes"]
                yield (
                    address,
                    Resource(
                        address,
                        resource["type"],
                        str(values["id"]),
                        provider=resource["provider"].partition('["')[2].rstrip('"]'),
                        attributes=values,
                        dependencies=tuple(instance.get("dependencies", ())),
                    ),
                )


def _is(row: Mapping[str, Any], address: str, one: Resource) -> bool:
    """Whether a row of the report is about this resource: by its address, or by kind and id where it was lost."""
    if row["address"]:
        return bool(row["address"] == address)
    entry = kind_of_type(one.type)
    if entry is None or row["kind"] != entry.name:
        return False
    ids = object_ids(one)
    return row["id"] in ids or any(row["name"] == identifier.removeprefix("address:") for identifier in ids)


def written(calls: Iterable[Call]) -> list[Call]:
    """The calls that change something in the cloud."""
    return [call for call in calls if call.service != "identity" and call.method not in {"GET", "HEAD"}]


def listed_at_last(calls: list[Call], kind_name: str) -> bool:
    """Whether the kind was listed after the last change; for children of what is gone the parents' listing counts."""
    last = max((call.began for call in calls if call in written(calls)), default=0.0)
    entry = KINDS[source_kind(kind_name)]
    if entry.nested and listed_at_last(calls, entry.nested):
        return True
    path = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(entry.listing or entry.path)) + r"(?:\?|$)")
    return any(
        call.service == entry.service and call.method == "GET" and call.began > last and path.search(call.path)
        for call in calls
    )
