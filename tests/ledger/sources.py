"""What is known of a site's run: its state, its configuration, an apply's output, a journal; whole, cut off, or lost.

`told` of each line of the ledger says which of what janitor is given leads to that object.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.owners import BEGAN, ENDED, RUN, Made
from ledger.site import Site
from ledger.terraform import PROVIDER, MemoryTerraform

from janitor import journal
from janitor.core.case import without_index
from janitor.core.catalogue import KINDS, Fate, MarkForm, kind_of_type
from janitor.core.catalogue.reading import epoch
from janitor.core.model import ApplyLog, Configuration, Declared, Scope
from janitor.journal import Entry, Intended
from janitor.terraform.applylog import read_log
from janitor.workflows.recounting import created_entry

DONE = "Apply complete! Resources: 7 added, 0 changed, 0 destroyed."
OTHERS_READ = ("network", "router", "security_group")
"""Kinds that a configuration reads as a data source where it borrows them."""


@dataclass
class Sources:
    """What janitor is given. `since`: the run's begin, where somebody says it."""

    logs: tuple[ApplyLog, ...] = ()
    configuration: Configuration = field(default_factory=Configuration)
    entries: list[Entry] = field(default_factory=list)
    marks: tuple[str, ...] = ()
    since: float | None = None
    signs: tuple[str, ...] = ()


def attributes_of(one: Made, site: Site) -> dict[str, Any]:
    """The attributes of an instance, as far as anybody looks at them."""
    body = one.line.body or {}
    found: dict[str, Any] = {"id": one.id, "name": one.name or None, "region": one.region}
    for name in ("description", "tags", "metadata", "fingerprint"):
        if one.line.stays != "other run" and body.get(name):
            found[name] = body[name]
    return found


def instance_of(one: Made, site: Site) -> dict[str, Any]:
    """A managed resource of the state."""
    skipped = {"skip_destroy": True} if one.address in site.skipped else {}
    instance = {"attributes": attributes_of(one, site), "dependencies": list(one.needs), **skipped}
    kind, _, label = one.address.partition(".")
    name, _, index = label.partition("[")
    counted = {"index_key": int(index.rstrip("]"))} if index else {}
    return {"mode": "managed", "type": kind, "name": name, "provider": PROVIDER, "instances": [{**counted, **instance}]}


def borrowed(site: Site) -> list[dict[str, Any]]:
    """What the configuration reads of others, and builds on."""
    found = []
    for owner in site.lots[0].owners[1:5]:
        for kind in OTHERS_READ:
            for identifier in owner.ids[kind][:1]:
                instance = {"attributes": {"id": identifier, "region": owner.region}}
                name = f"borrowed_{len(found)}"
                head = {"mode": "data", "type": f"openstack_{KINDS[kind].types[0]}", "name": name, "provider": PROVIDER}
                found.append({**head, "instances": [instance]})
    return found


def state(site: Site, terraform: MemoryTerraform, made: Iterable[Made]) -> None:
    """Write the state of these."""
    some = list(made)
    terraform.write([*borrowed(site), *(instance_of(one, site) for one in some)])
    for one in some:
        one.line.told.add("state")


def configured(site: Site, made: Iterable[Made], *, counts: bool) -> Configuration:
    """The configuration, evaluated. `counts`: janitor looks for what is declared, as no state is whole."""
    some = list(made)
    for one in some:
        kind = kind_of_type(one.type)
        if counts and kind is not None and kind.fate is Fate.DELETED:
            one.line.told.add("configuration")
    edges = {(without_index(one.address), needed) for one in some for needed in one.needs}
    return Configuration(
        instances=tuple(_declared(one, site) for one in some),
        complete=True,
        evaluator="plan",
        protected=dict(site.protected),
        edges=tuple(sorted(edges)),
    )


def text(site: Site, made: Iterable[Made]) -> str:
    """The configuration itself, for janitor to read and to evaluate; names and marks hold the variable `run`."""
    return "\n".join(['variable "run" {}', *(_block(one, site) for one in made)])


def _block(one: Made, site: Site) -> str:
    kind, _, label = one.address.partition(".")
    lines = [f"  {field}_id = {target}.id" for field, target in one.refers]
    lines += [f'  name = "{one.name.replace(RUN, "${var.run}")}"'] if one.name else []
    if site.marked:
        forms = KINDS[one.kind].created_mark
        lines += ['  description = "made by janitor:run=${var.run}"'] if MarkForm.DESCRIPTION in forms else []
        lines += ["  metadata = { janitor-run = var.run }"] if MarkForm.METADATA in forms else []
        lines += ['  tags = ["janitor:run=${var.run}"]'] if MarkForm.TAGS in forms else []
    if one.address in site.protected:
        said = "destroy = false" if one.address in site.skipped else "prevent_destroy = true"
        lines.append(f"  lifecycle {{ {said} }}")
    return "\n".join([f'resource "{kind}" "{label}" {{', *dict.fromkeys(lines), "}"])


def _declared(one: Made, site: Site) -> Declared:
    kind = KINDS[one.kind]
    marks = frozenset({RUN}) if site.marked and kind.created_mark else frozenset()
    return Declared(
        one.address,
        one.type,
        name=one.name or None,
        marks=marks,
        run_bound=RUN in one.name,
        protected=site.protected.get(one.address, ""),
        refers=one.refers,
    )


def log(site: Site, folder: Path, made: list[Made], *, cut: int, human: bool) -> ApplyLog:
    """The output of an apply that was killed when it had said so many creations to be done, or that ended."""
    path = folder / "apply.log"
    lines: list[str] = []
    for place, one in enumerate(made):
        lines += _human(one, done=place < cut) if human else _events(one, done=place < cut)
        if place < cut:
            one.line.told.add("log")
    if cut >= len(made):
        lines.append(
            "Apply complete! Resources: many added, 0 changed, 0 destroyed." if human else _event("change_summary")
        )
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    os.utime(path, (ENDED, ENDED))
    return read_log(path)


def _human(one: Made, *, done: bool) -> list[str]:
    begun = f"{one.address}: Creating..."
    return [begun, f"{one.address}: Creation complete after 2s [id={one.id}]"] if done else [begun]


def _events(one: Made, *, done: bool) -> list[str]:
    hook = {"resource": {"addr": one.address, "resource_type": one.type}, "action": "create"}
    ends = [_event("apply_complete", ENDED, hook={**hook, "id_key": "id", "id_value": one.id})] if done else []
    return [_event("apply_start", BEGAN, hook=hook), *ends]


def _event(word: str, at: float = ENDED, **more: object) -> str:
    stamp = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    changes = {"changes": {"operation": "apply"}} if word == "change_summary" else {}
    said = DONE if changes else word
    return json.dumps({"@level": "info", "@message": said, "@timestamp": stamp, "type": word, **changes, **more})


def journalled(made: list[Made], site: Site, scope_of: Callable[[str], Scope], *, cut: int, at: float) -> list[Entry]:
    """What a `janitor apply` has left in its journal that was killed when so many creations were done, or ended."""
    declared = [_declared(one, site) for one in made]
    intended = {
        d.address: Intended(d.address, d.type, d.name or "", d.marks, d.run_bound, scope_of(one.region))
        for d, one in zip(declared, made, strict=True)
    }
    found: list[Entry] = [
        journal.run_begin(command="apply", workspace=RUN, scopes=[scope_of("RegionOne")], since=at),
        journal.applying(Path("/nowhere/apply.jsonl"), whole=True),
        *(
            journal.intended(p.address, p.type, p.name, p.marks, run_bound=p.run_bound, scope=p.scope, within={})
            for p in intended.values()
        ),
    ]
    for place, one in enumerate(made):
        when = epoch((one.line.body or {}).get("created_at")) or at
        found.append({"at": when - 1, **journal.creating(one.address)})
        if place < cut:
            found.append({"at": when + 1, **created_entry(one.address, one.type, one.id, intended)})
            one.line.told.add("journal")
    if cut >= len(made):
        found.append(journal.applied(0))
    return [{"v": 1, "at": at, **entry} for entry in found]


def written(entries: Iterable[Mapping[str, object]], path: Path) -> None:
    """Put them down."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(entry) + "\n" for entry in entries)
