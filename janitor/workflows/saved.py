"""A sweep's plan on disk: what was shown is what is deleted later, and nothing else.

Holds refs, names, a digest of each object's identity and the runs whose marks were swept; no body, no secret. What was
made anew under the same id, or changed in what it was selected by, is another one, and is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from janitor.core.catalogue import KINDS
from janitor.core.errors import Refused
from janitor.core.model import Ref, Scope
from janitor.core.plan import Plan
from janitor.core.selection import Selection, identity
from janitor.files import is_no_file, write_private

VERSION = 1


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan that was read back."""

    selection: Selection
    scopes: tuple[Scope, ...]


def save(path: Path, plans: Iterable[Plan], *, runs: Iterable[str]) -> None:
    """Write it, for its owner alone. Raises Refused where it cannot be written."""
    steps = sorted((step for plan in plans for step in plan.steps.values()), key=lambda step: step.ref)
    objects = [
        {
            "cloud": step.ref.scope.cloud,
            "region": step.ref.scope.region,
            "project_id": step.ref.scope.project_id,
            "project_name": step.ref.scope.project_name,
            "kind": step.ref.kind,
            "id": step.ref.id,
            "name": step.observed.name,
            "identity": identity(step.observed),
            "why": step.why,
        }
        for step in steps
    ]
    document = {"janitor": "sweep", "version": VERSION, "runs": sorted(runs), "objects": objects}
    try:
        if is_no_file(path):
            raise Refused(f"--out: {path} is not a file, and would be lost: choose another path. Nothing was deleted.")
        write_private(path, (json.dumps(document, indent=2) + "\n").encode())
    except OSError as error:
        raise Refused(f"--out: the plan cannot be written to {path} ({error.strerror}); nothing was deleted.") from None


def read(path: Path) -> Saved:
    """Read it back. Raises Refused."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise Refused(f"--plan: {path} cannot be read ({error.strerror}); nothing was deleted.") from None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("janitor") != "sweep":
        raise Refused(f"--plan: {path} is no plan that `janitor sweep --out` has saved; nothing was deleted.")
    if document.get("version") != VERSION:
        raise Refused(f"--plan: {path} was saved by another version of janitor: make the plan again with this one.")
    try:
        objects = {_ref(item): str(item["identity"]) for item in document["objects"]}
        runs = frozenset(str(run) for run in document["runs"])
    except (KeyError, TypeError, ValueError):
        raise Refused(f"--plan: {path} is damaged: make the plan again.") from None
    selection = Selection(marks=runs, only=objects)
    return Saved(selection, tuple(sorted({ref.scope for ref in objects})))


def _ref(item: Mapping[str, object]) -> Ref:
    cloud, region, project, name = (str(item[key]) for key in ("cloud", "region", "project_id", "project_name"))
    return Ref(Scope(cloud, region, project, name), KINDS[str(item["kind"])].name, str(item["id"]))
